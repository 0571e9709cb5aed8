import type { Json, JsonObject } from '../core/index.ts';
import { byPath, claimLeaves, isEmptyWhole } from '../credentials/index.ts';
import type { ConcretePath, CredentialClaim } from '../credentials/index.ts';

/**
 * The values of claims as a presentation shows them, where it shows just these; fewer where it shows something else.
 * Both are taken in the order of their paths. An element that is hidden leaves no gap in its array, so places differ by their
 * indexes; and an object or array that is always sent stands there empty where nothing of it is shown, and counts for
 * nothing.
 * @param claims those that are shown @param seen the processed claims of the presentation
 */
export function seenValues(claims: readonly CredentialClaim[], seen: JsonObject): ReadonlyMap<CredentialClaim, Json> {
  const leaves = claimLeaves(seen).filter(({ value }) => !isEmptyWhole(value));
  const values = new Map<CredentialClaim, Json>();
  for (const [at, claim] of withContent(claims).entries()) {
    const leaf = leaves[at];
    if (leaf !== undefined && isSamePlace(claim.path, leaf.path)) values.set(claim, leaf.value);
  }
  return values;
}

/** Whether a presentation shows these claims, one by one, and no other. */
export const showsJust = (claims: readonly CredentialClaim[], seen: JsonObject): boolean => {
  const count = claimLeaves(seen).filter(({ value }) => !isEmptyWhole(value)).length;
  return count === withContent(claims).length && seenValues(claims, seen).size === count;
};

const withContent = (claims: readonly CredentialClaim[]): readonly CredentialClaim[] =>
  claims.filter(({ value }) => !isEmptyWhole(value)).toSorted(byPath);

/** Hidden elements before one can but make its index smaller. */
const isSamePlace = (path: ConcretePath, shown: ConcretePath): boolean =>
  path.length === shown.length &&
  path.every((step, i) => {
    const other = shown[i];
    return typeof step === 'number' && typeof other === 'number' ? other <= step : step === other;
  });
