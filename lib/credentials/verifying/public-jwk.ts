import { sha256 } from '@noble/hashes/sha2.js';
import type { Json } from '../../core/index.ts';
import { SignetError, canonicalJsonBytes, isJsonObject, toBase64url } from '../../core/index.ts';

/** The public members of an elliptic-curve key, and nothing else (RFC 7518 §6.2, RFC 8037 §2). */
export interface PublicJwk {
  readonly kty: 'EC' | 'OKP';
  readonly crv: 'P-256' | 'P-384' | 'Ed25519';
  readonly x: string;
  /** For `EC`. */
  readonly y?: string;
  readonly kid?: string;
}

/**
 * The public key in a JWK. Private and other members are left behind.
 * @returns undefined for key types Signet does not verify with
 */
export function readPublicJwk(jwk: unknown): PublicJwk | undefined {
  if (!isJsonObject(jwk)) return undefined;
  const { kty, crv, x, y, kid, use } = jwk;
  if (typeof x !== 'string' || (use !== undefined && use !== 'sig')) return undefined;
  const name = typeof kid === 'string' ? { kid } : {};
  if (kty === 'OKP' && crv === 'Ed25519') return { kty, crv, x, ...name };
  if (kty === 'EC' && (crv === 'P-256' || crv === 'P-384') && typeof y === 'string') return { kty, crv, x, y, ...name };
  return undefined;
}

/** The usable keys of a JWK Set (RFC 7517 §5). @throws SignetError bad_request, naming `field`, when it is not one */
export function readJwkSet(set: unknown, field: string): readonly PublicJwk[] {
  const keys: Json | undefined = isJsonObject(set) ? set['keys'] : undefined;
  if (!Array.isArray(keys)) throw new SignetError('bad_request', `${field} is not a set of keys.`, { field });
  return keys.map(readPublicJwk).filter((jwk) => jwk !== undefined);
}

/** base64url SHA-256 thumbprint of a public key (RFC 7638, RFC 8037 §2): the key's name, whatever its JWK looks like. */
export function jwkThumbprint({ kty, crv, x, y }: PublicJwk): string {
  return toBase64url(sha256(canonicalJsonBytes({ kty, crv, x, y })));
}

/** The key for WebCrypto, or undefined where the point is not on its curve. */
export async function importPublicJwk({ kty, crv, x, y }: PublicJwk): Promise<CryptoKey | undefined> {
  const algorithm = crv === 'Ed25519' ? { name: 'Ed25519' } : { name: 'ECDSA', namedCurve: crv };
  const jwk = y === undefined ? { kty, crv, x } : { kty, crv, x, y };
  // A key that cannot be imported cannot have signed anything: the caller's answer is "not signed by it".
  return crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify']).catch(() => undefined);
}

/** The keys a JWS header's `kid` means: those of that name, or all where none bears it or the header names none. */
export function keysNamed(keys: readonly PublicJwk[], kid: Json | undefined): readonly PublicJwk[] {
  const named = keys.filter((key) => key.kid === kid);
  return kid === undefined || named.length === 0 ? keys : named;
}
