import { SignetError, assertField } from '../../core/index.ts';
import type { PublicJwk } from '../../credentials/verifying/index.ts';
import { formatInstant } from '../instant.ts';
import type { SigningKey } from '../paseto/index.ts';
import { paserkOfJwk } from '../paseto/index.ts';
import type { CapabilityClaims, CapabilityTerms } from '../token/index.ts';
import { capabilityHash, claimsOf, momentOf, signCapability } from '../token/index.ts';
import { CHAIN_SEPARATOR, MAX_CHAIN_DEPTH, readChain } from './chain.ts';
import { wideningOf } from './narrower.ts';

/** How a child differs from its parent. What is left out stays; a policy is added to the parent's. */
export interface Narrowing {
  /** The key of the agent that the child is for; without one the child is one-time and lives 60 s. */
  readonly holder?: PublicJwk;
  readonly agent?: string;
  /** Seconds, not past the parent's end. */
  readonly lifetime: number;
  readonly sealed?: boolean;
  readonly terms?: Partial<CapabilityTerms>;
}

/**
 * Narrows a capability for another agent: signs a child that allows no more, with the key that the token is bound to.
 * @param chain a token, or a chain of them, as it came
 * @param key the holder's: Ed25519, since it signs a v4.public token
 * @param now milliseconds since the epoch
 * @returns the chain with the child at its end
 * @throws SignetError bad_request naming the claim that would allow more (`spl.max_amount`), `key` where it is not the
 *   holder's, or what is wrong with the chain; nothing is signed then
 */
export async function narrowToken(chain: string, narrowing: Narrowing, key: SigningKey, now: number): Promise<string> {
  const { levels, leaf } = readChain(chain);
  assertField(levels.length < MAX_CHAIN_DEPTH, 'token', `A chain has at most ${MAX_CHAIN_DEPTH} tokens.`);
  const holder = leaf.claims.cnf?.jwk;
  assertField(holder !== undefined, 'cnf', 'A token that is bound to no key cannot be narrowed.');
  assertField(paserkOfJwk(holder) === key.publicKey, 'key', 'This is not the key that the token is bound to.');
  const child = childOf(leaf.claims, narrowing, key, now);
  const widening = wideningOf(leaf.claims, child);
  if (widening !== undefined) {
    const { field, problem } = widening;
    throw new SignetError('bad_request', `${field} ${problem}.`, { field });
  }
  const signed = await signCapability({ ...child, parent: capabilityHash(leaf) }, key);
  return `${chain}${CHAIN_SEPARATOR}${signed}`;
}

function childOf(parent: CapabilityClaims, narrowing: Narrowing, key: SigningKey, now: number): CapabilityClaims {
  const { terms, ...frame } = narrowing;
  const audience = parent.aud === undefined ? {} : { audience: parent.aud };
  const claims = claimsOf({ ...frame, ...audience, terms: termsOf(parent.spl, terms) }, key, now);
  return { ...claims, nbf: formatInstant(Math.max(now, momentOf(parent.nbf))) };
}

/** The parent's policy is left out: it binds the child from where it is. */
function termsOf(parent: CapabilityTerms, changes: Partial<CapabilityTerms> = {}): CapabilityTerms {
  const terms: { -readonly [K in keyof CapabilityTerms]: CapabilityTerms[K] } = { ...parent, ...changes };
  if (changes.policy === undefined) delete terms.policy;
  return terms;
}
