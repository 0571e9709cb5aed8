import type { SecretBytes } from '../core/index.ts';
import type { VaultEventKind } from './journal.ts';
import type { KeeperRoom } from './keeper-room.ts';
import { keysOfEntropy, newHeader } from './keeper-room.ts';
import type { Mark } from './mark.ts';
import { encodeMark } from './mark.ts';
import { OpenVault } from './open-vault.ts';
import { HEADER_KEY, MARK_KEY } from './places.ts';
import { DEFAULT_AUTO_LOCK_MINUTES, writeSettings } from './settings.ts';
import { newTier2Key } from './wraps.ts';

/** Makes a vault of this entropy where there is none, and opens it: one transaction writes all of it. */
export async function foundVault(
  { options, notes, live, attempts }: KeeperRoom,
  entropy: SecretBytes,
  { password, mark }: { password: string; mark: Mark },
  { kind, phraseConfirmed }: { kind: VaultEventKind; phraseConfirmed: boolean },
): Promise<void> {
  const markBytes = encodeMark(mark);
  const keys = { ...(await keysOfEntropy(entropy)), tier2: newTier2Key() };
  const header = await newHeader(options, { entropy, keys, tier2: keys.tier2 }, password);
  const autoLockMinutes = DEFAULT_AUTO_LOCK_MINUTES;
  await live.enter({
    vault: OpenVault.empty(options, keys),
    header,
    autoLockMinutes,
    work: async (tx) => {
      tx.expect({ store: 'meta', key: HEADER_KEY, value: undefined });
      tx.raw({ store: 'meta', key: HEADER_KEY, value: header });
      tx.raw({ store: 'meta', key: MARK_KEY, value: markBytes });
      writeSettings(tx, { autoLockMinutes, phraseConfirmed });
      await notes.append(tx, kind);
    },
  });
  await attempts.forgive();
}
