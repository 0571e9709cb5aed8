import type { Bytes } from '../../core/index.ts';
import { Mutex, SignetError, equalBytes } from '../../core/index.ts';
import type { Address, Tier } from './address.ts';
import type { AnchorStanding } from './anchor.ts';
import { anchorOf } from './anchor.ts';
import { assertThere, isStored, loadAnchored } from './anchored-table.ts';
import { BlindStore, openRoot } from './blind-store.ts';
import { damaged } from '../damage.ts';
import { SCHEMA, headerDigest } from '../keys/header.ts';
import type { IntegrityReport, OnProgress, WalkedVault } from './integrity.ts';
import { walkRows } from './integrity.ts';
import type { VaultKeys } from '../keys/key-tree.ts';
import { disposeKeys } from '../keys/key-tree.ts';
import type { KeyValue } from '../key-value.ts';
import { isSchema1, migrate } from './migrations/index.ts';
import { ANCHOR_KEY } from '../places.ts';
import { REFRESH_BUDGET, Round, takeUp } from './refresh.ts';
import type { NamedRecord } from './rows.ts';
import { fromRows } from './rows.ts';
import { RowIdSet } from './row-id-set.ts';
import { StagedChanges, assertTier } from './staged-changes.ts';
import type { Entry, Expectation, PageOptions, StorageBackend, Write } from './storage-backend.ts';
import type { Commit, RecordEntry } from './table/index.ts';
import { ROOT_KEY, RecordTable } from './table/index.ts';
import type { VaultReader, VaultTx } from './vault-tx.ts';
import { leavesOf } from './walk.ts';

/** Where an open vault keeps its rows and its anchor. */
export interface VaultStores {
  readonly backend: StorageBackend;
  /** storage.local: holds the anchor. */
  readonly local: KeyValue;
}

/** Why a vault takes no change: a newer Signet wrote it, or the disk is full. */
export type ReadOnlyReason = 'newer' | 'full';

/** How often a count is tried beside the writing that makes it worthless. */
const COUNTS_BESIDE_WORK = 3;

/** A vault that was there, and how it was found. */
export interface OpenedVault {
  readonly vault: OpenVault;
  readonly anchor: AnchorStanding;
  /** The header that stands now, where bringing the vault up to date wrote another one. */
  readonly header: Bytes | undefined;
}

/** A record as its owner sees it: of Tier 3 the box under its compartment's key. */
export interface VaultRecord extends NamedRecord {
  readonly tier: Tier;
}

/**
 * A vault whose keys are at hand: reads and writes records in transactions, each one durable batch with the root of
 * the record table in it, followed by the anchor. Transactions run one at a time; inside one, wait for nothing but
 * the vault, and never for another transaction.
 */
export class OpenVault implements VaultReader {
  readonly keys: VaultKeys;
  /** Set while the vault takes no change: `transact` then throws `read_only`. */
  readonly readOnly: ReadOnlyReason | undefined;
  readonly #stores: VaultStores;
  readonly #store: BlindStore;
  readonly #mutex = new Mutex();
  readonly #watches = new Set<RowIdSet>();
  #table: Promise<RecordTable>;
  /** Set while nobody knows what stands, because looking failed too: the last table that was known. */
  #lost: RecordTable | undefined;
  #batch: Promise<unknown> | undefined;
  #anchorDue: boolean;
  /** The anchor of the last transaction, on its way. */
  #anchored = Promise.resolve();
  #closed = false;

  private constructor(
    stores: VaultStores,
    keys: VaultKeys,
    { store, table, anchorDue, readOnly }: Standing & { readonly readOnly: ReadOnlyReason | undefined },
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
    return new OpenVault(stores, keys, {
      ...{ store, table: RecordTable.empty(store), anchorDue: false, readOnly: undefined },
    });
  }

