import type { Origin, SecretBytes } from '../../core/index.ts';
import { holderPublicJwk, signJws } from '../../credentials/index.ts';

/**
 * A key proof of type `jwt` (OpenID4VCI 1.0 appendix F.1): shows that we hold the key a credential shall be bound to.
 * Without `iss`, as an anonymous pre-authorized flow wants.
 * @param key a P-256 holder key
 * @param claims `nonce` is the issuer's, absent when it has no nonce endpoint; `issuedAt` is seconds since the epoch
 * @returns a compact JWS
 */
export function createKeyProof(
  key: SecretBytes,
  claims: { issuer: Origin; nonce: string | undefined; issuedAt: number },
): string {
  const { issuer: aud, nonce, issuedAt: iat } = claims;
  const { kty, crv, x, y } = holderPublicJwk(key);
  const jwk = { kty, crv, x, ...(y !== undefined && { y }) };
  return signJws(key, { typ: 'openid4vci-proof+jwt', jwk }, { aud, iat, ...(nonce !== undefined && { nonce }) });
}
