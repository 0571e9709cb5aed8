import type { Bytes } from '../core/index.ts';
import { SignetError, equalBytes } from '../core/index.ts';
import type { Address, Tier } from './address.ts';
import type { AnchorStanding } from './anchor.ts';
import { anchorOf, checkAnchor } from './anchor.ts';
import { BlindStore } from './blind-store.ts';
import { damaged } from './damage.ts';
import { headerDigest } from './header.ts';
import type { VaultKeys } from './key-tree.ts';
import { disposeKeys } from './key-tree.ts';
import type { KeyValue } from './key-value.ts';
import { ANCHOR_KEY } from './places.ts';
import { Mutex } from './mutex.ts';
import { RecordTable } from './record-table.ts';
import { StagedChanges, assertTier } from './staged-changes.ts';
import type { Expectation, StorageBackend, Write } from './storage-backend.ts';
import type { VaultReader, VaultTx } from './vault-tx.ts';

/** Where an open vault keeps its rows and its anchor. */
export interface VaultStores {
  readonly backend: StorageBackend;
  /** storage.local: holds the anchor. */
  readonly local: KeyValue;
}

/**
 * A vault whose keys are at hand: reads and writes records in transactions, each one durable batch with the record
 * table and root in it, followed by the anchor. Transactions run one at a time; inside one, wait for nothing but the
 * vault, and never for another transaction.
 */
export class OpenVault implements VaultReader {
  readonly keys: VaultKeys;
  /** Why it takes no change: a newer Signet wrote it, or the disk is full. */
  readonly readOnly: 'newer' | 'full' | undefined;
  readonly #stores: VaultStores;
  readonly #store: BlindStore;
  readonly #mutex = new Mutex();
  #table: Promise<RecordTable>;
  #batch: Promise<unknown> | undefined;
  #anchorDue: boolean;
  #closed = false;

  private constructor(
    stores: VaultStores,
    keys: VaultKeys,
    store: BlindStore,
    table: RecordTable,
    anchorDue: boolean,
    readOnly?: 'newer' | 'full',
  ) {
    this.keys = keys;
    this.readOnly = readOnly;
    this.#stores = stores;
    this.#store = store;
    this.#table = Promise.resolve(table);
    this.#anchorDue = anchorDue;
  }

  /** A vault that has no row yet; its first transaction writes the header too. Takes ownership of the keys. */
  static empty(stores: VaultStores, keys: VaultKeys): OpenVault {
    const store = new BlindStore(stores.backend, keys);
    return new OpenVault(stores, keys, store, RecordTable.empty(store), false);
  }

  /**
   * Opens a vault that is there, and compares it with its header and anchor. Takes ownership of the keys.
   * @param header the stored header, or undefined where it is about to be replaced
   * @throws SignetError vault_damaged
   */
  static async open(
    stores: VaultStores,
    keys: VaultKeys,
    header: Bytes | undefined,
    { readOnly }: { readOnly?: 'newer' | 'full' } = {},
  ): Promise<{ vault: OpenVault; anchor: AnchorStanding; rowsDiffer: boolean; header: Bytes | undefined }> {
    const store = new BlindStore(stores.backend, keys);
    try {
      const table = await RecordTable.load(store, stores.backend);
      const anchor = checkAnchor(keys.audit, await stores.local.get(ANCHOR_KEY), table);
      if (header !== undefined && !equalBytes(headerDigest(header), table.facts.header)) {
        throw damaged(
          'The vault’s header is not the one Signet last wrote: an older or altered one was put in its place.',
        );
      }
      const vault = new OpenVault(stores, keys, store, table, anchor !== 'stands', readOnly);
      return { vault, anchor, rowsDiffer: false, header: undefined };
    } catch (error) {
      disposeKeys(keys);
      throw error;
    }
  }

