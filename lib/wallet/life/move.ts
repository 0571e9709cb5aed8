import type { Mark, Opener } from '../../messaging/contract.ts';
import { withOpener } from './opener.ts';
import type { Services } from '../services.ts';

/**
 * Moves everything into a new vault, with new words and a new password; the old one is gone after it.
 * @returns the 24 new words, for the app to show once
 * @throws SignetError `wrong_password`, `wait`, `bad_request` (fields `password`, `mark`), `read_only`, `vault_damaged`
 */
export async function moveVault(
  services: Services,
  { opener, ...fresh }: { opener: Opener; password: string; mark?: Mark },
): Promise<{ words: string[] }> {
  try {
    return await withOpener(opener, (known) => services.keeper.move({ ...fresh, opener: known }));
  } finally {
    await services.vaultChanged();
    services.announce('audit');
  }
}
