import { SignetError, equalBytes } from '../../core/index.ts';
import type { VaultKeys } from '../keys/key-tree.ts';
import { copyKeys, inboxPublicKey } from '../keys/key-tree.ts';
import { OpenVault } from '../blind-db/open-vault.ts';
import type { BackupCheckpoint } from './manifest.ts';
import { readRestored } from './restored.ts';
import type { SavedBackup } from './saved-backups.ts';
import { readSavedBackups } from './saved-backups.ts';
import type { RestoreSite } from './restore-site.ts';

/** What the log of the vault that is replaced says. */
export interface ReplacedHistory {
  readonly checkpoint: BackupCheckpoint;
  /** Compartments that were erased, as `<name>.<id>`. */
  readonly erased: readonly string[];
}

/** What the vault that is replaced knows and the backup cannot. */
export interface Past {
  readonly checkpoint?: BackupCheckpoint;
  /** Compartments that were erased, as `<name>.<id>`. */
  readonly erased: readonly string[];
  readonly saved: readonly SavedBackup[];
  /** Ids of the passkeys that open it; undefined where it is another vault or cannot be read. */
  readonly passkeys?: readonly string[];
}

const NO_PAST: Past = { erased: [], saved: [] };

/**
 * Reads the vault that is here with the opener's keys, at Tier 1 alone. What cannot be read is replaced unread.
 * @param keys of the backup's vault; borrowed
 */
export async function replacedPast(
  { found, room }: RestoreSite,
  keys: VaultKeys,
  history: (replaced: OpenVault) => Promise<ReplacedHistory>,
): Promise<Past> {
  if (found.kind !== 'vault' || !equalBytes(inboxPublicKey(keys.audit), found.header.inboxKey)) return NO_PAST;
  let replaced: OpenVault | undefined;
  try {
    ({ vault: replaced } = await OpenVault.open(room.options, copyKeys(keys), found.bytes, { readOnly: 'full' }));
    const { checkpoint, erased } = await history(replaced);
    const before = (await readRestored(replaced)).flatMap((note) => note.erased);
    const saved = await readSavedBackups(replaced);
    return {
      checkpoint,
      saved,
      erased: [...new Set([...before, ...erased])],
      passkeys: found.header.passkeys.map(({ id }) => id),
    };
  } catch (error) {
    // Damaged: often the very reason to restore. Read-only: of an older schema, which is brought up to date by writing.
    if (['vault_damaged', 'read_only'].includes(SignetError.from(error).reason)) return NO_PAST;
    throw error;
  } finally {
    replaced?.close();
  }
}