  /** Whether the rows are those of a vault with these keys: looked up by the root's id, nothing is opened. */
  static isFiledUnder({ backend }: VaultStores, keys: Pick<VaultKeys, 'addressing'>): Promise<boolean> {
    return RecordTable.exists(backend, keys.addressing);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Hash of the newest audit entry, as the root holds it: 32 bytes, all zero when there is none. */
  async logHead(): Promise<Bytes> {
    return (await this.#currentTable()).facts.logHead;
  }

  async get(address: Address, tier: Tier): Promise<Bytes | undefined> {
    return this.#consistently((table) => this.#read(table, address, tier));
  }

  async tierOf(address: Address): Promise<Tier | undefined> {
    return this.#consistently(async (table) => (await table.entry(this.#store.locate(address)))?.tier);
  }

  /**
   * Runs `work` and writes all it staged in one batch; when `work` throws, nothing is written. It resolves when the
   * rows are durable.
   * @throws SignetError `changed` when stored rows changed meanwhile, `storage_failed`, `vault_damaged`, `locked`,
   *   and whatever `work` throws
   */
  transact<T>(work: (tx: VaultTx) => Promise<T>): Promise<T> {
    return this.#mutex.run(async () => {
      if (this.readOnly !== undefined) throw readOnlyError(this.readOnly);
      const table = await this.#currentTable();
      const staged = new StagedChanges(this.#store, table);
      const result = await work(this.#txOver(table, staged));
      await this.#commit(table, staged);
      return result;
    });
  }

  /** Forgets the keys. What is under way fails with `locked` unless its batch is already on its way. */
  close(): void {
    this.#closed = true;
    disposeKeys(this.keys);
  }

  #txOver(table: RecordTable, staged: StagedChanges): VaultTx {
    return {
      keys: this.keys,
      get: async (address, tier) => {
        const change = staged.get(address);
        if (change === undefined) return this.#read(table, address, tier);
        if (change.bytes !== undefined) assertTier(change.tier, tier);
        return change.bytes;
      },
      tierOf: async (address) => {
        const change = staged.get(address);
        if (change === undefined) return (await table.entry(this.#store.locate(address)))?.tier;
        return change.bytes === undefined ? undefined : change.tier;
      },
      put: (address, tier, bytes) => staged.put(address, tier, bytes),
      delete: (address) => staged.delete(address),
      deleteTier: (tier) => staged.deleteTier(tier),
      raw: (write) => {
        staged.sideWrites.push(write);
      },
      expect: (expectation) => {
        staged.sideExpectations.push(expectation);
      },
      sideEntries: (name) => this.#stores.backend.entries(name),
      setLogHead: (hash) => {
        staged.logHead = hash;
      },
    };
  }

  async #read(table: RecordTable, address: Address, tier: Tier): Promise<Bytes | undefined> {
    const id = this.#store.locate(address);
    const entry = await table.entry(id);
    if (entry === undefined) {
      await this.#store.assertAbsent(id);
      return undefined;
    }
    assertTier(entry.tier, tier);
    return this.#store.read(id, tier, entry);
  }

  /** Reads again when a transaction committed in between: old table and new rows are no damage. */
  async #consistently<T>(read: (table: RecordTable) => Promise<T>): Promise<T> {
    for (;;) {
      await this.#batch;
      const before = this.#table;
      try {
        return await read(await this.#currentTable());
      } catch (error) {
        if (this.#table === before && this.#batch === undefined) throw error;
      }
    }
  }

  async #currentTable(): Promise<RecordTable> {
    this.#assertOpen();
    const table = await this.#table;
    this.#assertOpen();
    return table;
  }

  async #commit(table: RecordTable, staged: StagedChanges): Promise<void> {
    this.#assertOpen();
    const { changes, news, sideWrites, sideExpectations } = staged;
    if (changes.length === 0 && Object.keys(news).length === 0) {
      if (sideWrites.length > 0) await this.#stores.backend.batch(sideWrites, sideExpectations);
      return;
    }
    const { writes, expected, next } = await table.commit(changes, news);
    const anchor = anchorOf(this.keys.audit, next);
    await this.#anchorFirst(table, next);
    await this.#write([...writes, ...sideWrites], [...expected, ...sideExpectations], next);
    await this.#followWithAnchor(anchor);
  }

  /**
   * The anchor may be one step behind, never two: one that is due goes first. A new vault's goes before its rows, so
   * that rows without an anchor always mean that somebody took it.
   */
  async #anchorFirst(table: RecordTable, next: RecordTable): Promise<void> {
    const isNew = table.facts.counter === 0;
    if (!isNew && !this.#anchorDue) return;
    await this.#stores.local.set(ANCHOR_KEY, anchorOf(this.keys.audit, isNew ? next : table));
    this.#anchorDue = false;
  }

  /** Readers wait for the batch under way, and find the new table when it is done. */
  async #write(writes: readonly Write[], expected: readonly Expectation[], next: RecordTable): Promise<void> {
    const batch = this.#stores.backend.batch(writes, expected);
    const settled = batch.then(
      () => this.#settle(Promise.resolve(next)),
      () => this.#settle(this.#reload()),
    );
    this.#batch = settled;
    await settled;
    await batch;
  }

  #settle(table: Promise<RecordTable>): void {
    this.#table = table;
    this.#batch = undefined;
  }

  /** After a failed batch nobody knows what stands: look. */
  #reload(): Promise<RecordTable> {
    const table = RecordTable.load(this.#store, this.#stores.backend).then(async (loaded) => {
      const anchor = await this.#stores.local.get(ANCHOR_KEY);
      this.#anchorDue = checkAnchor(this.keys.audit, anchor, loaded) !== 'stands';
      return loaded;
    });
    table.catch(() => undefined); // whoever uses the table next gets the error
    return table;
  }

  /** The rows are durable: a failure here must not undo the answer. The anchor stays due and goes before the next. */
  async #followWithAnchor(anchor: Parameters<KeyValue['set']>[1]): Promise<void> {
    try {
      await this.#stores.local.set(ANCHOR_KEY, anchor);
    } catch {
      this.#anchorDue = true;
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw new SignetError('locked', 'Signet is locked.');
  }
}

/** Why an open vault takes no change, as an error. */
export function readOnlyError(why: 'newer' | 'full'): SignetError {
  const message = {
    newer: 'A newer Signet wrote this vault: it can be read here, and nothing can be changed. Update Signet.',
    full: 'There is no room left on this disk: the vault can be read, and nothing was changed. Free some space.',
  }[why];
  return new SignetError('read_only', message);
}
