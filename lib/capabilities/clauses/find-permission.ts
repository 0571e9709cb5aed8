import type { Permission } from './permission.ts';
import { isAmount } from './permission.ts';

/** What somebody wants to do with a token. */
export interface ClauseRequest {
  /** The verifier's own origin. */
  readonly audience: string;
  readonly action: string;
  /** Minor units of `currency`; both or neither. */
  readonly amount?: number;
  readonly currency?: string;
}

/** Why no opened clause permits a request. The one that came closest speaks. */
export type ClauseDenial =
  'no_clause' | 'wrong_audience' | 'wrong_action' | 'wrong_currency' | 'over_amount' | 'policy';

export type PermissionFound =
  | { readonly allowed: true; readonly permission: Permission }
  | { readonly allowed: false; readonly reason: ClauseDenial; readonly detail: string };

/** From the furthest to the closest. */
const DENIALS: readonly (readonly [ClauseDenial, string])[] = [
  ['no_clause', 'No clause was opened.'],
  ['wrong_audience', 'No opened clause names this origin.'],
  ['wrong_action', 'No opened clause for this origin permits this action.'],
  ['wrong_currency', 'No opened clause permits this currency here, or the request says no amount.'],
  ['over_amount', 'The amount is over what the opened clause permits.'],
  ['policy', 'The policy of the opened clause does not permit this.'],
];

/**
 * The first permission among opened clauses that permits a request alone, with its own audience, action, amount,
 * currency and policy. Each clause only ever adds, so opening fewer never allows more.
 * @param permissions as `verifyClauses` found them
 * @param permits whether a policy's source permits this request: called for what fits otherwise
 */
export function findPermission(
  permissions: readonly Permission[],
  request: ClauseRequest,
  permits: (policy: string) => boolean,
): PermissionFound {
  let closest = 0;
  for (const permission of permissions) {
    const reached = howFar(permission, request, permits);
    if (reached === DENIALS.length) return { allowed: true, permission };
    closest = Math.max(closest, reached);
  }
  const [reason, detail] = DENIALS[closest] ?? ['no_clause', ''];
  return { allowed: false, reason, detail };
}

/** The place in `DENIALS` of what is wrong with a permission for a request; their number when nothing is. */
function howFar(permission: Permission, request: ClauseRequest, permits: (policy: string) => boolean): number {
  if (permission.audience !== request.audience) return 1;
  if (permission.action !== request.action) return 2;
  if (permission.currency !== request.currency) return 3;
  if (!isWithin(request.amount, permission.amount)) return 4;
  if (permission.policy !== undefined && !permits(permission.policy)) return 5;
  return DENIALS.length;
}

/** An amount that is missing on one side alone is within nothing. */
function isWithin(amount: number | undefined, most: number | undefined): boolean {
  if (most === undefined || amount === undefined) return most === amount;
  return isAmount(amount) && amount <= most;
}
