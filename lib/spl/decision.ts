import type { FaultKind } from './fault.ts';
import type { Place } from './place.ts';

/** One thing that keeps a policy from holding. */
export interface DenyReason {
  /** `unmet`: a clause is false. All else: a clause has no meaning for this request, which denies as well. */
  readonly kind: 'unmet' | FaultKind;
  /** In words for people, as “amount 175 is over 150”: at most 400 characters, cleaned for display. */
  readonly message: string;
  /** The part of the source that it is about. */
  readonly place: Place;
}

/** What a policy says of a request. Denials tell all clauses that do not hold, at most 16, in the policy's order. */
export type Decision =
  { readonly allowed: true } | { readonly allowed: false; readonly reasons: readonly DenyReason[] };

/** A decision as one line: “denied: amount 175 is over 150 (line 4, column 3)”. */
export function explainDecision(decision: Decision): string {
  if (decision.allowed) return 'allowed';
  const told = decision.reasons.map(({ message, place }) => `${message} (line ${place.line}, column ${place.column})`);
  return `denied: ${told.join('; ')}`;
}
