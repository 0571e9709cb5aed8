import type { Json, JsonObject } from '../../../lib/core/index.ts';
import type { ClaimPath, DcqlClaim, DcqlCredential, DcqlQuery } from '../../../lib/provider/types.ts';

/** A value of a credential, and where it stands. */
export interface Place {
  readonly path: readonly (string | number)[];
  readonly value: Json;
}

/**
 * Where `dcql` 3 takes another way than OpenID4VP 1.0 has it. Signet follows the standard in each; every difference that
 * the test meets must be one of these. (Names that every JavaScript object has, as `constructor`, are not put to `dcql`: it
 * breaks off with a TypeError. That Signet finds none of them in a credential is a unit test of lib/proofs.)
 */
export interface Leniency {
  /** §7.1.1, 2.1 to 2.3: one element of the wrong kind ends the processing. `dcql` passes over it, after null. */
  readonly passesOverWrongKinds: boolean;
  /** §7.1.1, 2.1: a name selects in objects alone. `dcql` takes an array for an object with members `0`, `length`, … */
  readonly namesInArrays: boolean;
  /** §7.1.1, 3: to select nothing is an error. `dcql` counts all elements of an array without any as there. */
  readonly emptyArrays: boolean;
  /** §6.3, §7.1.1: null is a value as any other. `dcql` counts it as absent. */
  readonly nullIsAbsent: boolean;
}

export const STANDARD: Leniency = {
  passesOverWrongKinds: false,
  namesInArrays: false,
  emptyArrays: false,
  nullIsAbsent: false,
};
export const ORACLE: Leniency = {
  passesOverWrongKinds: true,
  namesInArrays: true,
  emptyArrays: true,
  nullIsAbsent: true,
};

type Selected = readonly Place[] | 'error';

/** What a pointer selects, by the words of the standard (§7.1.1), but for what it is lenient in. */
function select(places: readonly Place[], pointer: ClaimPath, rules: Leniency): Selected {
  const [step, ...rest] = pointer;
  if (step === undefined) return places.length === 0 ? 'error' : places;
  const next: Place[] = [];
  for (const { path, value } of places) {
    const inner = stepInto(value, step, rules);
    if (inner === 'error') return 'error';
    next.push(...inner.map((one) => ({ path: [...path, ...one.path], value: one.value })));
  }
  if (step !== null || !rules.passesOverWrongKinds) return select(next, rest, rules);
  if (next.length === 0) return rules.emptyArrays && places.length > 0 ? [] : 'error';
  const each = next.map((place) => select([place], rest, rules)).filter((one) => one !== 'error');
  return each.length === 0 ? 'error' : each.flat();
}

function stepInto(value: Json, step: ClaimPath[number], rules: Leniency): Selected {
  if (typeof step === 'string') {
    if (typeof value !== 'object' || value === null) return 'error';
    if (Array.isArray(value) && !rules.namesInArrays) return 'error';
    return Object.hasOwn(value, step) ? [{ path: [step], value: (value as JsonObject)[step] as Json }] : []; // it is there
  }
  if (!Array.isArray(value)) return 'error';
  const elements = [...(value as readonly Json[]).entries()]; // Array.isArray loses the element type
  const chosen = step === null ? elements : elements.filter(([at]) => at === step);
  return chosen.map(([at, element]) => ({ path: [at], value: element }));
}

/** The places that answer a claims query (§6.3, §6.4.1); undefined where none does. */
export function answering(
  claims: JsonObject,
  { path, values }: DcqlClaim,
  rules: Leniency,
): readonly Place[] | undefined {
  const selected = select([{ path: [], value: claims }], path, rules);
  if (selected === 'error') return undefined;
  if (selected.length === 0) return []; // an empty array that counts as there
  const isWanted = ({ value }: Place): boolean =>
    values === undefined ? !(rules.nullIsAbsent && value === null) : values.some((one) => one === value);
  const wanted = selected.filter(isWanted);
  return wanted.length === 0 ? undefined : wanted;
}

/** A credential as far as a query can tell. */
export interface Candidate {
  readonly vct: string;
  /** All of it, what its issuer says of the credential among it. */
  readonly claims: JsonObject;
  readonly authorityKeys: readonly string[];
}

/** The combinations of claims that are asked for (§6.4.1). */
export const alternativesOf = ({ claims = [], claim_sets }: DcqlCredential): readonly (readonly DcqlClaim[])[] =>
  claim_sets === undefined ? [claims] : claim_sets.map((ids) => claims.filter(({ id = '' }) => ids.includes(id)));

/** The combinations that a credential can answer; none where it is not one that is asked for. */
export function answerable(
  candidate: Candidate,
  asked: DcqlCredential,
  rules: Leniency,
): readonly (readonly DcqlClaim[])[] {
  const { format, meta, trusted_authorities } = asked;
  if (format !== 'dc+sd-jwt' || !meta?.vct_values?.includes(candidate.vct)) return [];
  const keys = trusted_authorities?.filter(({ type }) => type === 'aki').flatMap(({ values }) => values);
  if (keys !== undefined && !candidate.authorityKeys.some((key) => keys.includes(key))) return [];
  return alternativesOf(asked).filter((terms) =>
    terms.every((term) => answering(candidate.claims, term, rules) !== undefined),
  );
}

/** Each inner list is a way to meet all required sets (§6.4.2), as ids of credential queries. */
export function waysToMeet({ credentials, credential_sets }: DcqlQuery): readonly (readonly string[])[] {
  const sets =
    credential_sets === undefined
      ? credentials.map(({ id }) => [[id]])
      : credential_sets.filter(({ required = true }) => required).map(({ options }) => options);
  return sets.reduce<readonly (readonly string[])[]>(
    (ways, options) => ways.flatMap((way) => options.map((ids) => [...new Set([...way, ...ids])])),
    [[]],
  );
}
