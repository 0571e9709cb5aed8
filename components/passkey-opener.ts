import { toBase64url } from '../lib/core/index.ts';
import type { Opener, PasskeyHandle } from '../lib/messaging/index.ts';
import { askPasskey } from '../lib/platform/index.ts';

/**
 * Asks for one of these passkeys. Its answer is an opener to be sent at once and kept nowhere.
 * @throws SignetError as `askPasskey` does
 */
export async function passkeyOpener(passkeys: readonly PasskeyHandle[]): Promise<Opener> {
  const { id, prf } = await askPasskey(passkeys);
  using bytes = prf;
  return { passkey: { id, prf: toBase64url(bytes.expose()) } };
}