  /**
   * Opens a vault that is there, compares it with its header and anchor, and brings it up to date where an older
   * Signet wrote it. Takes ownership of the keys.
   * @param header the stored header, or undefined where it is about to be replaced
   * @param options.readOnly opens a vault that must not be changed; one that a newer Signet wrote is so by itself
   * @throws SignetError `vault_damaged`, `storage_failed`
   */
  static async open(
    stores: VaultStores,
    keys: VaultKeys,
    header: Bytes | undefined,
    { readOnly }: { readonly readOnly?: ReadOnlyReason } = {},
  ): Promise<OpenedVault> {
    const store = new BlindStore(stores.backend, keys);
    try {
      const migrated = readOnly === undefined ? await migrate({ stores, keys, store, header }) : undefined;
      const { table, anchor } = assertThere(await loadAnchored(stores, keys, store));
      assertHeader(migrated?.header ?? header, table);
      const opened = {
        ...{ store, table, anchorDue: anchor !== 'stands' },
        readOnly: readOnly ?? (table.facts.schema > SCHEMA ? 'newer' : undefined),
      };
      return {
        vault: new OpenVault(stores, keys, opened),
        anchor: migrated?.anchor ?? anchor,
        header: migrated?.header,
      };
    } catch (error) {
      disposeKeys(keys);
      throw error;
    }
  }

