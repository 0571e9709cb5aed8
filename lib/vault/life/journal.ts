import type { Bytes } from '../../core/index.ts';
import type { KeyValue } from '../key-value.ts';
import type { StorageBackend } from '../blind-db/storage-backend.ts';
import type { VaultReader, VaultTx } from '../blind-db/vault-tx.ts';

export type VaultEventKind =
  | 'vault.created'
  | 'vault.restored'
  | 'vault.unlocked'
  | 'vault.unlock_failed'
  | 'vault.locked'
  | 'vault.password_changed'
  | 'vault.password_reset'
  | 'vault.phrase_shown'
  | 'vault.phrase_confirmed'
  | 'vault.passkey_added'
  | 'vault.passkey_removed'
  | 'vault.moved'
  | 'vault.anchor_missing'
  | 'vault.header_recovered'
  | 'vault.rows_differ'
  | 'compartment.made'
  | 'compartment.opened'
  | 'compartment.erased'
  | 'backup.made'
  | 'backup.restored'
  | 'log.pruned'
  | 'log.checked'
  | 'settings.changed';

/** Something that happened to the vault itself. */
export interface VaultEvent {
  readonly kind: VaultEventKind;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Why it was locked; of a compartment its id, `<name>.<id>`; empty otherwise. */
  readonly subject: string;
}

/** What a locked vault still has: the stores, and the public key that entries are sealed to. */
export interface LockedDesk {
  readonly backend: StorageBackend;
  readonly session: KeyValue;
  /** X25519 public key, 32 bytes. */
  readonly inboxKey: Bytes;
}

/** Where the vault writes down what happens to it. lib/audit implements it over the audit log. */
export interface VaultJournal {
  /** Appends an entry within a transaction of the vault. */
  append(tx: VaultTx, event: VaultEvent): Promise<void>;
  /** Keeps an entry while the vault is locked. */
  appendLocked(desk: LockedDesk, event: VaultEvent): Promise<void>;
  /**
   * Moves what was kept while locked into the log and empties the inbox, within one transaction.
   * @param time of entries that have none of their own, in milliseconds since the epoch
   */
  collect(tx: VaultTx, time: number): Promise<void>;
  /**
   * Makes a log hold that was copied into a vault of other keys, in the transaction that ends the move: what was
   * signed with the audit key of `from` is signed with that of `tx`, or says whose it is.
   */
  moved?(tx: VaultTx, from: VaultReader): Promise<void>;
  /**
   * The last thing before the keys are forgotten: signs where the log stands, within a transaction of its own.
   * @param time of the checkpoint, in milliseconds since the epoch
   */
  close?(tx: VaultTx, time: number): Promise<void>;
}
