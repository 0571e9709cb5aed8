import type { Bytes } from '../core/index.ts';
import { SignetError, equalBytes, fromHex, toHex } from '../core/index.ts';
import type { Expectation, Location, StorageBackend, StoreKeys, StoreName, Write } from './storage-backend.ts';

type Rows = Map<string, Bytes>;

/** Rows kept in memory, with the promises of a database: for tests and for programs without a browser. */
export class MemoryBackend implements StorageBackend {
  #stores: Readonly<Record<StoreName, Rows>> = { records: new Map(), meta: new Map(), requests: new Map() };

  get<S extends StoreName>(store: S, key: StoreKeys[S]): Promise<Bytes | undefined> {
    return Promise.resolve(this.#read(store, textKey(key))?.slice());
  }

  entries<S extends StoreName>(store: S): Promise<readonly (readonly [StoreKeys[S], Bytes])[]> {
    const sorted = [...this.#stores[store]].sort(([a], [b]) => (a < b ? -1 : 1));
    const toKey = (text: string) => (store === 'records' ? fromHex(text) : text) as StoreKeys[S]; // by the store's kind
    return Promise.resolve(sorted.map(([key, value]) => [toKey(key), value.slice()] as const));
  }

  count(store: StoreName): Promise<number> {
    return Promise.resolve(this.#stores[store].size);
  }

  batch(writes: readonly Write[], expected: readonly Expectation[]): Promise<void> {
    if (!expected.every((row) => this.#stands(row))) {
      return Promise.reject(new SignetError('changed', 'The stored data changed meanwhile. Nothing was written.'));
    }
    for (const write of writes) {
      const rows = this.#stores[write.store];
      if (write.value === undefined) rows.delete(keyOf(write));
      else rows.set(keyOf(write), write.value.slice());
    }
    return Promise.resolve();
  }

  #stands(row: Expectation): boolean {
    const stored = this.#read(row.store, keyOf(row));
    if (stored === undefined || row.value === undefined) return stored === row.value;
    return equalBytes(stored, row.value);
  }

  #read(store: StoreName, key: string): Bytes | undefined {
    return this.#stores[store].get(key);
  }
}

const textKey = (key: Bytes | string): string => (typeof key === 'string' ? key : toHex(key));
const keyOf = (location: Location): string => textKey(location.key);
