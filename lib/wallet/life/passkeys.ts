import { SecretBytes, fromBase64url } from '../../core/index.ts';
import type { Opener, PasskeyView } from '../../messaging/contract.ts';
import { withOpener } from './opener.ts';
import type { Services } from '../services.ts';

/** The passkeys that open this vault beside its password. @throws SignetError locked */
export const listPasskeys = ({ keeper }: Services): Promise<readonly PasskeyView[]> => keeper.passkeys();

/** What the browser needs to make a passkey for this vault. @throws SignetError locked */
export const preparePasskey = ({ keeper }: Services): Promise<{ salt: string; userId: string }> =>
  keeper.preparePasskey();

/** Lets a passkey open the vault too. @throws SignetError `wrong_password`, `wait`, `bad_request`, `too_many` */
export async function addPasskey(
  services: Services,
  { opener, prf, ...named }: { opener: Opener; id: string; prf: string; name: string },
): Promise<readonly PasskeyView[]> {
  using answer = SecretBytes.take(fromBase64url(prf));
  const passkey = { ...named, prf: answer };
  await withOpener(opener, (known) => services.keeper.addPasskey(known, passkey));
  return await afterChange(services);
}

/** Takes a passkey's wraps away; the password stays. @throws SignetError not_found */
export async function removePasskey(services: Services, id: string): Promise<readonly PasskeyView[]> {
  await services.keeper.removePasskey(id);
  return afterChange(services);
}

async function afterChange(services: Services): Promise<readonly PasskeyView[]> {
  await services.vaultChanged();
  services.announce('audit');
  return listPasskeys(services);
}
