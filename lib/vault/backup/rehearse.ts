import type { Bytes } from '../../core/index.ts';
import type { VaultKeys } from '../keys/key-tree.ts';
import type { BackupManifest } from './manifest.ts';
import { deriveBackupKeys } from './manifest.ts';
import { OpenedBackup } from './opened-backup.ts';

/** What a backup turned out to be. */
export interface Rehearsal {
  readonly manifest: BackupManifest;
  /** Whether it is of the vault that is open; undefined while none is. Then every record was opened too. */
  readonly sameVault: boolean | undefined;
}

/**
 * Opens a whole backup without restoring it: every byte with the passphrase, and where it is of the open vault every
 * record with its keys (those of Tier 2 only while the key is still that of the backup). Changes nothing.
 * @param keys of the open vault, if one is
 * @throws SignetError backup_refused (fields `passphrase`, `file`)
 */
export async function rehearseBackup(file: Bytes, passphrase: string, keys: VaultKeys | undefined): Promise<Rehearsal> {
  using backup = await OpenedBackup.open(passphrase, file);
  const { manifest } = backup;
  if (keys === undefined) return { manifest, sameVault: undefined };
  using backupKeys = deriveBackupKeys(keys, manifest.id);
  const { own, tier2 } = backup.standing(backupKeys);
  if (!own) return { manifest, sameVault: false };
  backup.root(backupKeys);
  for (const record of backup.records(backupKeys, { tier2 })) record.bytes.fill(0);
  return { manifest, sameVault: true };
}
