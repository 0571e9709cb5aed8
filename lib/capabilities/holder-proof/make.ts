import { ed25519 } from '@noble/curves/ed25519.js';
import { canonicalJsonBytes, randomBytes, toBase64url, toSeconds, utf8 } from '../../core/index.ts';
import type { SigningKey } from '../paseto/index.ts';
import { readField } from '../read-field.ts';
import type { CapabilityUse } from './claims.ts';
import { HOLDER_PROOF_TYPE, claimsOfUse, proofSchema } from './claims.ts';

/** What signs with a holder's key, wherever that is kept. */
export interface HolderSigner {
  readonly alg: 'EdDSA' | 'ES256';
  /** The signature over bytes as JWS has it: 64 bytes (RFC 7518 §3.4, RFC 8037 §3.1). */
  sign(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
}

/** Signs with a seed. */
export const seedSigner = ({ seed }: SigningKey): HolderSigner => ({
  alg: 'EdDSA',
  sign: (bytes) => Promise.resolve(ed25519.sign(bytes, seed.expose())),
});

/** Signs with a WebCrypto key: Ed25519, or ECDSA on P-256. It need not be extractable. */
export const webCryptoSigner = (key: CryptoKey): HolderSigner => ({
  alg: key.algorithm.name === 'Ed25519' ? 'EdDSA' : 'ES256',
  sign: async (bytes) => new Uint8Array(await crypto.subtle.sign(parametersOf(key), key, bytes)),
});

const parametersOf = ({ algorithm: { name } }: CryptoKey): AlgorithmIdentifier | EcdsaParams =>
  name === 'Ed25519' ? { name } : { name, hash: 'SHA-256' };

/** What a proof answers: one token, and one nonce of the verifier's. */
export interface ProofTarget {
  /** base64url SHA-256 of the canonical claims of the token: `capabilityHash`. */
  readonly tokenHash: string;
  /** The verifier's, base64url, at least 16 bytes. */
  readonly nonce: string;
}

/**
 * Proves for one use that the holder's key is here: a compact JWS (RFC 7515 §7.1) after RFC 9449 §4.2.
 * @param now milliseconds since the epoch
 * @throws SignetError bad_request naming what no proof may say; what `signer` throws
 */
export async function makeHolderProof(
  use: CapabilityUse,
  { tokenHash, nonce }: ProofTarget,
  signer: HolderSigner,
  now: number,
): Promise<string> {
  const claims = readField(
    proofSchema,
    { jti: toBase64url(randomBytes(16)), iat: toSeconds(now), ath: tokenHash, nonce, ...claimsOfUse(use) },
    'proof',
  );
  const header = { alg: signer.alg, typ: HOLDER_PROOF_TYPE };
  const signed = [header, claims].map((part) => toBase64url(canonicalJsonBytes(part))).join('.');
  return `${signed}.${toBase64url(await signer.sign(utf8(signed)))}`;
}
