import type { ProofProblem, UseProblem } from '../capabilities/checking.ts';

/** Why a token does not allow what is to be done, as one word. */
export type AuthorityReason =
  | 'malformed'
  | 'unknown_critical'
  | 'untrusted_issuer'
  | 'bad_signature'
  | 'revoked'
  | 'over_grant'
  | UseProblem
  | 'malformed_clause'
  | 'wrong_clause'
  | ProofProblem
  | 'no_budget_release'
  | 'no_budget'
  | 'malformed_unit'
  | 'uneven_amount'
  | 'unit_out_of_range'
  | 'wrong_unit'
  | 'no_ledger'
  | 'used'
  | 'over_limit'
  | 'rollback'
  | 'ledger_full'
  | 'ledger_failed'
  | 'too_old';

export interface AuthorityRefusal {
  readonly reason: AuthorityReason;
  /** One sentence for people. */
  readonly detail: string;
}

export const refuse = (reason: AuthorityReason, detail: string): AuthorityRefusal => ({ reason, detail });
