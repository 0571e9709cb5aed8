import type { Json, JsonObject } from '../core/index.ts';
import type { ClaimCompartment, ClaimTier } from './claim-catalogue.ts';
import { claimLabel, claimRank, claimTier, hasParts, valueCompartment, valueTier } from './claim-catalogue.ts';
import type { ConcretePath } from './verifying/index.ts';
import { committedName, isCommitment, isWithin, pathKey } from './verifying/index.ts';
import type { Disclosure, SdJwt } from './verifying/index.ts';

/** One value a credential holds, as planning sees it: without opening what is more private than Tier 1. */
export interface CredentialClaim {
  readonly path: ConcretePath;
  /** In words for people. */
  readonly label: string;
  /** What the whole is called that it is a part of, where its issuer says. */
  readonly group?: string;
  readonly tier: ClaimTier;
  /** Rows (see `orderedDisclosures`) that must all be shown for this value to be seen; none: it is always sent. */
  readonly rows: readonly number[];
  /** Known only where it is Tier 1, or always sent and not Tier 3; and where it is empty, which its place tells. */
  readonly value?: Json;
  /** The value is a commitment to the number of this name: by itself it tells nothing, and differs from copy to copy. */
  readonly commits?: string;
}

/** Members of an SD-JWT VC that are machinery and not claims about the person (SD-JWT VC §3.2.2.2). */
const MACHINERY = new Set(['iss', 'iat', 'nbf', 'exp', 'cnf', 'vct', 'vct#integrity', 'aka_vcts', 'status']);

/** Whether a top-level member of a credential is machinery: always sent, and no claim about the person. */
export const isMachinery = (name: string): boolean => MACHINERY.has(name);

/** A credential's claims without the machinery: what it says about the person. */
export const personalClaims = (claims: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(claims).filter(([name]) => !isMachinery(name)));

/** A credential's disclosures in the one order that all its instances share: by their place in the claims. */
export const orderedDisclosures = (sdJwt: SdJwt): readonly Disclosure[] =>
  sdJwt.disclosures.toSorted((a, b) => (pathKey(a.path) < pathKey(b.path) ? -1 : 1));

/** The tier a disclosure is sealed at: that of the most private value it shows by itself. */
export const disclosureTier = ({ path, value }: Disclosure): ClaimTier => valueTier(path, value);

/** The compartment a disclosure of Tier 3 is sealed into: that of the most private value it shows by itself. */
export const disclosureCompartment = ({ path, value }: Disclosure): ClaimCompartment | undefined =>
  valueCompartment(path, value);

/** Every value of a credential, leaf by leaf, ordered by path: digests are shuffled, so copies agree on no other order. */
export function inventoryClaims(sdJwt: SdJwt): readonly CredentialClaim[] {
  const ordered = orderedDisclosures(sdJwt);
  return claimLeaves(sdJwt.claims).map(({ path, value }) => describe(path, value, ordered));
}

/** The values of processed claims that have no parts, the machinery left out, ordered by path. */
export const claimLeaves = (claims: JsonObject): readonly ClaimLeaf[] =>
  Object.entries(personalClaims(claims))
    .flatMap(([name, value]) => leaves([name], value))
    .sort(byPath);

/** Whether a value is an object or an array with nothing in it: what is left of one of which nothing is shown, too. */
export const isEmptyWhole = (value: Json | undefined): boolean =>
  typeof value === 'object' && value !== null && !hasParts(value);

/** The order of claims, of whatever is shown of them: by name, and in arrays by index. */
export function byPath({ path: a }: Pick<ClaimLeaf, 'path'>, { path: b }: Pick<ClaimLeaf, 'path'>): number {
  const differs = a.findIndex((step, i) => step !== b[i]);
  if (differs === -1) return a.length - b.length;
  const [left, right] = [a[differs], b[differs]];
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left) < String(right) ? -1 : 1;
}

/** A value without parts, and its place. */
export interface ClaimLeaf {
  readonly path: ConcretePath;
  readonly value: Json;
}

function leaves(path: ConcretePath, value: Json): readonly ClaimLeaf[] {
  if (!hasParts(value) || isCommitted(path, value)) return [{ path, value }];
  const parts: readonly (readonly [string | number, Json])[] = Array.isArray(value)
    ? (value as readonly Json[]).map((element, index) => [index, element]) // Array.isArray loses the element type
    : Object.entries(value as JsonObject); // what has parts and is no array is an object
  return parts.flatMap(([key, part]) => leaves([...path, key], part));
}

