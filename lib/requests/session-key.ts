import { fromBase64, randomBytes, toBase64 } from '../core/index.ts';
import type { Bytes } from '../core/index.ts';
import type { KeyValue } from '../vault/index.ts';

const NAME = 'requests.key';
const KEY_LENGTH = 32;

/** The key that seals waiting requests: random, in storage.session alone, so that it ends with the browser. */
export async function sessionKey(session: KeyValue): Promise<Bytes> {
  const stored = await session.get(NAME);
  if (typeof stored === 'string') return fromBase64(stored);
  const key = randomBytes(KEY_LENGTH);
  await session.set(NAME, toBase64(key));
  return key;
}
