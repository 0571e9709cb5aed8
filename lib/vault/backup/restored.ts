import * as v from 'valibot';
import { canonicalJsonBytes } from '../../core/index.ts';
import type { Address } from '../blind-db/address.ts';
import type { VaultReader, VaultTx } from '../blind-db/vault-tx.ts';
import { CheckpointSchema } from './manifest.ts';
import { parseRecord } from '../blind-db/parse-record.ts';

const ADDRESS: Address = { label: 'sys/restored', index: 0 };
const MAX_KEPT = 50;

const RestoreSchema = v.strictObject({
  at: v.number(),
  backup: CheckpointSchema,
  replaced: v.exactOptional(CheckpointSchema),
  erased: v.array(v.string()),
});
const RestoredSchema = v.strictObject({ v: v.literal(1), list: v.array(RestoreSchema) });

/** One time that this vault was put back to an older state. */
export type RestoreNote = Readonly<v.InferOutput<typeof RestoreSchema>>;

/** Every time that this vault was restored from a backup, oldest first. `erased`: compartments known to be erased, as `<name>.<id>`. */
export async function readRestored(reader: VaultReader): Promise<readonly RestoreNote[]> {
  const bytes = await reader.get(ADDRESS, 1);
  if (bytes === undefined) return [];
  return parseRecord(RestoredSchema, bytes, 'The list of restores cannot be read: a newer Signet wrote it.').list;
}

/** Notes a restore, within the transaction that ends it. */
export async function noteRestored(tx: VaultTx, note: RestoreNote): Promise<void> {
  const list = [...(await readRestored(tx)), note].slice(-MAX_KEPT);
  tx.put(ADDRESS, 1, canonicalJsonBytes({ v: 1, list }));
}

/**
 * When this vault was last restored from a backup, in milliseconds since the epoch; undefined when it never was.
 *
 * Whoever keeps something that may be used once, or so many times, must ask: what was recorded before that moment may
 * have gone further in the state that the backup replaced, and nobody can know. So, of what is older than it,
 * - copies of a credential count as possibly used (`maybeUsed` of its record says so already),
 * - open capabilities, and the chains they are part of, count as spent,
 * - windows of a budget count as full until they have passed,
 * - standing permits ask once more before they answer again,
 * - denials stay denials,
 * - compartments that were erased stay erased, where the replaced log said so (the restore has seen to it).
 */
export async function restoredAt(reader: VaultReader): Promise<number | undefined> {
  return (await readRestored(reader)).at(-1)?.at;
}
