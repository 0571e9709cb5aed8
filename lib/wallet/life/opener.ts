import { SecretBytes, fromBase64url } from '../../core/index.ts';
import type { Opener as SentOpener } from '../../messaging/contract.ts';
import type { Opener } from '../../vault/index.ts';

/**
 * Runs `work` with the opener that a page of ours sent. What a passkey answered is forgotten when it is done.
 * @throws SignetError bad_request for what is not base64url, and whatever `work` throws
 */
export async function withOpener<T>(sent: SentOpener, work: (opener: Opener) => Promise<T>): Promise<T> {
  if ('password' in sent) return work({ kind: 'password', password: sent.password });
  using prf = SecretBytes.take(fromBase64url(sent.passkey.prf));
  return await work({ kind: 'passkey', id: sent.passkey.id, prf });
}
