import { SecretBytes, fromBase64, randomBytes, toBase64 } from '../core/index.ts';
import type { KeyValue } from '../vault/index.ts';

const NAME = 'requests.key';
const KEY_LENGTH = 32;

/** The key that seals waiting requests: random, in storage.session alone, so that it ends with the browser. */
export async function sessionKey(session: KeyValue): Promise<SecretBytes> {
  const stored = await session.get(NAME);
  if (typeof stored === 'string') return SecretBytes.take(fromBase64(stored));
  const key = SecretBytes.take(randomBytes(KEY_LENGTH));
  await session.set(NAME, toBase64(key.expose()));
  return key;
}