/** A commitment is one thing, whatever its parts say. */
const isCommitted = (path: ConcretePath, value: Json): boolean =>
  committedName(path) !== undefined && isCommitment(value);

function describe(path: ConcretePath, value: Json, ordered: readonly Disclosure[]): CredentialClaim {
  const rows = ordered.flatMap((disclosure, row) => (isWithin(path, disclosure.path) ? [row] : []));
  const commits = isCommitted(path, value) ? committedName(path) : undefined;
  if (commits !== undefined) return { path, label: claimLabel([commits]), tier: 2, rows, commits };
  const tier = claimTier(path, value);
  const areFree = rows.every((row) => ordered[row] !== undefined && disclosureTier(ordered[row]) === 1);
  const claim = { path, label: claimLabel(path), tier, rows };
  return (areFree || isEmptyWhole(value)) && tier !== 3 ? { ...claim, value } : claim;
}

/** Rows to show so that everything at or below the given places is seen, ascending; whole objects come with all parts. */
export function rowsFor(claims: readonly CredentialClaim[], paths: readonly ConcretePath[]): readonly number[] {
  const wanted = claims.filter((claim) => paths.some((path) => isWithin(claim.path, path)));
  return [...new Set(wanted.flatMap((claim) => claim.rows))].sort((a, b) => a - b);
}

/** Everything that is seen when the given rows are shown, what is always sent included. */
export function revealedBy(claims: readonly CredentialClaim[], rows: readonly number[]): readonly CredentialClaim[] {
  return claims.filter((claim) => claim.rows.every((row) => rows.includes(row)));
}

/** A claim as people think of it: an address is one thing, however many parts its issuer signed. */
export type ClaimSummary = Pick<CredentialClaim, 'path' | 'label' | 'tier'>;

/**
 * Claims by their first step, in the order people look for them: derived yes/no first, then birth date and names.
 * Commitments are none.
 * A group is as private as its most private part; `age_equal_or_over` keeps its parts, each is an answer of its own.
 */
export function summariseClaims(claims: readonly CredentialClaim[]): readonly ClaimSummary[] {
  const groups = new Map<string, ClaimSummary>();
  for (const { path, tier, commits, label, group } of claims) {
    if (commits !== undefined) continue; // a way to prove something of a claim, and no claim of its own
    const top = tier === 1 ? path : path.slice(0, 1);
    const known = groups.get(pathKey(top));
    groups.set(pathKey(top), {
      path: top,
      label: top.length === path.length ? label : (group ?? claimLabel(top)),
      tier: known && known.tier > tier ? known.tier : tier,
    });
  }
  return [...groups.values()].sort((a, b) => claimRank(a.path, a.tier) - claimRank(b.path, b.tier));
}

/**
 * The shape of a credential's claims for matching paths against: values that are not known without opening a record
 * stand as null.
 */
export function outlineClaims(claims: readonly CredentialClaim[]): JsonObject {
  const outline = new Branch();
  for (const { path, value } of claims) outline.put(path, value ?? null);
  return outline.toJson() as JsonObject; // the first step of every path is a name
}

class Branch {
  readonly #parts = new Map<string | number, Branch | { readonly leaf: Json }>();

  put(path: ConcretePath, leaf: Json, depth = 0): void {
    const step = path[depth];
    if (step === undefined) return;
    if (depth === path.length - 1) {
      this.#parts.set(step, { leaf });
      return;
    }
    const found = this.#parts.get(step);
    const branch = found instanceof Branch ? found : new Branch();
    if (branch !== found) this.#parts.set(step, branch);
    branch.put(path, leaf, depth + 1);
  }

  toJson(): Json {
    const members: [string, Json][] = [];
    const elements: Json[] = [];
    for (const [key, part] of this.#parts) {
      const value = part instanceof Branch ? part.toJson() : part.leaf;
      if (typeof key === 'number') elements.push(value);
      else members.push([key, value]);
    }
    // What has a part is an array or an object, and never both; the whole, which may have none, is an object.
    return elements.length > 0 ? elements : Object.fromEntries(members);
  }
}
