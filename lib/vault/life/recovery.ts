import { toBase64 } from '../../core/index.ts';
import { findVault } from './boot.ts';
import type { VaultStores } from '../blind-db/open-vault.ts';
import { ANCHOR_KEY, MIRROR_KEY } from '../places.ts';

/** What a recovery screen can say about a vault that does not open. */
export interface RecoveryReport {
  /** What is wrong, in words; empty when nothing is known to be. */
  readonly problem: string;
  /** Whether the header, or its mirror, can be read. */
  readonly header: boolean;
  /** How many rows there are. */
  readonly records: number;
}

/** Looks at what is there; writes nothing. @throws SignetError storage_failed */
export async function reportOnVault(stores: VaultStores): Promise<RecoveryReport> {
  const found = await findVault(stores);
  return {
    problem: found.kind === 'damaged' ? found.problem : '',
    header: found.kind === 'vault',
    records: await stores.backend.count('records'),
  };
}

/** Every row as it is stored, still sealed, as JSON with base64 keys of records and base64 values. */
export async function dumpRows({ backend, local }: VaultStores): Promise<string> {
  const records = (await backend.entries('records')).map(([key, value]) => [toBase64(key), toBase64(value)] as const);
  const meta = (await backend.entries('meta')).map(([key, value]) => [key, toBase64(value)] as const);
  const mirror = (await local.get(MIRROR_KEY)) ?? null;
  const anchor = (await local.get(ANCHOR_KEY)) ?? null;
  return JSON.stringify({ format: 'signet-raw-rows', v: 1, records, meta, mirror, anchor }, undefined, 1);
}
