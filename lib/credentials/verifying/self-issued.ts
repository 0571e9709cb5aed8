import { isJsonObject } from '../../core/index.ts';
import type { Jws } from './jws.ts';
import type { PublicJwk } from './public-jwk.ts';
import { jwkThumbprint, readPublicJwk } from './public-jwk.ts';

/**
 * `iss` of what a person says of themselves. It is no origin, so no issuer can be called so, and it is accepted only
 * where a verifier names it.
 */
export const SELF_ISSUER = 'self';

/** `vct` of what a wallet says of its person from what they stored. */
export const SELF_TYPE = 'tools.signet.self';

/**
 * The key that a self-issued credential may be signed with: the one in its header's `jwk` (RFC 7515 §4.1.3), provided
 * that its holder (`cnf`) is the same, so that nobody shows what another person said. None for any other credential.
 * That the key signed, and proves it again in the key binding, is for the caller to verify.
 */
export function selfIssuedKeys({ header, payload }: Jws): readonly PublicJwk[] {
  const { cnf } = payload;
  const key = readPublicJwk(header['jwk']);
  const holder = isJsonObject(cnf) ? readPublicJwk(cnf['jwk']) : undefined;
  if (payload['iss'] !== SELF_ISSUER || key === undefined || holder === undefined) return [];
  return jwkThumbprint(key) === jwkThumbprint(holder) ? [key] : [];
}
