import { p256 } from '@noble/curves/nist.js';
import type { JsonObject } from '../core/index.ts';
import { SecretBytes, canonicalJsonBytes, toBase64url, utf8 } from '../core/index.ts';
import type { PublicJwk } from './verifying/index.ts';

/** A P-256 private key that a credential is bound to: 32 bytes, made for one instance. */
export function createHolderKey(): SecretBytes {
  return SecretBytes.take(new Uint8Array(p256.utils.randomSecretKey()));
}

/** The public half as a JWK (RFC 7518 §6.2). */
export function holderPublicJwk(key: SecretBytes): PublicJwk {
  const point = p256.getPublicKey(key.expose(), false);
  return { kty: 'EC', crv: 'P-256', x: toBase64url(point.subarray(1, 33)), y: toBase64url(point.subarray(33)) };
}

/**
 * A compact ES256 JWS (RFC 7515, RFC 7518 §3.4) made with a holder key.
 * @param header without `alg`, which is added
 */
export function signJws(key: SecretBytes, header: JsonObject, payload: JsonObject): string {
  const signed = [{ ...header, alg: 'ES256' }, payload].map((part) => toBase64url(canonicalJsonBytes(part))).join('.');
  return `${signed}.${toBase64url(p256.sign(utf8(signed), key.expose()))}`;
}
