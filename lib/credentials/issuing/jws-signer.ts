import { ed25519 } from '@noble/curves/ed25519.js';
import type { Bytes, JsonObject, SecretBytes } from '../../core/index.ts';
import { canonicalJsonBytes, toBase64url, utf8 } from '../../core/index.ts';
import type { PublicJwk } from '../verifying/index.ts';

/** What signs for an issuer: a key in memory, a key of WebCrypto, or a device elsewhere. */
export interface JwsSigner {
  readonly alg: 'ES256' | 'ES384' | 'EdDSA';
  /** More of the header: what names the key, such as `kid`, `x5c` or `jwk`. */
  readonly header: JsonObject;
  /** The signature as JWS has it (RFC 7518 §3.4: two numbers, not DER). */
  readonly sign: (bytes: Bytes) => Uint8Array | Promise<Uint8Array>;
}

/** A compact JWS (RFC 7515 §7.1). */
export async function signWith(signer: JwsSigner, typ: string, payload: JsonObject): Promise<string> {
  const header = { ...signer.header, alg: signer.alg, typ };
  const signed = [header, payload].map((part) => toBase64url(canonicalJsonBytes(part))).join('.');
  return `${signed}.${toBase64url(await signer.sign(utf8(signed)))}`;
}

/** The public half of an Ed25519 key as a JWK (RFC 8037 §2). @param key 32 bytes */
export const ed25519PublicJwk = (key: SecretBytes): PublicJwk => ({
  kty: 'OKP',
  crv: 'Ed25519',
  x: toBase64url(ed25519.getPublicKey(key.expose())),
});

/** Signs with an Ed25519 key (RFC 8037 §3.1). @param key 32 bytes, which stay the caller's to dispose */
export const ed25519Signer = (key: SecretBytes, header: JsonObject = {}): JwsSigner => ({
  alg: 'EdDSA',
  header,
  sign: (bytes) => ed25519.sign(bytes, key.expose()),
});
