import type { Bytes } from '../../../core/index.ts';
import type { AnchorStanding } from '../anchor.ts';
import type { BlindStore } from '../blind-store.ts';
import type { KeyValue } from '../../key-value.ts';
import type { VaultKeys } from '../../keys/key-tree.ts';
import type { StorageBackend } from '../storage-backend.ts';

/** The vault that is to be brought up to date. */
export interface Migrating {
  readonly stores: { readonly backend: StorageBackend; readonly local: KeyValue };
  readonly keys: VaultKeys;
  readonly store: BlindStore;
  /** The stored header, or undefined where it is about to be replaced. */
  readonly header: Bytes | undefined;
}

/** What a step leaves. */
export interface Migrated {
  /** How the anchor stood before the first step. */
  readonly anchor: AnchorStanding;
  /** The header that stands now; undefined where none was given. */
  readonly header: Bytes | undefined;
}

/**
 * One step of the stored format, forward only: one batch, so that a worker that dies leaves the old format or the
 * new one. Undefined when the vault is not of the format it begins with.
 */
export type Migration = (vault: Migrating) => Promise<Migrated | undefined>;
