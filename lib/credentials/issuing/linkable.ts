import type { Json, JsonObject } from '../../core/index.ts';
import { canonicalJson, isJsonObject } from '../../core/index.ts';
import { inventoryClaims } from '../claim-inventory.ts';
import type { SdJwt } from '../verifying/index.ts';

const DAY = 86_400;
const TIMES = ['iat', 'nbf', 'exp'];
/** Claims of the issuer's own, the same for everybody whom it issues to. */
const OF_THE_ISSUER = new Set(['issuing_authority', 'issuing_country', 'issuing_jurisdiction']);

/**
 * What tells two verifiers, each shown another copy, that both belong to one person, whatever is disclosed: claims that
 * are always sent and say more than yes or no, times that are not of a whole day or not of all copies, and what should
 * be each copy's own and is in two of them: the status entry, the holder's key, a commitment, a salted digest.
 * @param copies of one credential, with all their disclosures
 * @returns names of claims, sorted: `birth_date_commitment`, `exp`, `status`, `cnf`; `_sd` for digests of nothing known.
 *   Empty: the copies cannot be put together by what is in them, unless the issuer helps
 */
export function linkableBy(copies: readonly SdJwt[]): readonly string[] {
  return [
    ...new Set([
      ...copies.flatMap(clearClaims),
      ...tellingTimes(copies),
      ...SHARED.flatMap((traits) => namesInTwo(copies.map(traits))),
    ]),
  ].sort();
}

const clearClaims = (copy: SdJwt): readonly string[] =>
  inventoryClaims(copy)
    .filter(({ rows, value }) => rows.length === 0 && typeof value !== 'boolean')
    .map(({ path }) => String(path[0]))
    .filter((name) => !OF_THE_ISSUER.has(name));

function tellingTimes(copies: readonly SdJwt[]): readonly string[] {
  const times = (name: string): readonly (Json | undefined)[] => copies.map((copy) => copy.issuerJwt.payload[name]);
  return TIMES.filter((name) => {
    const [first, ...others] = times(name);
    if (others.some((other) => other !== first)) return true;
    return first !== undefined && (typeof first !== 'number' || first % DAY !== 0);
  });
}

/** Something that should be in one copy alone, and the name of the claim that it is part of. */
interface Trait {
  readonly name: string;
  readonly value: string;
}

const SHARED: readonly ((copy: SdJwt) => readonly Trait[])[] = [
  ({ issuerJwt: { payload } }) =>
    ['status', 'cnf'].flatMap((name) => {
      const value = payload[name];
      return value === undefined ? [] : [{ name, value: canonicalJson(value) }];
    }),
  ({ claims }) =>
    Object.entries(claims).flatMap(([name, value]) => commitmentsIn(value).map((point) => ({ name, value: point }))),
  (copy) => digestsOf(copy),
];

function namesInTwo(copies: readonly (readonly Trait[])[]): readonly string[] {
  const met = new Set<string>();
  const names: string[] = [];
  for (const traits of copies) {
    names.push(...traits.filter(({ value }) => met.has(value)).map(({ name }) => name));
    for (const { value } of traits) met.add(value);
  }
  return names;
}

/** Every commitment in a claim, wherever it stands. */
function commitmentsIn(value: Json): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isJsonObject(value) && typeof value['scheme'] === 'string' && typeof value['value'] === 'string') {
    return [value['value']];
  }
  return (Object.values(value) as readonly Json[]).flatMap(commitmentsIn); // parts of an array or an object
}

/** Every digest in a copy: the signed part has them in clear, so even what is never shown can give the copy away. */
function digestsOf({ issuerJwt, disclosures }: SdJwt): readonly Trait[] {
  const names = new Map(disclosures.map(({ digest, path }) => [digest, String(path[0])]));
  const values: readonly Json[] = [issuerJwt.payload, ...disclosures.map(({ value }) => value)];
  return values.flatMap(digestsIn).map((value) => ({ name: names.get(value) ?? '_sd', value }));
}

function digestsIn(value: Json): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = isJsonObject(value) ? ownDigests(value) : [];
  return [...own, ...(Object.values(value) as readonly Json[]).flatMap(digestsIn)]; // parts of an array or an object
}

function ownDigests(object: JsonObject): readonly string[] {
  const { _sd: members, '...': element } = object;
  const listed = Array.isArray(members) ? (members as readonly Json[]) : []; // Array.isArray loses the type
  return [...listed, element].filter((digest) => typeof digest === 'string');
}
