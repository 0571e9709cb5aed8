import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { SecretBytes, SignetError, randomBytes, toBase64, utf8 } from '../core/index.ts';
import type { Json } from '../core/index.ts';
import type { StorageBackend } from '../vault/index.ts';
import { insertUnique } from '../vault/index.ts';

const KEY_LENGTH = 32;
const TAG_LENGTH = 16;
/** Lists are filled up with entries that stand for nobody to a multiple of this. */
const FILLED_TO = 64;

/** base64 of 16 bytes of HMAC-SHA-256 (RFC 2104); the parts hold no line break: origins and claim keys have none. */
export const tagOf = (key: SecretBytes, parts: readonly string[]): string =>
  toBase64(hmac(sha256, key.expose(), utf8(parts.join('\n'))).subarray(0, TAG_LENGTH));

/** Entries that stand for nobody: always the same ones, so that those that come and go are no telling ones. */
const fillOf = (key: SecretBytes, list: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => tagOf(key, ['nobody', list, String(i)]));

/** The entries that stand for nobody, to fill a list of so many up with. */
export const fillFor = (key: SecretBytes, list: string, size: number): readonly string[] =>
  fillOf(key, list, Math.max(1, Math.ceil(size / FILLED_TO)) * FILLED_TO - size);

/** Every entry that may stand for nobody in a list. */
export const everyFill = (key: SecretBytes, list: string): ReadonlySet<string> => new Set(fillOf(key, list, FILLED_TO));

/** The texts in a list out of JSON. */
export const textsOf = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? (value as readonly Json[]).filter((item) => typeof item === 'string') : []; // Array.isArray loses the type

/** The random key of a list, in the store `meta`: made the first time it is asked for. @throws SignetError storage_failed */
export async function listKey(backend: StorageBackend, name: string): Promise<SecretBytes> {
  const stored = await backend.get('meta', name);
  if (stored !== undefined) return SecretBytes.take(stored);
  const fresh = randomBytes(KEY_LENGTH);
  try {
    await insertUnique(backend, { store: 'meta', key: name }, fresh);
  } catch (error) {
    if (SignetError.from(error).reason !== 'changed') throw error;
    return listKey(backend, name); // another worker was faster
  }
  return SecretBytes.take(fresh);
}
