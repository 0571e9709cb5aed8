/** What a policy is asked: an action and what is known about it. Amounts are in the currency's smallest unit. */
export interface PolicyRequest {
  readonly action: string;
  readonly amount?: number;
  readonly currency?: string;
  readonly audience: string;
  readonly merchant?: string;
  /** What the merchant says that it is for; absent where it does not know. */
  readonly purpose?: string;
  /** Thumbprint of the key that is proven (RFC 7638), or `bearer` where the token is bound to none. */
  readonly agent: string;
}

/** What a policy may ask of the world around the request. */
export interface PolicyFacts {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whether the holder's key was proven for exactly this request. */
  readonly holderProven: boolean;
}

export type PolicyDecision =
  | { readonly allowed: true }
  /** Why not, in the policy language's own terms. */
  | { readonly allowed: false; readonly reasons: readonly unknown[] };

/**
 * Decides a policy in source form: compiles it and asks it. Whatever it throws counts as a refusal, as does any answer
 * but `allowed: true`.
 */
export type DecidePolicy = (policy: string, request: PolicyRequest, facts: PolicyFacts) => PolicyDecision;
