import type { DBSchema, IDBPDatabase, IDBPTransaction } from 'idb';
import { openDB } from 'idb';
import type { Bytes } from '../core/index.ts';
import { SignetError, equalBytes } from '../core/index.ts';
import type { Entry, Expectation, PageOptions, StorageBackend, StoreKeys, StoreName, Write } from '../vault/index.ts';

const DATABASE = 'signet';
const VERSION = 1;
const STORES = ['records', 'meta', 'requests'] as const satisfies readonly StoreName[];

interface Schema extends DBSchema {
  records: { key: Bytes; value: Bytes };
  meta: { key: string; value: Bytes };
  requests: { key: string; value: Bytes };
}

type Database = IDBPDatabase<Schema>;
type ReadWrite = IDBPTransaction<Schema, StoreName[], 'readwrite'>;

/**
 * The vault's rows in IndexedDB: three stores, keys and bytes, no other column or index. Writes are of strict
 * durability. A connection that the browser closes is opened again at the next call.
 */
export const indexedDbBackend = (name: string = DATABASE): StorageBackend => new IndexedDbBackend(name);

/** Transactions that read at once: the database answers the next while this thread works on what came. */
const READS_AT_ONCE = 4;

/** A row that somebody waits for. */
interface Wanted {
  readonly store: StoreName;
  readonly key: Bytes | string;
  readonly resolve: (value: Bytes | undefined) => void;
  readonly reject: (error: unknown) => void;
}

class IndexedDbBackend implements StorageBackend {
  readonly #name: string;
  #database: Promise<Database> | undefined;
  /** What is asked for and not being read yet. */
  #wanted: Wanted[] = [];
  /** Transactions that are reading. */
  #reading = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** A transaction for each row would cost many times what the row does: rows asked for together share one. */
  get<S extends StoreName>(store: S, key: StoreKeys[S]): Promise<Bytes | undefined> {
    return new Promise((resolve, reject) => {
      this.#wanted.push({ store, key, resolve, reject });
      if (this.#wanted.length === 1) void this.#readWanted();
    });
  }

  entries<S extends StoreName>(store: S): Promise<readonly Entry<S>[]> {
    return this.#list(store, null, undefined);
  }

  page<S extends StoreName>(store: S, { after, limit }: PageOptions<S>): Promise<readonly Entry<S>[]> {
    return this.#list(store, after === undefined ? null : IDBKeyRange.lowerBound(after, true), limit);
  }

  count(store: StoreName): Promise<number> {
    return this.#ask((database) => database.count(store));
  }

  batch(writes: readonly Write[], expected: readonly Expectation[]): Promise<void> {
    return this.#ask((database) => writeAll(database, writes, expected));
  }

  async #readWanted(): Promise<void> {
    await Promise.resolve(); // what is asked for in the same turn comes along
    if (this.#wanted.length === 0 || this.#reading >= READS_AT_ONCE) return; // the first that ends takes it up
    const wanted = this.#wanted;
    this.#wanted = [];
    this.#reading += 1;
    try {
      const values = await this.#ask((database) => readRows(database, wanted));
      wanted.forEach(({ resolve }, i) => resolve(values[i]));
    } catch (error) {
      wanted.forEach(({ reject }) => reject(error));
    }
    this.#reading -= 1;
    if (this.#wanted.length > 0) void this.#readWanted();
  }

  #list<S extends StoreName>(
    store: S,
    range: IDBKeyRange | null,
    limit: number | undefined,
  ): Promise<readonly Entry<S>[]> {
    return this.#ask(async (database) => {
      const { objectStore, done } = openStore(database, store);
      const [keys, values] = await Promise.all([
        objectStore.getAllKeys(range, limit),
        objectStore.getAll(range, limit),
        done,
      ]);
      // a key has the type of its store's schema
      return values.map((value, i) => [keyOut(keys[i]) as StoreKeys[S], copy(value)] as const);
    });
  }

  /** Asks twice at most: a connection that was closed under us is no failure of the database. */
  async #ask<T>(question: (database: Database) => Promise<T>): Promise<T> {
    try {
      const database = await this.#connect();
      try {
        return await question(database);
      } catch (error) {
        if (!isClosed(error)) throw error;
        this.#database = undefined;
        return await question(await this.#connect());
      }
    } catch (cause) {
      if (cause instanceof SignetError) throw cause;
      throw storageFailed(cause);
    }
  }

  #connect(): Promise<Database> {
    if (this.#database !== undefined) return this.#database;
    const forget = (): void => {
      this.#database = undefined;
    };
    const opening = openDB<Schema>(this.#name, VERSION, {
      upgrade: (database) => STORES.forEach((store) => database.createObjectStore(store)),
      blocking: (_current, _blocked, event) => {
        forget();
        (event.target as IDBDatabase).close(); // the target of a versionchange event is the connection
      },
      terminated: forget,
    });
    this.#database = opening;
    opening.catch(forget);
    return opening;
  }
}