  /** Whether the rows are those of a vault with these keys. */
  static async isFiledUnder(
    { backend }: VaultStores,
    keys: Pick<VaultKeys, 'addressing' | 'sealing'>,
  ): Promise<boolean> {
    const root = await backend.get('meta', ROOT_KEY);
    return root === undefined ? isSchema1(backend, keys) : openRoot(keys, root) !== undefined;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** What stands for the audit log in the root and the anchor: 32 bytes, all zero when there is no entry. */
  async logHead(): Promise<Bytes> {
    return (await this.#currentTable()).facts.logHead;
  }

  async logState(): Promise<Bytes> {
    return (await this.#currentTable()).facts.logState.slice();
  }

  async logTail(): Promise<Bytes | undefined> {
    return (await this.#currentTable()).logTail?.slice();
  }

  async get(address: Address, tier: Tier): Promise<Bytes | undefined> {
    return this.#consistently((table) => this.#read(table, address, tier));
  }

  /**
   * Reads for a decision that a transaction makes anew: rows that were read or written lately are not fetched again. It
   * sees everything that this worker wrote; what another one wrote, only that transaction is sure to.
   */
  get recent(): VaultReader {
    return {
      keys: this.keys,
      get: (address, tier) => this.#consistently((table) => this.#read(table, address, tier, 'memory')),
      tierOf: (address) => this.tierOf(address),
      logState: () => this.logState(),
      logTail: () => this.logTail(),
    };
  }

  async tierOf(address: Address): Promise<Tier | undefined> {
    return this.#consistently(async (table) => (await table.entry(this.#store.nameOf(address)))?.tier);
  }

  /** How many records there are. */
  async count(): Promise<number> {
    return (await this.#currentTable()).facts.records;
  }

  /** Whether rows written now have a decoy each. */
  async decoys(): Promise<boolean> {
    return (await this.#currentTable()).facts.decoys;
  }

  /** Where a record of this name is kept: the id of the name, and those of its rows if there is such a record. */
  async locate(address: Address): Promise<{ readonly nameId: Bytes; readonly rows: readonly Bytes[] }> {
    const nameId = this.#store.nameOf(address);
    const entry = await this.#consistently((table) => table.entry(nameId));
    return { nameId, rows: entry === undefined ? [] : this.#store.rowIds(entry) };
  }

  /**
   * Rows as anyone with the database sees them, decoys and strangers among them, in the order of their ids; and how
   * many there are in all.
   * @throws SignetError `locked`, `storage_failed`
   */
  async stored(
    options: PageOptions<'records'>,
  ): Promise<{ readonly rows: readonly Entry<'records'>[]; readonly total: number }> {
    this.#assertOpen();
    const { backend } = this.#stores;
    const [rows, total] = await Promise.all([backend.page('records', options), backend.count('records')]);
    return { rows, total };
  }

  /**
   * Whether the database holds more or fewer rows than this vault knows of: `check` says which. A hundred thousand
   * take it half a second, during which the vault works on; only where that goes on and on does it wait.
   */
  async rowsDiffer(): Promise<boolean> {
    for (let tries = 0; tries < COUNTS_BESIDE_WORK; tries++) {
      await this.#batch;
      const table = await this.#currentTable();
      const rows = await this.#stores.backend.count('records');
      if (this.#batch === undefined && (await this.#currentTable()) === table) return rows !== table.facts.rows;
    }
    return this.#mutex.run(async () => {
      const { facts } = await this.#currentTable();
      return (await this.#stores.backend.count('records')) !== facts.rows;
    });
  }

  /**
   * Every record, in no order that means anything; one that changes meanwhile comes as it is when it is reached.
   * @throws SignetError vault_damaged
   */
  async *records(): AsyncGenerator<VaultRecord> {
    for await (const { entries } of leavesOf((position) => this.#consistently((table) => table.leafAt(position)))) {
      for (const { name } of entries) {
        const record = await this.#consistently((table) => this.#readNamed(table, name));
        if (record !== undefined) yield record;
      }
    }
  }

  /**
   * Runs `work` and writes all it staged in one batch; when `work` throws, nothing is written. It resolves when the
   * rows are durable.
   * @throws SignetError `changed` when stored rows changed meanwhile, `storage_failed`, `vault_damaged`, `locked`,
   *   `read_only`, and whatever `work` throws
   */
  transact<T>(work: (tx: VaultTx) => Promise<T>): Promise<T> {
    return this.#mutex.run(async () => {
      this.#assertWritable();
      const table = await this.#currentTable();
      const staged = new StagedChanges(this.#store, table);
      return this.#unlessOutrun(table, async () => {
        const result = await this.#confirmed(table, () => work(this.#txOver(table, staged)));
        await this.#commitStaged(table, staged);
        return result;
      });
    });
  }

  /**
   * Replaces a record that still holds `expected` (undefined: there is none) by `next` (undefined: deletes it).
   * @throws SignetError `changed` when it holds something else, and as `transact`
   */
  compareAndSwap(
    address: Address,
    tier: Tier,
    expected: Uint8Array | undefined,
    next: Uint8Array | undefined,
  ): Promise<void> {
    return this.transact(async (tx) => {
      const current = await tx.get(address, tier);
      const stands =
        current === undefined || expected === undefined ? current === expected : equalBytes(current, expected);
      if (!stands) throw new SignetError('changed', 'This record changed meanwhile. Nothing was written.');
      if (next === undefined) await tx.delete(address);
      else tx.put(address, tier, next);
    });
  }

  /**
   * Moves every record and node into rows that were never there before, a few in each transaction, until all are moved
   * or the budget is spent; the next pass goes on from there. It ends early, without an error, when the vault locks.
   * @param options.budget rows to move, twins not counted
   * @param options.paused awaited before each transaction
   * @returns how many rows were moved
   * @throws SignetError as `transact`
   */
  async refresh({
    budget = REFRESH_BUDGET,
    paused = () => Promise.resolve(),
  }: { readonly budget?: number; readonly paused?: () => Promise<void> } = {}): Promise<{ readonly moved: number }> {
    const { nextSerial: before, cursor } = (await this.#currentTable()).facts;
    this.#assertWritable();
    const round = new Round(cursor);
    let moved = 0;
    for (let over = false; !over && moved < budget;) {
      await paused();
      if (this.#closed) break;
      const step = await this.#mutex.run(() => this.#moveFrom(round, before));
      moved += step.moved;
      over = step.over;
    }
    return { moved };
  }

  /**
   * Looks at every row: opens each record, and tells which rows are missing, altered or not the vault's.
   * @throws SignetError `storage_failed`, `locked`
   */
  check(onProgress?: OnProgress): Promise<IntegrityReport> {
    return walkRows(this.#walked(), { remove: false, onProgress });
  }

  /**
   * Removes rows that are not the vault's.
   * @returns what is left to say
   * @throws SignetError `vault_damaged` when the table is too damaged to tell them, `read_only`, `storage_failed`
   */
  async clean(): Promise<IntegrityReport> {
    this.#assertWritable();
    return walkRows(this.#walked(), { remove: true });
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
        if (change === undefined) return this.#read(table, address, tier, 'memory'); // the commit finds out whether it stood
        if (change.bytes !== undefined) assertTier(change.tier, tier);
        return change.bytes;
      },
      tierOf: (address) => staged.tierOf(address),
      logState: () => Promise.resolve(staged.logState),
      logTail: () => Promise.resolve(staged.logTail),
      put: (address, tier, bytes) => staged.put(address, tier, bytes),
      insertUnique: (address, tier, bytes) => staged.insertUnique(address, tier, bytes),
      delete: (address) => staged.delete(address),
      deleteTier: (tier) => staged.deleteTier(tier),
      raw: (write) => staged.raw(write),
      expect: (expectation) => {
        staged.sideExpectations.push(expectation);
      },
      sideEntries: (name) => this.#stores.backend.entries(name),
      setLog: (log) => staged.setLog(log),
      setDecoys: (on) => {
        staged.decoys = on;
      },
    };
  }

  async #read(
    table: RecordTable,
    address: Address,
    tier: Tier,
    from: 'backend' | 'memory' = 'backend',
  ): Promise<Bytes | undefined> {
    const entry = await table.entry(this.#store.nameOf(address));
    if (entry === undefined) return undefined;
    assertTier(entry.tier, tier);
    return (await this.#open(entry, from)).bytes;
  }

  async #readNamed(table: RecordTable, name: Bytes): Promise<VaultRecord | undefined> {
    const entry = await table.entry(name);
    return entry === undefined ? undefined : { ...(await this.#open(entry)), tier: entry.tier };
  }

  async #open(entry: RecordEntry, from: 'backend' | 'memory' = 'backend'): Promise<NamedRecord> {
    const record = fromRows(await this.#store.read(entry.tier, entry, from));
    if (record === undefined || !equalBytes(this.#store.nameOf(record.address), entry.name)) {
      throw damaged('A record lies under a name that is not its own.');
    }
    return record;
  }

  /** Reads again when a transaction committed in between: old table and new rows are no damage. */
  async #consistently<T>(read: (table: RecordTable) => Promise<T>): Promise<T> {
    for (;;) {
      await this.#batch;
      const before = this.#table;
      const table = await this.#currentTable();
      try {
        return await read(table);
      } catch (error) {
        if (this.#table !== before || this.#batch !== undefined) continue;
        if (this.#closed || !(await this.#isOutrun(table))) throw error;
      }
    }
  }

  /** What fails may do so because it rests on rows in memory that another worker replaced: then it is to be tried again. */
  async #confirmed<T>(table: RecordTable, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (this.#closed || !(await this.#isOutrun(table).catch(() => false))) throw error;
      throw outrunBy(error);
    }
  }

  /** What looks like damage to a transaction may be another worker's: it wrote while this one read. */
  async #unlessOutrun<T>(table: RecordTable, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const looksDamaged = SignetError.from(error).reason === 'vault_damaged';
      if (!looksDamaged || this.#closed || !(await this.#isOutrun(table))) throw error;
      throw outrunBy(error);
    }
  }

  /** Whether another worker wrote since this one last looked; then it looks again. */
  async #isOutrun(table: RecordTable): Promise<boolean> {
    if (await isStored(table, this.#stores.backend)) return false;
    this.#table = this.#reload(table);
    return true;
  }

  async #currentTable(): Promise<RecordTable> {
    this.#assertOpen();
    if (this.#lost !== undefined) this.#table = this.#reload(this.#lost);
    const table = await this.#table;
    this.#assertOpen();
    return table;
  }

  async #commitStaged(table: RecordTable, staged: StagedChanges): Promise<void> {
    this.#assertOpen();
    const { changes, news, logTail, sideWrites, sideExpectations } = staged;
    if (changes.length === 0 && Object.keys(news).length === 0) return this.#commitBeside(table, staged);
    const { writes, expected, next } = await table.commit({ changes, news, logTail, flush: false });
    const all = { next, writes: [...writes, ...sideWrites], expected: [...expected, ...sideExpectations] };
    await this.#commit(table, all);
  }

  /** Where no record changes: what was read may have come from memory, and has to stand as much as if one did. */
  async #commitBeside(table: RecordTable, { sideWrites, sideExpectations }: StagedChanges): Promise<void> {
    if (sideWrites.length > 0) {
      const stands: Expectation = { store: 'meta', key: ROOT_KEY, value: table.blob };
      await this.#confirmed(table, () => this.#stores.backend.batch(sideWrites, [...sideExpectations, stands]));
    } else if (await this.#isOutrun(table)) throw outrunBy();
  }

  async #moveFrom(round: Round, before: number): Promise<{ readonly moved: number; readonly over: boolean }> {
    if (this.#closed) return { moved: 0, over: true };
    const table = await this.#currentTable();
    const { changes, due, end } = await takeUp(this.#store, table, { position: round.position, before });
    const over = round.advance(end);
    if (!due) return { moved: 0, over };
    const commit = await table.commit({
      changes,
      news: { cursor: round.position },
      logTail: table.logTail,
      flush: true,
    });
    await this.#commit(table, commit);
    return { moved: commit.written, over };
  }

  async #commit(table: RecordTable, { writes, expected, next }: Omit<Commit, 'written'>): Promise<void> {
    this.#assertOpen();
    const anchor = anchorOf(this.keys.audit, next);
    await this.#anchorFirst(table, next);
    await this.#write(table, { writes, expected, next });
    this.#anchored = this.#followWithAnchor(anchor);
  }

  /**
   * The anchor may be one step behind, never two: one that is due goes first. A new vault's goes before its rows, so
   * that rows without an anchor always mean that somebody took it.
   */
  async #anchorFirst(table: RecordTable, next: RecordTable): Promise<void> {
    await this.#anchored;
    const isNew = table.facts.counter === 0;
    if (!isNew && !this.#anchorDue) return;
    await this.#stores.local.set(ANCHOR_KEY, anchorOf(this.keys.audit, isNew ? next : table));
    this.#anchorDue = false;
  }

  /** Readers wait for the batch under way, and find the new table when it is done. */
  async #write(table: RecordTable, { writes, expected, next }: Omit<Commit, 'written'>): Promise<void> {
    const batch = this.#stores.backend.batch(writes, expected);
    const settled = batch.then(
      () => {
        this.#noteWritten(writes);
        this.#settle(Promise.resolve(next));
      },
      () => this.#settle(this.#reload(table)),
    );
    this.#batch = settled;
    await settled;
    await batch;
  }

  #noteWritten(writes: readonly Write[]): void {
    for (const { store, key, value } of writes) {
      if (store !== 'records') continue;
      this.#watches.forEach((ids) => ids.add(key));
      if (value !== undefined) this.#store.remember(key, value);
    }
  }

  #settle(table: Promise<RecordTable>): void {
    this.#table = table;
    this.#batch = undefined;
  }

  /** After a failed batch nobody knows what stands: look. Numbers that it used are not used again. */
  #reload(before: RecordTable): Promise<RecordTable> {
    this.#lost = undefined;
    const table = loadAnchored(this.#stores, this.keys, this.#store, before).then((loaded) => {
      if (loaded === undefined && before.blob === undefined) return before; // still a vault without a row
      const { table: found, anchor } = assertThere(loaded);
      this.#anchorDue = anchor !== 'stands';
      return found;
    });
    table.catch(() => {
      this.#lost = before; // whoever waits for this table gets the error, and the next looks again
    });
    return table;
  }

  /**
   * The rows are durable, so nobody waits for this but the next transaction; a failure must not undo the answer. The
   * anchor stays due then, and goes before the next.
   */
  async #followWithAnchor(anchor: Parameters<KeyValue['set']>[1]): Promise<void> {
    try {
      await this.#stores.local.set(ANCHOR_KEY, anchor);
    } catch {
      this.#anchorDue = true;
    }
  }

  #walked(): WalkedVault {
    return {
      store: this.#store,
      backend: this.#stores.backend,
      read: (question) => this.#consistently(question),
      still: (work) => this.#mutex.run(work),
      watch: () =>
        this.#mutex.run(() => {
          const touched = new RowIdSet();
          this.#watches.add(touched);
          return Promise.resolve({ touched, [Symbol.dispose]: () => void this.#watches.delete(touched) });
        }),
    };
  }

  #assertOpen(): void {
    if (this.#closed) throw new SignetError('locked', 'Signet is locked.');
  }

  #assertWritable(): void {
    if (this.readOnly !== undefined) throw readOnlyError(this.readOnly);
  }
}

const outrunBy = (cause?: unknown): SignetError =>
  new SignetError('changed', 'The stored data changed meanwhile. Nothing was written.', { cause });

/** Why an open vault takes no change, as an error. */
export function readOnlyError(why: ReadOnlyReason): SignetError {
  const message = {
    newer: 'A newer Signet wrote this vault: it can be read here, and nothing can be changed. Update Signet.',
    full: 'There is no room left on this disk: the vault can be read, and nothing was changed. Free some space.',
  }[why];
  return new SignetError('read_only', message);
}

/** What an open vault begins with. */
interface Standing {
  readonly store: BlindStore;
  readonly table: RecordTable;
  readonly anchorDue: boolean;
}

function assertHeader(header: Bytes | undefined, table: RecordTable): void {
  if (header === undefined || equalBytes(headerDigest(header), table.facts.header)) return;
  throw damaged('The vault’s header is not the one Signet last wrote: an older or altered one was put in its place.');
}
