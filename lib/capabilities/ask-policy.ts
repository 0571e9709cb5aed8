import type { IntendedUse } from './intended-use.ts';
import { holderOf } from './intended-use.ts';
import type { DecidePolicy, PolicyRequest } from './policy.ts';
import type { CapabilityClaims } from './token/index.ts';

/** What was passed in may answer otherwise than its type says: then it denies. */
interface Answer {
  readonly allowed?: unknown;
  readonly reasons?: unknown;
}

/**
 * Why a policy denies a use, or undefined where it allows it. A policy that fails to answer denies.
 * @param leaf the token that is used. Where it is bound to a key, a use without proof of that key is refused in the end:
 *   the policy may take the proof for given
 */
export function denialsOf(
  decide: DecidePolicy,
  policy: string,
  use: IntendedUse,
  leaf: CapabilityClaims,
): readonly unknown[] | undefined {
  try {
    const facts = { now: use.now, holderProven: leaf.cnf !== undefined };
    const decision: Answer = decide(policy, requestOf(use, leaf), facts);
    if (decision.allowed === true) return undefined;
    return Array.isArray(decision.reasons) ? (decision.reasons as readonly unknown[]) : [];
  } catch (error) {
    return [error instanceof Error ? error.message : undefined];
  }
}

const requestOf = (use: IntendedUse, leaf: CapabilityClaims): PolicyRequest => ({
  action: use.action,
  ...(use.amount === undefined ? {} : { amount: use.amount }),
  ...(use.currency === undefined ? {} : { currency: use.currency }),
  audience: use.audience,
  ...(use.merchant === undefined ? {} : { merchant: use.merchant }),
  ...(use.purpose === undefined ? {} : { purpose: use.purpose }),
  agent: holderOf(leaf),
});
