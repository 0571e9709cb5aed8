import fc from 'fast-check';
import type { Json, JsonObject } from '../../../lib/core/index.ts';
import type { ClaimPath, DcqlClaim, DcqlCredential, DcqlQuery } from '../../../lib/provider/types.ts';

export const TYPES = ['urn:example:one', 'urn:example:two', 'urn:example:three'] as const;
export const ISSUERS = ['https://issuer.example', 'https://other.example'] as const;
export const AUTHORITIES = ['AQID', 'BAUG'] as const;

const NAMES = ['a', 'b', 'list', 'info', 'age_over_18'];
const LEAVES: readonly Json[] = ['x', 'y', 1, 2, true, false, null];

/** What is in a credential, and for each of its parts in turn whether its issuer lets it be hidden. */
export interface Contents {
  readonly vct: string;
  readonly issuer: string;
  readonly authority?: string;
  readonly claims: JsonObject;
  readonly hides: readonly boolean[];
}

const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 3, arbitrary: fc.constantFrom(...LEAVES) },
    {
      weight: 2,
      arbitrary: fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 3, noNullPrototype: true }),
    },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
  ),
}));

export const contents: fc.Arbitrary<Contents> = fc
  .record({
    vct: fc.constantFrom(...TYPES),
    issuer: fc.constantFrom(...ISSUERS),
    authority: fc.option(fc.constantFrom(...AUTHORITIES), { nil: undefined }),
    claims: fc.dictionary(fc.constantFrom(...NAMES), value, { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
    hides: fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }),
  })
  .map(({ authority, ...rest }) => (authority === undefined ? rest : { ...rest, authority }));

/** Every place in a value, its own left out. */
function placesIn(inside: Json): readonly (readonly (string | number)[])[] {
  if (typeof inside !== 'object' || inside === null) return [];
  const parts: readonly (readonly [string | number, Json])[] = Array.isArray(inside)
    ? [...(inside as readonly Json[]).entries()] // Array.isArray loses the element type
    : Object.entries(inside as JsonObject); // what is no array is an object
  return parts.flatMap(([step, part]) => [[step], ...placesIn(part).map((rest) => [step, ...rest])]);
}

const strayPath: fc.Arbitrary<ClaimPath> = fc
  .tuple(
    fc.constantFrom(...NAMES, 'iss', 'vct', 'cnf', 'nobody'),
    fc.array(fc.constantFrom<string | number | null>(...NAMES, '0', 'length', 0, 1, 2, null), {
      maxLength: 2,
    }),
  )
  .map(([name, rest]) => [name, ...rest]);

/** A place of some credential, with some of its indexes for all, and now and then a step more. */
const pathInto = (wallet: readonly Contents[]): fc.Arbitrary<ClaimPath> => {
  const places = wallet.flatMap(({ claims }) => placesIn(claims));
  const real = fc
    .tuple(fc.constantFrom(...places), fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }))
    .map(([place, all]): ClaimPath =>
      place.map((step, at) => (typeof step === 'number' && all[at] === true ? null : step)),
    );
  return fc.oneof({ weight: 6, arbitrary: real }, { weight: 1, arbitrary: strayPath });
};

const claimOf = (wallet: readonly Contents[]): fc.Arbitrary<Omit<DcqlClaim, 'id'>> =>
  fc
    .record({
      path: pathInto(wallet),
      values: fc.option(
        fc.uniqueArray(fc.constantFrom<string | number | boolean>('x', 'y', 1, 2, true, false), {
          minLength: 1,
          maxLength: 4,
        }),
        { nil: undefined, freq: 2 },
      ),
    })
    .map(({ path, values }) => (values === undefined ? { path } : { path, values }));

const credentialOf = (wallet: readonly Contents[], id: string): fc.Arbitrary<DcqlCredential> =>
  fc
    .record({
      types: fc.subarray([...TYPES], { minLength: 1 }),
      isForeign: fc.integer({ min: 0, max: 15 }).map((n) => n === 0),
      claims: fc.array(claimOf(wallet), { maxLength: 4 }),
      sets: fc.option(fc.array(fc.subarray([0, 1, 2, 3], { minLength: 1 }), { minLength: 1, maxLength: 3 }), {
        nil: undefined,
      }),
      multiple: fc.boolean(),
      unbound: fc.boolean(),
      authorities: fc.option(
        fc.record({
          type: fc.constantFrom('aki', 'aki', 'aki', 'etsi_tl', 'openid_federation'),
          keys: fc.subarray([...AUTHORITIES], { minLength: 1 }),
        }),
        { nil: undefined, freq: 6 },
      ),
    })
    .map(({ types, isForeign, claims, sets, multiple, unbound, authorities }) => {
      const named = claims.map((claim, at) => ({ id: `c${at}`, ...claim }));
      const claimSets = sets
        ?.map((set) => set.filter((at) => at < named.length).map((at) => `c${at}`))
        .filter((set) => set.length > 0);
      const isLookedUp = authorities !== undefined && authorities.type !== 'aki';
      return {
        id,
        ...(isForeign
          ? { format: 'mso_mdoc', meta: { doctype_value: 'x' } }
          : { format: 'dc+sd-jwt', meta: { vct_values: types } }),
        ...(isForeign || named.length === 0 ? {} : { claims: named }),
        ...(isForeign || claimSets === undefined || claimSets.length === 0 ? {} : { claim_sets: claimSets }),
        ...(multiple ? { multiple } : {}),
        ...(unbound ? { require_cryptographic_holder_binding: false } : {}),
        ...(authorities === undefined
          ? {}
          : {
              trusted_authorities: [
                { type: authorities.type, values: isLookedUp ? ['https://list.example'] : authorities.keys },
              ],
            }),
      };
    });

const IDS = ['p', 'q', 'r'];

/** A question that has something to do with what is in a wallet. */
export const queryAbout = (wallet: readonly Contents[]): fc.Arbitrary<DcqlQuery> =>
  fc
    .record({
      credentials: fc.tuple(...IDS.map((id) => credentialOf(wallet, id))),
      count: fc.constantFrom(1, 1, 1, 2, 3),
      sets: fc.option(
        fc.array(
          fc.record({
            options: fc.array(fc.subarray(IDS, { minLength: 1 }), { minLength: 1, maxLength: 3 }),
            required: fc.constantFrom(true, true, false, undefined),
          }),
          { minLength: 1, maxLength: 3 },
        ),
        { nil: undefined, freq: 2 },
      ),
    })
    .map(({ credentials, count, sets }) =>
      sets === undefined
        ? { credentials: credentials.slice(0, count) }
        : {
            credentials,
            credential_sets: sets.map(({ options, required }) =>
              required === undefined ? { options } : { options, required },
            ),
          },
    );
