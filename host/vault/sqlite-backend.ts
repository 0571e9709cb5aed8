import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Bytes } from '../../lib/core/index.ts';
import { SignetError, equalBytes } from '../../lib/core/index.ts';
import type {
  Entry,
  Expectation,
  PageOptions,
  StorageBackend,
  StoreKeys,
  StoreName,
  Write,
} from '../../lib/vault/index.ts';
import { openSqlite } from '../keeping/open-sqlite.ts';
import { makeOwnFile } from '../keeping/own-files.ts';
import { damagedFile, storageFailure } from './storage-failure.ts';

const VERSION = 1;
const STORES = ['records', 'meta', 'requests'] as const satisfies readonly StoreName[];
const KEY_TYPES: Readonly<Record<StoreName, string>> = { records: 'BLOB', meta: 'TEXT', requests: 'TEXT' };

/** Rows lie in the order of their keys, which are opaque: none of them has a number that says when it was written. */
const SCHEMA = STORES.map(
  (store) => `CREATE TABLE ${store} (key ${KEY_TYPES[store]} PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;`,
).join('');

/** What is asked of one store. */
interface Statements {
  readonly get: StatementSync;
  readonly put: StatementSync;
  readonly delete: StatementSync;
  readonly list: StatementSync;
  readonly page: StatementSync;
  readonly count: StatementSync;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * The vault's rows in a file of Node's own SQLite: three tables, keys and bytes. A batch is on the disk when its promise
 * resolves, and what is deleted is overwritten in the file.
 */
export class SqliteBackend implements StorageBackend, Disposable {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #statements: Readonly<Record<StoreName, Statements>>;

  private constructor(path: string, database: DatabaseSync) {
    this.#path = path;
    this.#database = database;
    this.#statements = {
      records: prepare(database, 'records'),
      meta: prepare(database, 'meta'),
      requests: prepare(database, 'requests'),
    };
  }

  /**
   * Opens the file, or makes it, readable by its owner alone.
   * @throws SignetError `vault_damaged` when it is none of ours, `read_only` when a newer Signet's, `storage_failed`
   */
  static open(path: string): SqliteBackend {
    try {
      makeOwnFile(path);
      const database = openSqlite(path);
      try {
        database.exec('PRAGMA locking_mode = EXCLUSIVE'); // alone anyway: without it each read would look for others
        assertTables(database, path);
        return new SqliteBackend(path, database);
      } catch (error) {
        database.close();
        throw error;
      }
    } catch (error) {
      throw storageFailure(error, path);
    }
  }

  get<S extends StoreName>(store: S, key: StoreKeys[S]): Promise<Bytes | undefined> {
    return this.#ask(() => this.#read(store, key));
  }

  entries<S extends StoreName>(store: S): Promise<readonly Entry<S>[]> {
    return this.#ask(() => entriesIn(this.#statements[store].list.all()));
  }

  page<S extends StoreName>(store: S, { after, limit }: PageOptions<S>): Promise<readonly Entry<S>[]> {
    // No key is empty: all are after that.
    const from = after ?? (store === 'records' ? new Uint8Array() : '');
    return this.#ask(() => entriesIn(this.#statements[store].page.all(from, limit)));
  }

  count(store: StoreName): Promise<number> {
    return this.#ask(() => Number(this.#statements[store].count.get()?.['rows']));
  }

  batch(writes: readonly Write[], expected: readonly Expectation[]): Promise<void> {
    return this.#ask(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        if (!expected.every((row) => this.#stands(row))) {
          throw new SignetError('changed', 'The stored data changed meanwhile. Nothing was written.');
        }
        for (const write of writes) this.#write(write);
        this.#database.exec('COMMIT');
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  [Symbol.dispose](): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #stands({ store, key, value }: Expectation): boolean {
    const stored = this.#read(store, key);
    return stored === undefined || value === undefined ? stored === value : equalBytes(stored, value);
  }

  #read(store: StoreName, key: Bytes | string): Bytes | undefined {
    const row = this.#statements[store].get.get(key);
    return row === undefined ? undefined : bytesIn(row, 'value');
  }

  #write({ store, key, value }: Write): void {
    if (value === undefined) this.#statements[store].delete.run(key);
    else this.#statements[store].put.run(key, value);
  }

  /** SQLite answers at once; whoever asks is promised an answer. */
  #ask<Answer>(question: () => Answer): Promise<Answer> {
    try {
      return Promise.resolve(question());
    } catch (error) {
      return Promise.reject(storageFailure(error, this.#path));
    }
  }
}

function assertTables(database: DatabaseSync, path: string): void {
  const found = database.prepare('PRAGMA user_version').get()?.['user_version'];
  if (found === VERSION) return;
  if (typeof found === 'number' && found > VERSION) {
    throw new SignetError('read_only', `A newer Signet wrote ${path}. Nothing is lost: update Signet to open it.`);
  }
  if (database.prepare('SELECT 1 FROM sqlite_schema').get() !== undefined) throw damagedFile(path);
  database.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA user_version = ${VERSION}; COMMIT;`);
}

const prepare = (database: DatabaseSync, store: StoreName): Statements => ({
  get: database.prepare(`SELECT value FROM ${store} WHERE key = ?`),
  put: database.prepare(`INSERT OR REPLACE INTO ${store} (key, value) VALUES (?, ?)`),
  delete: database.prepare(`DELETE FROM ${store} WHERE key = ?`),
  list: database.prepare(`SELECT key, value FROM ${store} ORDER BY key`),
  page: database.prepare(`SELECT key, value FROM ${store} WHERE key > ? ORDER BY key LIMIT ?`),
  count: database.prepare(`SELECT count(*) AS rows FROM ${store}`),
});

function entriesIn<S extends StoreName>(rows: readonly Row[]): readonly Entry<S>[] {
  return rows.map((row) => {
    const { key } = row;
    const own = typeof key === 'string' ? key : bytesIn(row, 'key');
    return [own as StoreKeys[S], bytesIn(row, 'value')] as const; // each store has keys of one type: see KEY_TYPES
  });
}

/** A copy that is nobody else's. */
function bytesIn(row: Row, column: 'key' | 'value'): Bytes {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new SignetError('vault_damaged', 'A row of the vault is no bytes.');
  return Uint8Array.from(value);
}
