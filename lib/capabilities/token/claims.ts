import type { Origin } from '../../core/index.ts';
import type { PublicJwk } from '../../credentials/verifying/index.ts';
import type { BudgetChain } from '../budget/index.ts';
import type { ClauseCommitment } from '../clauses/index.ts';
import type { PublicPaserk } from '../paseto/index.ts';

/**
 * What a capability allows. Restrictions that stand here bind every use. Hidden clauses stand here by their commitment
 * alone: each is a whole permission of its own.
 */
export interface CapabilityTerms extends Partial<ClauseCommitment> {
  /** The actions allowed. Absent only beside hidden clauses, where each names its own. */
  readonly permissions?: readonly string[];
  /** The most that all uses together may take, in the currency's smallest unit. Absent: no money moves. */
  readonly max_amount?: number;
  readonly unit: 'minor';
  readonly currency?: string;
  readonly one_time: boolean;
  /** The person's reason, at most 140 characters. */
  readonly purpose: string;
  /** The merchant by its own name for itself, where the audience alone does not say who it is. */
  readonly merchant?: string;
  readonly budget_chain?: BudgetChain;
  /** Source of a policy that has to permit each use. */
  readonly policy?: string;
}

/** The claims of a capability token. Times are RFC 3339 in UTC with whole seconds. */
export interface CapabilityClaims {
  /** The key that signs: the wallet's for this audience, or the `cnf` of the parent. */
  readonly iss: PublicPaserk;
  /** The agent it is for, as its issuer names it. */
  readonly sub: string;
  /** The one origin that may take it; also the implicit assertion. Absent beside hidden clauses alone. */
  readonly aud?: Origin;
  /** base64url, 16 random bytes. */
  readonly jti: string;
  readonly iat: string;
  readonly nbf: string;
  readonly exp: string;
  /** The holder's key (RFC 7800 §3.2). Without one: one-time, and 60 s. */
  readonly cnf?: { readonly jwk: PublicJwk };
  /** base64url SHA-256 of the canonical claims of the token that this one narrows. */
  readonly parent?: string;
  /** A sealed token cannot be narrowed. */
  readonly sealed?: true;
  /** Names of claims that a reader has to understand or deny (after RFC 7515 §4.1.11). */
  readonly crit?: readonly string[];
  readonly spl: CapabilityTerms;
}
