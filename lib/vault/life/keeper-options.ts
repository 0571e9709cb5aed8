import type { Clock } from '../../core/index.ts';
import type { VaultJournal } from './journal.ts';
import type { KeyValue } from '../key-value.ts';
import type { KdfCost } from '../keys/password.ts';
import type { StorageBackend } from '../blind-db/storage-backend.ts';

/** What a keeper works with. */
export interface VaultKeeperOptions {
  readonly backend: StorageBackend;
  /** storage.local. */
  readonly local: KeyValue;
  /** storage.session: trusted contexts only. */
  readonly session: KeyValue;
  readonly clock: Clock;
  readonly journal: VaultJournal;
  /** Finds the cost of a new password (see `calibratedCost`); default and least: 19 MiB, two passes. */
  readonly kdfCost?: () => Promise<KdfCost>;
}
