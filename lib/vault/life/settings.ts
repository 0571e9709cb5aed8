import * as v from 'valibot';
import { assertField, canonicalJsonBytes } from '../../core/index.ts';
import type { Address } from '../blind-db/address.ts';
import { damaged } from '../damage.ts';
import type { VaultReader, VaultTx } from '../blind-db/vault-tx.ts';
import { parseRecord } from '../blind-db/parse-record.ts';

const ADDRESS: Address = { label: 'sys/settings', index: 0 };
const MAX_AUTO_LOCK_MINUTES = 24 * 60;

const MinutesSchema = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_AUTO_LOCK_MINUTES));
const SettingsSchema = v.strictObject({
  v: v.literal(1),
  autoLockMinutes: MinutesSchema,
  phraseConfirmed: v.boolean(),
});

/** What the vault remembers about itself, sealed like any record. */
export interface VaultSettings {
  /** Minutes without use before the vault locks: 1 to 1440. */
  readonly autoLockMinutes: number;
  /** The person has shown that they wrote the phrase down. */
  readonly phraseConfirmed: boolean;
}

export const DEFAULT_AUTO_LOCK_MINUTES = 15;

/** The longest time a vault may stay open without use, in milliseconds. */
export const MAX_AUTO_LOCK = MAX_AUTO_LOCK_MINUTES * 60_000;

/** @throws SignetError bad_request, field `autoLockMinutes` */
export const assertAutoLockMinutes = (minutes: number): void =>
  assertField(v.is(MinutesSchema, minutes), 'autoLockMinutes', 'Choose from 1 to 1440 minutes.');

/** @throws SignetError vault_damaged when they are missing or unreadable */
export async function readSettings(vault: VaultReader): Promise<VaultSettings> {
  const bytes = await vault.get(ADDRESS, 1);
  if (bytes === undefined) throw damaged('The vault’s settings are missing.');
  const { autoLockMinutes, phraseConfirmed } = parseRecord(
    SettingsSchema,
    bytes,
    'The vault’s settings cannot be read: a newer Signet wrote them.',
  );
  return { autoLockMinutes, phraseConfirmed };
}

export const writeSettings = (tx: VaultTx, settings: VaultSettings): void =>
  tx.put(ADDRESS, 1, canonicalJsonBytes({ v: 1, ...settings }));

/** Remembers that the person has proven to have the words. @returns whether that was news */
export async function confirmPhrase(tx: VaultTx): Promise<boolean> {
  const settings = await readSettings(tx);
  if (!settings.phraseConfirmed) writeSettings(tx, { ...settings, phraseConfirmed: true });
  return !settings.phraseConfirmed;
}

/** @param minutes a whole number from 1 to 1440 */
export async function changeAutoLock(tx: VaultTx, minutes: number): Promise<void> {
  writeSettings(tx, { ...(await readSettings(tx)), autoLockMinutes: minutes });
}
