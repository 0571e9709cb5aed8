import { denialsOf } from '../ask-policy.ts';
import type { IntendedUse } from '../intended-use.ts';
import type { DecidePolicy } from '../policy.ts';
import type { CapabilityClaims } from '../token/index.ts';
import type { AuthorityGrant } from './offer.ts';

/**
 * Whether one of an authority's grants covers a use, and the whole of the token that it is made with: a token for more
 * than was granted is covered by nothing, since its uses are counted against its own sum.
 * `leaf` is the token that is used, `total` the most that its root may take in all its uses, in the smallest unit.
 */
export function isGranted(
  grants: readonly AuthorityGrant[],
  use: IntendedUse,
  { leaf, total, decide }: { readonly leaf: CapabilityClaims; readonly total?: number; readonly decide?: DecidePolicy },
): boolean {
  return grants.some(
    (grant) =>
      grant.permissions.includes(use.action) &&
      grant.audiences?.includes(use.audience) !== false &&
      isWithin(grant, use, total) &&
      (grant.policy === undefined ||
        (decide !== undefined && denialsOf(decide, grant.policy, use, leaf) === undefined)),
  );
}

function isWithin(
  { max_amount: most, currency }: AuthorityGrant,
  use: IntendedUse,
  total: number | undefined,
): boolean {
  if (use.amount === undefined && total === undefined) return true;
  if (most === undefined || use.currency !== currency) return false;
  return (use.amount ?? 0) <= most && (total ?? 0) <= most;
}
