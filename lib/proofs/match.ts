import type { Json, JsonObject } from '../core/index.ts';
import { toSeconds } from '../core/index.ts';
import {
  CLOCK_SKEW,
  answersTo,
  compartmentsOfRows,
  isUsable,
  issuerId,
  revealedBy,
  rowsFor,
  selectPaths,
  summariseClaims,
  valueAt,
} from '../credentials/index.ts';
import type { ClaimTerm, ConcretePath, CredentialRecord } from '../credentials/index.ts';
import type { Format } from '../provider/types.ts';
import type { VaultReader } from '../vault/index.ts';
import { disclosureCost } from './cost.ts';
import { outlineOf, revealRows } from './holding.ts';
import type { ClaimExtra, Match, TermAnswer } from './matched.ts';
import type { PlannedClaim } from './planned-claim.ts';
import { plannedClaims } from './planned-claim.ts';
import type { WantedCredential } from './query.ts';
import { acceptsAuthorities, acceptsIssuer, claimExtraId, isFuller } from './query.ts';
import { planRange } from './range-plan.ts';

/** Claims that must not be shown, whatever is asked. */
export type Skip = (claim: PlannedClaim) => boolean;

/** The forms that a credential can go out in, by what it is: a range proof goes with an SD-JWT VC that an issuer signed. */
function formatsOf({ format }: CredentialRecord): readonly Format[] {
  if (format === undefined) return ['dc+sd-jwt', 'bulletproof'];
  return [format === 'self' ? 'dc+sd-jwt' : format];
}

/** Whether a credential is of an accepted form, type and issuer, and can be shown. @param now milliseconds since the epoch */
export function isEligible(record: CredentialRecord, wanted: WantedCredential, now: number): boolean {
  if (!formatsOf(record).some((format) => wanted.formats.includes(format))) return false;
  if (wanted.types !== undefined && !wanted.types.includes(record.vct)) return false;
  if (!acceptsIssuer(wanted, issuerId(record))) return false;
  if (!acceptsAuthorities(wanted, record.authorityKeys)) return false;
  if (!isUsable(record, now)) return false;
  return record.notBefore === undefined || record.notBefore - CLOCK_SKEW <= toSeconds(now);
}

/**
 * How a credential answers what is wanted, by the form and the alternative that give away least; of those that give away
 * the same the verifier's preferred form, and then its preferred alternative. Undefined when it does not, or not without showing what is skipped. A value is opened only
 * where a term names the values it accepts and the value is not known at Tier 1, or where it is a committed number.
 * @param given `now`: milliseconds since the epoch; `skip`: claims that must not be shown
 */
export async function matchCredential(
  reader: VaultReader,
  record: CredentialRecord,
  wanted: WantedCredential,
  { now, skip }: { readonly now: number; readonly skip?: Skip | undefined },
): Promise<Match | undefined> {
  const outline = outlineOf(record);
  const known = new Map<ClaimTerm, TermAnswer | undefined>();
  const proven = new Map<ClaimTerm, TermAnswer | undefined>();
  const shownBy = async (term: ClaimTerm): Promise<TermAnswer | undefined> => {
    if (!known.has(term)) known.set(term, await answerTerm(reader, { record, outline }, term));
    return known.get(term);
  };
  const provenBy = async (term: ClaimTerm): Promise<TermAnswer | undefined> => {
    if (!proven.has(term)) proven.set(term, await proveTerm(reader, record, term, now));
    return proven.get(term) ?? shownBy(term);
  };
  const answers: Match[] = [];
  for (const format of wanted.formats.filter((one) => formatsOf(record).includes(one))) {
    const withRanges = format === 'bulletproof';
    for (const terms of wanted.alternatives) {
      const answer = await allOf(terms, withRanges ? provenBy : shownBy);
      const match = answer && matchBy({ wanted, record, format }, answer);
      if (match === undefined || withRanges !== match.ranges.length > 0) continue;
      if (hidesNothing(match)) continue;
      if (skip === undefined || !plannedClaims(match).some(skip)) answers.push(match);
    }
  }
  const least = leastCostly(answers);
  if (least === undefined) return undefined;
  const fuller = answers.filter(({ terms }) => isFuller(terms, least.terms)).flatMap(({ terms }) => terms);
  const extras = wanted.terms.map((term, at) =>
    least.terms.includes(term) || !fuller.includes(term) ? [] : extraOf(least, at, known.get(term)),
  );
  return { ...least, extras: extras.flat() };
}

/**
 * Whether a credential has everything that some alternative asks for, whatever its values are: known without opening
 * any of it, for what cannot answer takes no more of anybody's time.
 */
export function couldAnswer(record: CredentialRecord, { alternatives }: WantedCredential): boolean {
  const outline = outlineOf(record);
  const known = new Map<ClaimTerm, boolean>();
  const has = (term: ClaimTerm): boolean => {
    const found =
      known.get(term) ?? (term.range !== undefined || term.paths.some((path) => selectPaths(outline, path).length > 0));
    known.set(term, found);
    return found;
  };
  return alternatives.some((terms) => terms.every(has));
}

/** The first of those that cost least. */
function leastCostly(answers: readonly Match[]): Match | undefined {
  if (answers.length < 2) return answers[0];
  const costs = answers.map(disclosureCost);
  return answers[costs.indexOf(Math.min(...costs))];
}

