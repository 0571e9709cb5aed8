import { isSealed, sealPolicy } from '../../lib/tool-policy/reading/index.ts';
import type { VaultKeys } from '../../lib/vault/index.ts';
import { deriveKey } from '../../lib/vault/index.ts';
import { askOpenVault } from './ask-open-vault.ts';
import type { CommandVault } from './command-vault.ts';

/** What the vault says of a policy file and its seal. `unknown`: it is locked, is gone, or does not answer. */
export type SealStanding = 'good' | 'wrong' | 'unknown';

/** The seal of a policy file, under a key of the open vault's. @returns base64 @throws SignetError locked */
export async function sealOf(text: string, { services }: CommandVault): Promise<string> {
  using key = sealKey((await services.keeper.open()).keys);
  return sealPolicy(text, key);
}

/** Whether a policy file is the one that was sealed. */
export async function checkSeal(text: string, seal: string): Promise<SealStanding> {
  const asked = await askOpenVault(async ({ services }) => {
    using key = sealKey((await services.keeper.open()).keys);
    return isSealed(text, seal, key);
  });
  if (asked.is !== 'answer') return 'unknown';
  return asked.answer ? 'good' : 'wrong';
}

const sealKey = ({ audit }: VaultKeys) => deriveKey(audit, 'tool-policy', 'signet-tool-policy-seal');
