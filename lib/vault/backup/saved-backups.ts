import * as v from 'valibot';
import { canonicalJsonBytes } from '../../core/index.ts';
import type { Address } from '../blind-db/address.ts';
import type { VaultReader, VaultTx } from '../blind-db/vault-tx.ts';
import type { BackupManifest } from './manifest.ts';
import { CheckpointSchema, HeldCompartmentSchema } from './manifest.ts';
import { parseRecord } from '../blind-db/parse-record.ts';

const ADDRESS: Address = { label: 'sys/backups', index: 0 };
const MAX_KEPT = 100;

const SavedSchema = v.strictObject({
  id: v.string(),
  at: v.number(),
  tier3: v.boolean(),
  compartments: v.array(HeldCompartmentSchema),
  checkpoint: CheckpointSchema,
});
const ListSchema = v.strictObject({ v: v.literal(1), list: v.array(SavedSchema) });

/** A backup file that exists somewhere: the person saved it. `at`: when it was made, milliseconds since the epoch. */
export type SavedBackup = Readonly<v.InferOutput<typeof SavedSchema>>;

/** The backups this vault knows of, oldest first. @throws SignetError vault_damaged */
export async function readSavedBackups(reader: VaultReader): Promise<readonly SavedBackup[]> {
  const bytes = await reader.get(ADDRESS, 1);
  if (bytes === undefined) return [];
  return parseRecord(ListSchema, bytes, 'The list of backups cannot be read: a newer Signet wrote it.').list;
}

/** Remembers backups that exist; one that is known already stays as it is. */
export async function noteSavedBackups(tx: VaultTx, saved: readonly SavedBackup[]): Promise<void> {
  const known = await readSavedBackups(tx);
  const news = saved.filter(({ id }) => !known.some((one) => one.id === id));
  if (news.length === 0) return;
  const list = [...known, ...news].sort((a, b) => a.at - b.at).slice(-MAX_KEPT);
  tx.put(ADDRESS, 1, canonicalJsonBytes({ v: 1, list }));
}

/** What is remembered of a backup. */
export const savedBackupOf = ({ id, madeAt, withoutTier3, compartments, checkpoint }: BackupManifest): SavedBackup => ({
  id,
  at: madeAt,
  tier3: !withoutTier3,
  compartments: [...compartments],
  checkpoint,
});

/**
 * The backups that still hold a compartment: erasing it does not reach them.
 * @param id of the compartment, 16 bytes base64url; one that was erased and made again is another one
 * @returns when they were made, milliseconds since the epoch, newest first
 */
export async function backupsHolding(reader: VaultReader, id: string): Promise<readonly number[]> {
  const saved = await readSavedBackups(reader);
  return saved
    .filter(({ compartments }) => compartments.some((one) => one.id === id))
    .map(({ at }) => at)
    .reverse();
}
