import { ed25519 } from '@noble/curves/ed25519.js';
import type { SecretBytes } from '../../core/index.ts';
import { toBase64url } from '../../core/index.ts';
import type { PublicJwk } from '../../credentials/verifying/index.ts';
import type { PublicPaserk } from './paserk.ts';
import { formatPublicPaserk } from './paserk.ts';

/** An Ed25519 key that signs tokens. Whoever made `seed` disposes of it. */
export interface SigningKey {
  /** RFC 8032's private key, 32 bytes. */
  readonly seed: SecretBytes;
  readonly publicKey: PublicPaserk;
}

/** The key with a seed. @param seed 32 bytes; not taken over: it stays the caller's to dispose of */
export const signingKeyOf = (seed: SecretBytes): SigningKey => ({
  seed,
  publicKey: formatPublicPaserk(ed25519.getPublicKey(seed.expose())),
});

/** The public half as a JWK (RFC 8037 §2), as `cnf` wants it. */
export const signingKeyJwk = ({ seed }: SigningKey): PublicJwk => ({
  kty: 'OKP',
  crv: 'Ed25519',
  x: toBase64url(ed25519.getPublicKey(seed.expose())),
});

/** The PASERK of an Ed25519 JWK, or undefined for a key of another curve: it cannot sign v4.public. */
export function paserkOfJwk({ crv, x }: PublicJwk): PublicPaserk | undefined {
  return crv === 'Ed25519' ? `k4.public.${x}` : undefined;
}
