import { gcm } from '@noble/ciphers/aes.js';
import { concatBytes, fromUtf8, randomBytes, utf8 } from '../core/index.ts';
import type { Bytes } from '../core/index.ts';
import type { PageRequest } from './page-request.ts';

const NONCE_LENGTH = 12;

/**
 * A request as a row: a random 96-bit nonce, then AES-256-GCM of its JSON with the request's id as additional data,
 * so that a row cannot be passed off as another one.
 * @param key 32 bytes
 */
export function sealRow(key: Uint8Array, request: PageRequest): Bytes {
  const nonce = randomBytes(NONCE_LENGTH);
  return concatBytes(nonce, gcm(key, nonce, utf8(request.id)).encrypt(utf8(JSON.stringify(request))));
}

/** The request in a row, or undefined when the row was not sealed under this key for this id. */
export function openRow(key: Uint8Array, id: string, sealed: Uint8Array): PageRequest | undefined {
  try {
    const plain = gcm(key, sealed.subarray(0, NONCE_LENGTH), utf8(id)).decrypt(sealed.subarray(NONCE_LENGTH));
    return JSON.parse(fromUtf8(plain)) as PageRequest; // authenticated: only sealRow of this session wrote it
  } catch {
    return undefined; // a row of another session, or a damaged one: nobody can read it, the caller removes it
  }
}
