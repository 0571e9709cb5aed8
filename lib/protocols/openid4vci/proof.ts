import type { SecretBytes } from '../../core/index.ts';
import { holderPublicJwk, signJws } from '../../credentials/index.ts';

/** What a key proof says (OpenID4VCI 1.0 appendix F.1). */
export interface KeyProofClaims {
  /** The credential issuer's identifier. */
  readonly issuer: string;
  /** The issuer's, absent when it has no nonce endpoint. */
  readonly nonce: string | undefined;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  /** Under which name the token was asked for; absent, as an anonymous pre-authorized flow wants, where it was under none. */
  readonly clientId?: string;
}

/**
 * A key proof of type `jwt`: shows that we hold the key a credential shall be bound to.
 * @param key a P-256 holder key
 * @returns a compact JWS
 */
export function createKeyProof(key: SecretBytes, claims: KeyProofClaims): string {
  const { issuer: aud, nonce, issuedAt: iat, clientId } = claims;
  const { kty, crv, x, y } = holderPublicJwk(key);
  const jwk = { kty, crv, x, ...(y !== undefined && { y }) };
  return signJws(
    key,
    { typ: 'openid4vci-proof+jwt', jwk },
    { aud, iat, ...(nonce !== undefined && { nonce }), ...(clientId !== undefined && { iss: clientId }) },
  );
}
