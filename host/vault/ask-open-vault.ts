import type { CommandVault } from './command-vault.ts';
import { withVault } from './command-vault.ts';
import { isVaultThere, vaultFolder } from './vault-folder.ts';

/** A hook waits no longer for another command: milliseconds. */
const WAIT = 1_000;

/** What a vault that is open answers. `locked`: it is, or there is none; `silent`: it cannot be told. */
export type OpenAnswer<Answer> =
  { readonly is: 'answer'; readonly answer: Answer } | { readonly is: 'locked' | 'silent' };

/** Asks the vault while a session stands: nobody is asked for a password. */
export async function askOpenVault<Answer>(
  question: (vault: CommandVault) => Promise<Answer>,
): Promise<OpenAnswer<Answer>> {
  if (!isVaultThere(vaultFolder())) return { is: 'locked' };
  const nobody = { 'password-file': undefined, 'password-fd': undefined };
  try {
    return await withVault(
      nobody,
      async (vault): Promise<OpenAnswer<Answer>> => {
        const state = await vault.services.keeper.state();
        if (state === 'unlocked') return { is: 'answer', answer: await question(vault) };
        return { is: state === 'locked' || state === 'none' ? 'locked' : 'silent' };
      },
      { waiting: { wait: WAIT } },
    );
  } catch {
    return { is: 'silent' }; // damaged, open to others, or another command is at work: that is not the same as nothing
  }
}
