import type { Bytes } from '../../core/index.ts';
import type { Address, Tier } from './address.ts';
import type { Expectation, Write } from './storage-backend.ts';
import type { VaultKeys } from '../keys/key-tree.ts';

/** Rows outside the record table that may be written together with records. */
export type SideWrite = Extract<Write, { store: 'meta' | 'requests' }>;
export type SideExpectation = Extract<Expectation, { store: 'meta' | 'requests' }>;

/** What the audit log keeps in the root of the record table. */
export interface LogMark {
  /** Stands for the whole log in the anchor: 32 bytes, all zero while there is no entry. */
  readonly head: Bytes;
  /** What the log needs to go on; the vault does not read it. At most 1024 bytes. */
  readonly state: Bytes;
  /** The record that the log goes on in, as it was just put: kept while this table stands and in memory alone. */
  readonly tail?: Bytes;
}

/** Reading, inside a transaction (which sees its own writes) or outside (which sees what is committed). */
export interface VaultReader {
  /** The keys of the open vault. Borrowed: disposed when the vault locks; never dispose or store them. */
  readonly keys: VaultKeys;
  /**
   * The record's bytes, or undefined when there is none. Of Tier 3: the box under its compartment's key.
   * @throws SignetError vault_damaged when a row is missing, older, moved or altered; `internal` when the record is of
   *   another tier; `locked` after the vault was locked
   */
  get(address: Address, tier: Tier): Promise<Bytes | undefined>;
  /** The tier a record was put at, or undefined when there is none. Reads the table alone. */
  tierOf(address: Address): Promise<Tier | undefined>;
  /** The `state` last given to `setLog`; empty at first. */
  logState(): Promise<Bytes>;
  /** The `tail` last given to `setLog`; undefined when it gave none, or another worker's did. */
  logTail(): Promise<Bytes | undefined>;
}

/** One transaction of an open vault: everything in it is written in one batch, or nothing is. */
export interface VaultTx extends VaultReader {
  /**
   * Stages a record. Putting at another tier moves it there.
   * @param bytes at most `MAX_RECORD_LENGTH` bytes; at Tier 3 a box under its compartment's key
   * @throws SignetError bad_request when longer
   */
  put(address: Address, tier: Tier, bytes: Uint8Array): void;
  /** As `put`, where nothing may be. @throws SignetError `changed` when there is such a record already */
  insertUnique(address: Address, tier: Tier, bytes: Uint8Array): Promise<void>;
  /** Stages a deletion; harmless when there is no such record. */
  delete(address: Address): Promise<void>;
  /** Stages the deletion of every record of a tier, as it stood when the transaction began. */
  deleteTier(tier: Tier): Promise<void>;
  /**
   * Stages a row of `requests` or `meta` into the same batch. The bytes are stored as they are: seal them first.
   * @throws SignetError internal for the root, which the vault itself writes
   */
  raw(write: SideWrite): void;
  /** Makes the commit fail with `changed` unless this row still stands. */
  expect(expectation: SideExpectation): void;
  /** What `requests` or `meta` hold now, without what this transaction staged. */
  sideEntries(store: 'meta' | 'requests'): Promise<readonly (readonly [string, Bytes])[]>;
  /** Puts what the log keeps into the root, and its head so into the anchor. @throws SignetError internal out of bounds */
  setLog(log: LogMark): void;
  /** Whether rows written from this transaction on have a decoy each. */
  setDecoys(on: boolean): void;
}
