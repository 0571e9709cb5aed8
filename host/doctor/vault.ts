import { SignetError } from '../../lib/core/index.ts';
import { isOwnFolder } from '../keeping/own-files.ts';
import { assertPrivate, isVaultThere, vaultFolder } from '../vault/vault-folder.ts';
import type { Check } from './check.ts';
import { notWell, well } from './check.ts';

/** The vault without a browser. It is not opened: that would take its lock from a command at work. */
export const vaultCheck: Check = {
  name: 'Vault',
  look({ env }) {
    const folder = vaultFolder(env);
    if (!isVaultThere(folder)) return well('None here: `signet init` makes one.', `It would lie in ${folder.path}.`);
    try {
      assertPrivate(folder);
    } catch (error) {
      return notWell('No command opens the vault.', SignetError.from(error).message);
    }
    return well(`${folder.database}, and its anchor beside it.`, placeOfSession(env));
  },
};

function placeOfSession({ XDG_RUNTIME_DIR: runtime }: NodeJS.ProcessEnv): string {
  if (runtime === undefined) return 'Each command asks for the password: XDG_RUNTIME_DIR is not set.';
  if (!isOwnFolder(runtime, { linked: true }))
    return `Each command asks for the password: ${runtime} is not yours alone.`;
  return `\`signet unlock\` keeps it open in ${runtime}, which ends with your session.`;
}
