import { SignetError } from '../../core/index.ts';
import { parseInstant } from '../instant.ts';
import { paserkOfJwk } from '../paseto/index.ts';
import type { CapabilityClaims, CapabilityTerms } from './claims.ts';

/** Seconds that a token lives without a holder's key, with one, and where its wallet takes part in each use. */
export const MAX_LIFETIME = { bearer: 60, held: 15 * 60, attended: 366 * 86_400 } as const;

/**
 * What no schema says: which claims belong together, and how long a token may live.
 * @throws SignetError bad_request naming the claim
 */
export function assertCoherent(claims: CapabilityClaims, field: string): void {
  const refuse = (name: string, problem: string): SignetError =>
    new SignetError('bad_request', `${field}.${name} ${problem}.`, { field: `${field}.${name}` });
  const broken = brokenTerms(claims.spl) ?? brokenAudience(claims) ?? brokenTimes(claims);
  if (broken !== undefined) throw refuse(...broken);
}

type Broken = readonly [name: string, problem: string] | undefined;

function brokenTerms(terms: CapabilityTerms): Broken {
  const { max_amount, currency, merkle_root, leaves } = terms;
  if ((max_amount === undefined) !== (currency === undefined)) {
    return ['spl.currency', 'goes with max_amount, and max_amount with it'];
  }
  if ((merkle_root === undefined) !== (leaves === undefined)) {
    return ['spl.leaves', 'goes with merkle_root, and merkle_root with it'];
  }
  return brokenBudget(terms);
}

function brokenBudget({ budget_chain: chain, max_amount, currency, one_time }: CapabilityTerms): Broken {
  if (chain === undefined) return undefined;
  if (one_time) return ['spl.one_time', 'contradicts a budget, which is spent in steps'];
  if (max_amount === undefined) return ['spl.max_amount', 'is missing: a budget needs its sum'];
  if (chain.currency !== currency) return ['spl.budget_chain.currency', 'is not the currency of max_amount'];
  if (chain.unit * chain.length > max_amount) return ['spl.budget_chain.length', 'is worth more than max_amount'];
  return undefined;
}

/** What hidden clauses say of themselves; in the clear it would tell, or contradict, what each of them says. */
const HIDDEN = ['merchant', 'max_amount', 'currency', 'policy', 'budget_chain'] as const;

function brokenAudience({ aud, spl }: CapabilityClaims): Broken {
  if (spl.merkle_root === undefined) {
    if (aud === undefined) return ['aud', 'is missing'];
    return spl.permissions === undefined ? ['spl.permissions', 'is missing'] : undefined;
  }
  if (aud !== undefined) return ['aud', 'stands beside hidden clauses, which have their own'];
  const shown = HIDDEN.find((name) => spl[name] !== undefined);
  return shown === undefined ? undefined : [`spl.${shown}`, 'stands beside hidden clauses, which have their own'];
}

function brokenTimes(claims: CapabilityClaims): Broken {
  const [iat, nbf, exp] = [claims.iat, claims.nbf, claims.exp].map((time) => parseInstant(time) ?? NaN);
  if (!(Number(iat) <= Number(nbf))) return ['nbf', 'is before iat'];
  if (!(Number(nbf) < Number(exp))) return ['exp', 'is not after nbf'];
  if (claims.cnf === undefined && !claims.spl.one_time) return ['spl.one_time', 'must be true without a holder key'];
  const most = MAX_LIFETIME[kindOf(claims)];
  return Number(exp) - Number(iat) <= most * 1000 ? undefined : ['exp', `is more than ${most} s after iat`];
}

/** A wallet takes part in each use where units of a budget are released by it, or where the holder's key is its own. */
function kindOf({ iss, cnf, spl }: CapabilityClaims): keyof typeof MAX_LIFETIME {
  if (cnf === undefined) return 'bearer';
  return spl.budget_chain !== undefined || paserkOfJwk(cnf.jwk) === iss ? 'attended' : 'held';
}
