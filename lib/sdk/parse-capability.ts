import type { BudgetChain, CapabilityChain } from '../capabilities/checking.ts';
import { momentOf, readChain } from '../capabilities/checking.ts';
import { toMajorUnits } from '../core/index.ts';
import { mistake } from './caller.ts';

/** What a token says of itself. Nothing of it is verified: anybody can write a token that says the same. */
export interface ParsedCapability {
  /** The root token's: its uses are counted under it, and receipts name it. */
  readonly jti: string;
  /** The key that the root names as its issuer (PASERK, `k4.public.…`): a person's, for its audience. */
  readonly issuer: string;
  /** Absent where hidden clauses have their own. */
  readonly audience?: string;
  /** Absent where hidden clauses have their own. */
  readonly permissions?: readonly string[];
  /** Major units of `currency`; absent where no money moves, or hidden clauses say how much. */
  readonly maxAmount?: string;
  readonly currency?: string;
  readonly oneTime: boolean;
  readonly purpose: string;
  readonly budget?: BudgetChain;
  /** Until when the token that is used could be. */
  readonly expires: Date;
}

/**
 * Takes a capability apart without believing it: to file it, or to learn the key that a person has for you. To pin that
 * key, let `checkAuthority` decide about the token with it as the issuer: then whoever has the key signed it for you.
 * @param token a token, or a chain of them, as it came
 * @throws SignetError bad_request naming what is wrong with it
 * @example
 * const failed = await Promise.resolve('not a token').then(parseCapability).catch((error) => error);
 * failed.field; // 'token'
 */
export function parseCapability(token: string): ParsedCapability {
  if (typeof token !== 'string') throw mistake('token', 'token must be the text of a token.');
  return parsed(readChain(token));
}

function parsed({ root, leaf }: CapabilityChain): ParsedCapability {
  const { jti, iss, aud, spl } = root.claims;
  const { permissions, max_amount, currency, budget_chain } = spl;
  return {
    ...{ jti, issuer: iss },
    ...(aud === undefined ? {} : { audience: aud }),
    ...(permissions === undefined ? {} : { permissions }),
    ...(max_amount === undefined || currency === undefined
      ? {}
      : { maxAmount: toMajorUnits(max_amount, currency), currency }),
    ...{ oneTime: spl.one_time, purpose: spl.purpose },
    ...(budget_chain === undefined ? {} : { budget: budget_chain }),
    expires: new Date(momentOf(leaf.claims.exp)),
  };
}
