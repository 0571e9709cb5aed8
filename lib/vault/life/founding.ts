import { SecretBytes, SignetError, randomBytes } from '../../core/index.ts';
import { damaged } from '../damage.ts';
import type { VaultEventKind } from './journal.ts';
import type { KeeperRoom } from './keeper-room.ts';
import { keysOfEntropy, newHeader } from './keeper-room.ts';
import type { Mark } from './mark.ts';
import { encodeMark } from './mark.ts';
import { OpenVault } from '../blind-db/open-vault.ts';
import { assertNewPassword } from '../keys/password.ts';
import { entropyOfPhrase, phraseOfEntropy } from '../keys/phrase.ts';
import { HEADER_KEY, MARK_KEY } from '../places.ts';
import { DEFAULT_AUTO_LOCK_MINUTES, writeSettings } from './settings.ts';
import { eraseVault, settle } from './settling.ts';
import { newTier2Key } from '../keys/wraps.ts';

/** What a new vault is made with. */
export interface NewVault {
  /** At least 10 characters. */
  readonly password: string;
  readonly mark: Mark;
}

/**
 * Makes a vault with a fresh phrase, and unlocks it.
 * @returns the 24 words
 * @throws SignetError `vault_exists`, `vault_damaged` when one is there that cannot be read, `bad_request`
 */
export async function createVault(room: KeeperRoom, input: NewVault): Promise<{ words: string[] }> {
  assertNewPassword(input.password);
  await assertNoVault(room);
  using entropy = SecretBytes.take(randomBytes(32));
  await foundVault(room, entropy, input, { kind: 'vault.created', phraseConfirmed: false });
  return { words: phraseOfEntropy(entropy).split(' ') };
}

/**
 * Makes a vault from a phrase, and unlocks it: keys and identity, no records.
 * @param input.eraseExisting erases the vault that is there, readable or not; without it that is refused
 * @throws SignetError `vault_exists`, `vault_damaged`, `bad_request` (fields `phrase`, `password`, `mark`)
 */
export async function restoreVault(
  room: KeeperRoom,
  input: NewVault & { phrase: string; eraseExisting: boolean },
): Promise<void> {
  assertNewPassword(input.password);
  encodeMark(input.mark);
  using entropy = entropyOfPhrase(input.phrase);
  if (input.eraseExisting) await eraseVault(room);
  await assertNoVault(room);
  await foundVault(room, entropy, input, { kind: 'vault.restored', phraseConfirmed: true });
}

async function assertNoVault({ options }: KeeperRoom): Promise<void> {
  const found = await settle(options);
  if (found.kind === 'none') return;
  if (found.kind === 'damaged') throw damaged(found.problem);
  throw new SignetError('vault_exists', 'There is a vault already. Nothing was changed.');
}

/** One transaction writes all of the new vault, and opens it. */
async function foundVault(
  { options, notes, live, attempts }: KeeperRoom,
  entropy: SecretBytes,
  { password, mark }: NewVault,
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
