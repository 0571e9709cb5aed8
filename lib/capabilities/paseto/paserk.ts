import { blake2b } from '@noble/hashes/blake2.js';
import type { Bytes } from '../../core/index.ts';
import { SignetError, fromBase64url, toBase64url, utf8 } from '../../core/index.ts';

/** An Ed25519 public key in PASERK (paserk, types/public.md): `k4.public.` and base64url of its 32 bytes. */
export type PublicPaserk = `k4.public.${string}`;

/** The id of a public key in PASERK (paserk, types/pid.md): it tells which key, and is none. */
export type PublicKeyId = `k4.pid.${string}`;

const PUBLIC = 'k4.public.';
const PID = 'k4.pid.';
const KEY_LENGTH = 32;
/** BLAKE2b-264 (paserk, operations/ID.md). */
const ID_LENGTH = 33;

/** @param publicKey Ed25519, 32 bytes @throws SignetError bad_request on another length */
export function formatPublicPaserk(publicKey: Uint8Array): PublicPaserk {
  if (publicKey.length !== KEY_LENGTH) throw malformed('key');
  return `${PUBLIC}${toBase64url(publicKey)}`;
}

/**
 * The 32 bytes of the key in a `k4.public` PASERK.
 * @param field names it in errors
 * @throws SignetError bad_request on another version, type, length or spelling
 */
export function parsePublicPaserk(paserk: string, field: string): Bytes {
  if (!isPublicPaserk(paserk)) throw malformed(field);
  return fromBase64url(paserk.slice(PUBLIC.length));
}

/** 43 characters of base64url hold 32 bytes; the last has no loose bits, so no key has two spellings. */
const SPELLING = /^k4\.public\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** Whether a value is the one spelling of a `k4.public` PASERK. */
export const isPublicPaserk = (value: unknown): value is PublicPaserk =>
  typeof value === 'string' && SPELLING.test(value);

/** The id of a key: `k4.pid.` and base64url of BLAKE2b-264 over "k4.pid." and the key's PASERK. */
export function publicKeyId(paserk: PublicPaserk): PublicKeyId {
  return `${PID}${toBase64url(blake2b(utf8(PID + paserk), { dkLen: ID_LENGTH }))}`;
}

const malformed = (field: string): SignetError =>
  new SignetError('bad_request', `${field} is not an Ed25519 public key in PASERK (k4.public).`, { field });
