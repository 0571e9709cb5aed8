import type { Entrusted } from '../../lib/tool-policy/index.ts';
import { isEntrusted } from '../../lib/tool-policy/index.ts';
import { listCapabilities, viewCredentials } from '../../lib/wallet/index.ts';
import { askOpenVault } from './ask-open-vault.ts';
import type { CommandVault } from './command-vault.ts';

/**
 * Which of these names the open vault holds as a credential that is valid, or as a token of that kind that still works. What
 * somebody stored by themselves is none: an agent could store it.
 * @returns none while the vault is locked or there is none; undefined where it cannot be told
 */
export async function heldAmong(names: readonly string[]): Promise<ReadonlySet<string> | undefined> {
  const asked = await askOpenVault(entrustedIn);
  switch (asked.is) {
    case 'answer': {
      const { entries, now } = asked.answer;
      return new Set(names.filter((name) => isEntrusted(entries, name, now)));
    }
    case 'locked':
      return new Set();
    case 'silent':
      return undefined;
  }
}

async function entrustedIn({
  services,
}: CommandVault): Promise<{ readonly entries: readonly Entrusted[]; readonly now: number }> {
  const tokens = (await listCapabilities(services)).map(({ terms, state, expiresAt }): Entrusted => ({
    ...{ name: terms.kind, isOneTime: terms.oneTime, isUsed: state === 'used', expiresAt },
    ...(state === 'revoked' || state === 'returned' ? { expiresAt: 0 } : {}),
  }));
  const credentials = (await viewCredentials(services))
    .filter(({ state }) => state === 'active' || state === 'presented')
    .map(({ name }): Entrusted => ({ name, isOneTime: false, isUsed: false }));
  return { entries: [...tokens, ...credentials], now: services.clock() };
}
