import type { Bytes, SecretBytes } from '../core/index.ts';
import { fromUtf8, utf8 } from '../core/index.ts';
import { openBox, sealBox } from '../vault/index.ts';
import type { PageRequest } from './page-request.ts';

/**
 * A request as a row: a sealed box of its JSON (random 96-bit nonce, AES-256-GCM) with the request's id as additional
 * data, so that a row cannot be passed off as another one.
 * @param key 32 bytes
 */
export const sealRow = (key: SecretBytes, request: PageRequest): Bytes =>
  sealBox(key, utf8(request.id), utf8(JSON.stringify(request)));

/** The request in a row, or undefined when the row was not sealed under this key for this id. */
export function openRow(key: SecretBytes, id: string, sealed: Uint8Array): PageRequest | undefined {
  const plain = openBox(key, utf8(id), sealed);
  return plain === undefined ? undefined : (JSON.parse(fromUtf8(plain)) as PageRequest); // only sealRow wrote it
}
