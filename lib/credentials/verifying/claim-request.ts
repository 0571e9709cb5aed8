import type { Json } from '../../core/index.ts';
import { SignetError, isCalendarDate, isJsonObject } from '../../core/index.ts';
import type { ClaimRequest, DcqlClaim } from '../../provider/types.ts';
import type { ClaimPath, ConcretePath, SignedPlaces } from './claim-path.ts';
import { selectPaths, valueAt } from './claim-path.ts';

/** What is asked about a number that the issuer committed to; without `as_of` it is about today. */
export type RangeQuestion =
  { readonly age_at_least: number; readonly as_of?: string } | { readonly gte?: number; readonly lte?: number };

/** One thing that is asked, in the terms both sides match by. */
export interface ClaimTerm {
  /** As it was asked: a claim's name, or a path's steps joined by dots. */
  readonly name: string;
  /** Places where it may stand, in order of preference; the first that fits answers it. Empty: none, see `range`. */
  readonly paths: readonly ClaimPath[];
  /** Accepted values; absent: any. */
  readonly values?: readonly (string | number | boolean)[];
  /** A proof about a number answers it too: where its commitment may stand, in order of preference. */
  readonly range?: { readonly paths: readonly ClaimPath[]; readonly question: RangeQuestion };
}

const AGE_OVER = /^age_over_(\d{1,3})$/;

/** What the name of a claim ends in that is a commitment to the number of that name. */
const COMMITMENT = '_commitment';

/** Names of one and the same date, as standards spell it. */
const BIRTH_DATES: readonly string[] = ['birth_date', 'birthdate'];

/**
 * The terms of a page's or service's claim request (design §6): `age_over_N` is the claim of that name or
 * `age_equal_or_over`/`N`, and must be true unless other values are accepted; a range proof of the birth date answers
 * it too.
 * @throws SignetError bad_request on an empty name or values, and on a range that is none
 */
export function claimTermOf(request: ClaimRequest): ClaimTerm {
  if (typeof request === 'string') return namedTerm(request, undefined);
  if ('age_at_least' in request || 'gte' in request || 'lte' in request) return rangeTerm(request);
  return namedTerm(request.name, 'values' in request ? request.values : undefined);
}

function rangeTerm(request: Exclude<ClaimRequest, string>): ClaimTerm {
  const { name } = request;
  if (name === '' || 'values' in request) throw badRange('A range needs a name, and no values.');
  return { name, paths: [], range: { paths: commitmentsOf(name), question: readQuestion(request) } };
}

function readQuestion(request: object): RangeQuestion {
  const { age_at_least: age, as_of: day, gte, lte } = request as Readonly<Record<string, unknown>>; // looked at below
  if (age !== undefined) {
    if (gte !== undefined || lte !== undefined) throw badRange('A range is about an age, or about gte and lte.');
    if (!isWhole(age) || age > 150) throw badRange('age_at_least is a number of years.');
    if (day === undefined) return { age_at_least: age };
    if (typeof day !== 'string' || !isCalendarDate(day)) throw badRange('as_of is a date as YYYY-MM-DD.');
    return { age_at_least: age, as_of: day };
  }
  const isFit = [gte, lte].every((bound) => bound === undefined || isWhole(bound));
  if (!isFit || day !== undefined) throw badRange('gte and lte are integers from 0 on, and come without as_of.');
  const bounds = { ...(isWhole(gte) ? { gte } : {}), ...(isWhole(lte) ? { lte } : {}) };
  if (bounds.gte !== undefined && bounds.lte !== undefined && bounds.gte > bounds.lte) {
    throw badRange('gte is above lte.');
  }
  return bounds;
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const badRange = (message: string): SignetError => new SignetError('bad_request', message, { field: 'claims' });

/** Where the commitment to a number of this name may stand. */
const commitmentsOf = (name: string): readonly ClaimPath[] =>
  (BIRTH_DATES.includes(name) ? BIRTH_DATES : [name]).map((one) => [`${one}${COMMITMENT}`]);

/** Whether an answer takes a proof about a number: nothing that is disclosed can be it. */
export const needsRange = ({ paths, range }: ClaimTerm): boolean => paths.length === 0 && range !== undefined;

/** Whether a claim's value is a commitment, of whatever scheme; whether it is a good one shows when it is used. */
export const isCommitment = (value: Json | undefined): boolean =>
  isJsonObject(value) && typeof value['scheme'] === 'string' && typeof value['value'] === 'string';

/** The number that a claim's value is a commitment to, by its name; undefined for any other claim. */
export const committedName = (path: ConcretePath): string | undefined => {
  const [name, ...rest] = path;
  return typeof name === 'string' && rest.length === 0 && name.length > COMMITMENT.length && name.endsWith(COMMITMENT)
    ? name.slice(0, -COMMITMENT.length)
    : undefined;
};

/** Where the commitment stands that a proof about it would answer a term with; undefined where there is none. */
export function commitmentFor(claims: Json, { range }: ClaimTerm): ConcretePath | undefined {
  return range?.paths
    .flatMap((path) => selectPaths(claims, path))
    .find((place) => isCommitment(valueAt(claims, place)));
}

/** The terms of a DCQL claims query (OpenID4VP 1.0 §6.3). */
export function claimTermOfDcql({ path, values }: DcqlClaim): ClaimTerm {
  const term = { name: path.map((step) => step ?? '*').join('.'), paths: [path] };
  return values === undefined ? term : { ...term, values };
}

function namedTerm(name: string, values: ClaimTerm['values']): ClaimTerm {
  if (name === '' || values?.length === 0) {
    throw new SignetError('bad_request', 'A claim needs a name, and values where there are any.', { field: 'claims' });
  }
  const age = AGE_OVER.exec(name)?.[1];
  if (age !== undefined) {
    const term = { name, paths: [[name], ['age_equal_or_over', age]], values: values ?? [true] };
    if (!term.values.every((value) => value === true)) return term;
    return { ...term, range: { paths: commitmentsOf('birth_date'), question: { age_at_least: Number(age) } } };
  }
  return values === undefined ? { name, paths: [[name]] } : { name, paths: [[name]], values };
}

/**
 * Where processed claims answer a term: the places of the first path that selects anything the term accepts, or none.
 * Elements a wildcard selects count only where their value is accepted (OpenID4VP 1.0 §6.4.1).
 */
export function answersTo(claims: Json, term: ClaimTerm, signedPlaces?: SignedPlaces): readonly ConcretePath[] {
  for (const path of term.paths) {
    const places = selectPaths(claims, path, signedPlaces).filter((place) => isAccepted(valueAt(claims, place), term));
    if (places.length > 0) return places;
  }
  return [];
}

/** Whether a value is one that the term accepts; types are compared too, so "1" is not 1. */
export function isAccepted(value: Json | undefined, { values }: ClaimTerm): boolean {
  return value !== undefined && (values === undefined || values.some((accepted) => accepted === value));
}
