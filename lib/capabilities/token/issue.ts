import type { Origin } from '../../core/index.ts';
import { assertField, randomBytes, toBase64url } from '../../core/index.ts';
import type { PublicJwk } from '../../credentials/verifying/index.ts';
import { jwkThumbprint } from '../../credentials/verifying/index.ts';
import { formatInstant } from '../instant.ts';
import type { SigningKey } from '../paseto/index.ts';
import { signToken } from '../paseto/index.ts';
import { readField } from '../read-field.ts';
import type { CapabilityClaims, CapabilityTerms } from './claims.ts';
import { assertCoherent } from './rules.ts';
import { claimsSchema } from './schema.ts';
import { assertSoundKey, publicMembers } from './sound-key.ts';

/** What a capability is to say. */
export interface CapabilityDraft {
  /** The one origin that may take it; absent beside hidden clauses. */
  readonly audience?: Origin;
  /** The key that has to prove each use. */
  readonly holder?: PublicJwk;
  /** What the token calls its agent; by default the thumbprint of the holder's key, or `bearer`. */
  readonly agent?: string;
  /** Seconds. */
  readonly lifetime: number;
  /** Nobody may narrow it. */
  readonly sealed?: boolean;
  readonly terms: CapabilityTerms;
}

/**
 * Signs a capability.
 * @param key the wallet's for this audience (design §4): `HKDF(identity seed, salt origin, "signet-capability-key")`
 * @param now milliseconds since the epoch
 * @returns a PASETO v4.public token
 * @throws SignetError bad_request naming what no capability may say; nothing is signed then
 */
export async function issueCapability(draft: CapabilityDraft, key: SigningKey, now: number): Promise<string> {
  return await signCapability(claimsOf(draft, key, now), key);
}

/** The claims of a draft, each with a new `jti`. */
export function claimsOf(draft: CapabilityDraft, { publicKey }: SigningKey, now: number): CapabilityClaims {
  const { audience, holder, agent, lifetime, sealed = false, terms } = draft;
  assertField(Number.isSafeInteger(lifetime) && lifetime > 0, 'lifetime', 'lifetime must be whole seconds.');
  const start = formatInstant(now);
  return {
    iss: publicKey,
    sub: agent ?? (holder === undefined ? 'bearer' : jwkThumbprint(holder)),
    ...(audience === undefined ? {} : { aud: audience }),
    jti: toBase64url(randomBytes(16)),
    iat: start,
    nbf: start,
    exp: formatInstant(now + lifetime * 1000),
    ...(holder === undefined ? {} : { cnf: { jwk: publicMembers(holder) } }),
    ...(sealed ? { sealed } : {}),
    spl: terms,
  };
}

/** Signs claims that keep all rules of a reader. @throws SignetError bad_request naming the claim that does not */
export async function signCapability(claims: CapabilityClaims, key: SigningKey): Promise<string> {
  const read = readField(claimsSchema, claims, 'token');
  assertCoherent(read, 'token');
  if (read.cnf !== undefined) assertSoundKey(read.cnf.jwk, 'token.cnf.jwk');
  return await signToken(read, key, read.aud ?? '');
}
