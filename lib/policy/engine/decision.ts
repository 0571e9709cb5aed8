import type { Condition, Effect, Obligations } from './rule.ts';
import type { BoundConflict, RolesInForce } from './request.ts';

export type Verdict = 'PERMIT' | 'DENY' | 'ANOMALY';

/** Why, in one word; the first that applies, from the strictest down. */
export type DecisionReason =
  /** A deny rule matched. */
  | 'denied'
  /** A deny or ask rule could not be evaluated: an attribute is missing or of another type, or it failed. */
  | 'indeterminate'
  /** An ask rule matched. */
  | 'ask_rule'
  /** A second, different bound on the same claim. */
  | 'bound'
  /** The subject's role does not contain the claim's, and no rule for exactly that subject and claim settles it. */
  | 'role'
  /** A permit matched, but its uses are used up, its rate is reached, it is to be asked again, or nobody is present. */
  | 'obligation'
  /** A permit matched that was confirmed before the vault was restored. */
  | 'restored'
  /** No rule matched. */
  | 'no_rule'
  | 'permitted';

export interface Decision {
  readonly verdict: Verdict;
  readonly reason: DecisionReason;
  /** Ids of all rules that matched, Indeterminate deny and ask rules among them; sorted. */
  readonly rules: readonly string[];
  /** base64url SHA-256 of the canonical JSON of the policy set. */
  readonly policy: string;
  /** For PERMIT: the rule whose obligations hold, and whose use is to be counted. */
  readonly permit?: {
    readonly rule: string;
    readonly obligations: Obligations;
    /** When it ends: milliseconds since the epoch; absent: when the person ends it. */
    readonly expiresAt?: number;
  };
}

/** How one rule met one request. */
export interface RuleTrace {
  readonly rule: string;
  readonly effect: Effect;
  readonly outcome: 'matched' | 'missed' | 'indeterminate';
  /** What made it miss or fail: the part of the rule, in order of looking. */
  readonly because?:
    | { readonly part: 'action' | 'claims' | 'subject' | 'not_yet' | 'expired' }
    | { readonly part: 'condition'; readonly condition: Condition; readonly found?: unknown }
    | { readonly part: 'missing'; readonly attribute: string }
    | { readonly part: 'wrong_type'; readonly attribute: string; readonly wanted: string }
    | { readonly part: 'obligation'; readonly obligation: keyof Obligations | 'rate' | 'restored' }
    | { readonly part: 'failed'; readonly message: string };
}

/** A decision with everything it rests on. */
export interface Explanation extends Decision {
  readonly roles: RolesInForce;
  readonly bound?: BoundConflict;
  /** All matching rules, then near misses (rules about this subject or claim that missed by one part), sorted by id. */
  readonly trace: readonly RuleTrace[];
  /** Attributes that a rule asked for and the request lacks, sorted. */
  readonly missing: readonly string[];
}