/** A proof that hides some claims is what a BBS credential is for: one that would show them all is not made. */
const hidesNothing = ({ record, rows }: Match): boolean =>
  (record.format === 'bbs' || record.format === 'bbs+') && rows.length === record.claims.length;

async function allOf(
  terms: readonly ClaimTerm[],
  answerOf: (term: ClaimTerm) => Promise<TermAnswer | undefined>,
): Promise<readonly TermAnswer[] | undefined> {
  const answers: TermAnswer[] = [];
  for (const term of terms) {
    const answer = await answerOf(term);
    if (answer === undefined) return undefined;
    answers.push(answer);
  }
  return answers;
}

async function proveTerm(
  reader: VaultReader,
  record: CredentialRecord,
  term: ClaimTerm,
  now: number,
): Promise<TermAnswer | undefined> {
  const range = term.range === undefined ? undefined : await planRange(reader, record, term, now);
  return range === undefined ? undefined : { term, rows: [range.row], unchecked: false, range };
}

function matchBy(
  { wanted, record, format }: Pick<Match, 'wanted' | 'record' | 'format'>,
  answers: readonly TermAnswer[],
): Match {
  const rows = [...new Set(answers.flatMap((answer) => answer.rows))].sort((a, b) => a - b);
  return {
    wanted,
    record,
    format,
    ranges: answers.flatMap(({ range }) => range ?? []),
    terms: answers.map(({ term }) => term),
    rows,
    compartments: compartmentsOfRows(record, rows),
    unchecked: answers.filter(({ unchecked }) => unchecked).map(({ term }) => term),
    extras: [],
  };
}

/** What an answer would add to a match; nothing where all of it is seen anyway. */
function extraOf({ wanted, record, rows }: Match, at: number, answer: TermAnswer | undefined): readonly ClaimExtra[] {
  if (answer === undefined || answer.rows.every((row) => rows.includes(row))) return [];
  const seen = revealedBy(record.claims, rows);
  const added = revealedBy(record.claims, [...rows, ...answer.rows]).filter((claim) => !seen.includes(claim));
  const labels = [...new Set(summariseClaims(added).map(({ label }) => label))];
  return [{ id: claimExtraId(wanted, at), labels, answer, included: false }];
}

/** The match with some of its extras taken in, and all others out. @param ids of extras; others are passed over */
export function withExtras(match: Match, ids: ReadonlySet<string>): Match {
  const taken = match.extras.filter(({ id }) => ids.has(id)).map(({ answer }) => answer);
  if (taken.length === 0) return match;
  const own = { rows: match.rows, terms: match.terms, unchecked: match.unchecked };
  const rows = [...new Set([...own.rows, ...taken.flatMap((answer) => answer.rows)])].sort((a, b) => a - b);
  const late = taken.filter(({ unchecked }) => unchecked).map(({ term }) => term);
  return {
    ...match,
    terms: [...own.terms, ...taken.map(({ term }) => term)],
    rows,
    compartments: compartmentsOfRows(match.record, rows),
    unchecked: [...own.unchecked, ...late],
    extras: match.extras.map((extra) => ({
      ...extra,
      included: extra.answer.rows.every((row) => rows.includes(row)),
    })),
  };
}

/** A credential with the shape of its claims, made once for all that is asked of it. */
interface Outlined {
  readonly record: CredentialRecord;
  readonly outline: JsonObject;
}

async function answerTerm(reader: VaultReader, outlined: Outlined, term: ClaimTerm): Promise<TermAnswer | undefined> {
  const { record } = outlined;
  const unchecked = isClosed(outlined, term);
  const asked = unchecked ? { name: term.name, paths: term.paths } : term;
  const places = answersTo(await valuesFor(reader, outlined, asked), asked);
  return places.length === 0 ? undefined : { term, rows: rowsFor(record.claims, places), unchecked };
}

/** Whether a term names values, and a claim that may hold one lies in a compartment: planning opens none. */
function isClosed({ record, outline }: Outlined, { values, paths }: ClaimTerm): boolean {
  if (values === undefined) return false;
  const unknown = paths
    .flatMap((path) => selectPaths(outline, path))
    .filter((place) => valueAt(outline, place) === null);
  const rows = rowsFor(record.claims, unknown.map(wholeArray));
  return unknown.length > 0 && compartmentsOfRows(record, rows).length > 0;
}

/** The credential's claims with the values a term needs to compare: opened only where they are not known already. */
async function valuesFor(reader: VaultReader, { record, outline }: Outlined, term: ClaimTerm): Promise<Json> {
  if (term.values === undefined || term.paths.length === 0) return outline;
  const places = term.paths.flatMap((path) => selectPaths(outline, path));
  const unknown = places.filter((place) => valueAt(outline, place) === null);
  if (unknown.length === 0) return outline;
  return revealRows(reader, record, rowsFor(record.claims, unknown.map(wholeArray)));
}

/** An element's place means the same only among all its siblings: its array is opened as a whole. */
function wholeArray(place: ConcretePath): ConcretePath {
  const element = place.findIndex((step) => typeof step === 'number');
  return element === -1 ? place : place.slice(0, element);
}