async function readRows(database: Database, rows: readonly Wanted[]): Promise<(Bytes | undefined)[]> {
  const tx = database.transaction([...new Set(rows.map(({ store }) => store))], 'readonly');
  void settled(tx.done); // the rows are all that anyone waits for: where it fails, so do they
  const values = await Promise.all(rows.map(({ store, key }) => tx.objectStore(store).get(key)));
  return values.map((value) => value && copy(value));
}

/**
 * Looks and writes in one go: the writes are on their way when the answers come, and go back where one of these is not
 * the expected one. Nothing but IndexedDB is awaited in here: the transaction would commit by itself. It is told to as soon
 * as that is known: by itself it would first wait until each write was heard of here.
 */
async function writeAll(database: Database, writes: readonly Write[], expected: readonly Expectation[]): Promise<void> {
  const tx: ReadWrite = database.transaction([...STORES], 'readwrite', { durability: 'strict' });
  const done = settled(tx.done);
  const looked = Promise.all(expected.map(({ store, key }) => tx.objectStore(store).get(key)));
  const { refused, written } = writeRows(tx, writes);
  try {
    const stored = await looked;
    if (!expected.every((row, i) => isSame(stored[i], row.value))) {
      throw new SignetError('changed', 'The stored data changed meanwhile. Nothing was written.');
    }
  } catch (error) {
    abort(tx);
    await Promise.all([written, done]);
    throw error;
  }
  if (refused === undefined) commit(tx);
  else abort(tx);
  const [failed, failure] = await Promise.all([written, done]);
  const first = refused ?? failed ?? failure;
  if (first !== undefined) throw first.error;
}

interface Failure {
  readonly error: unknown;
}

/** The error that something ends with, if any. */
const settled = (work: Promise<unknown>): Promise<Failure | undefined> =>
  work.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );

/** @returns `refused`: what the database would not even begin to write, known at once; `written`: how the rest ended */
function writeRows(
  tx: ReadWrite,
  writes: readonly Write[],
): { readonly refused?: Failure; readonly written: Promise<Failure | undefined> } {
  const begun: Promise<unknown>[] = [];
  try {
    for (const write of writes) begun.push(writeRow(tx, write));
    return { written: settled(Promise.all(begun)) };
  } catch (error) {
    return { refused: { error }, written: settled(Promise.all(begun)) };
  }
}

function writeRow(tx: ReadWrite, { store, key, value }: Write): Promise<unknown> {
  const objectStore = tx.objectStore(store);
  return value === undefined ? objectStore.delete(key) : objectStore.put(value, key);
}

const commit = (tx: ReadWrite): void => unlessOver(() => tx.commit());
const abort = (tx: ReadWrite): void => unlessOver(() => tx.abort());

function unlessOver(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Error && error.name === 'InvalidStateError')) throw error; // it had already ended by itself
  }
}

function openStore(database: Database, store: StoreName) {
  const tx = database.transaction(store, 'readonly');
  return { objectStore: tx.store, done: tx.done };
}

const isSame = (stored: Bytes | undefined, expected: Bytes | undefined): boolean =>
  stored === undefined || expected === undefined ? stored === expected : equalBytes(stored, expected);

const copy = (value: Bytes): Bytes => Uint8Array.from(value);

/** Binary keys come back from IndexedDB as ArrayBuffer. */
const keyOut = (key: unknown): unknown => (key instanceof ArrayBuffer ? new Uint8Array(key) : key);

const isClosed = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'InvalidStateError' || error.name === 'TransactionInactiveError');

function storageFailed(cause: unknown): SignetError {
  const full = cause instanceof Error && cause.name === 'QuotaExceededError';
  const what = full ? 'There is no room left for the vault.' : 'The browser’s database does not answer.';
  return new SignetError('storage_failed', `${what} Nothing was changed.`, { cause });
}
