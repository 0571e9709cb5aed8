import type { Bytes } from '../../core/index.ts';
import { SignetError, equalBytes, fromHex, toHex } from '../../core/index.ts';
import type {
  Entry,
  Expectation,
  Location,
  PageOptions,
  StorageBackend,
  StoreKeys,
  StoreName,
  Write,
} from './storage-backend.ts';

/** One store: rows by key, and the keys in order once somebody asked for that. */
interface Rows {
  readonly values: Map<string, Bytes>;
  order: readonly string[] | undefined;
}

const noRows = (): Rows => ({ values: new Map(), order: undefined });

/** Rows kept in memory, with the promises of a database: for tests and for programs without a browser. */
export class MemoryBackend implements StorageBackend {
  readonly #stores: Readonly<Record<StoreName, Rows>> = { records: noRows(), meta: noRows(), requests: noRows() };

  get<S extends StoreName>(store: S, key: StoreKeys[S]): Promise<Bytes | undefined> {
    return Promise.resolve(this.#read(store, textKey(key))?.slice());
  }

  entries<S extends StoreName>(store: S): Promise<readonly Entry<S>[]> {
    return Promise.resolve(this.#list(store, this.#order(store)));
  }

  page<S extends StoreName>(store: S, { after, limit }: PageOptions<S>): Promise<readonly Entry<S>[]> {
    const order = this.#order(store);
    const start = after === undefined ? 0 : firstAfter(order, textKey(after));
    return Promise.resolve(this.#list(store, order.slice(start, start + limit)));
  }

  count(store: StoreName): Promise<number> {
    return Promise.resolve(this.#stores[store].values.size);
  }

  batch(writes: readonly Write[], expected: readonly Expectation[]): Promise<void> {
    if (!expected.every((row) => this.#stands(row))) {
      return Promise.reject(new SignetError('changed', 'The stored data changed meanwhile. Nothing was written.'));
    }
    for (const write of writes) {
      const rows = this.#stores[write.store];
      rows.order = undefined;
      if (write.value === undefined) rows.values.delete(keyOf(write));
      else rows.values.set(keyOf(write), write.value.slice());
    }
    return Promise.resolve();
  }

  #stands(row: Expectation): boolean {
    const stored = this.#read(row.store, keyOf(row));
    if (stored === undefined || row.value === undefined) return stored === row.value;
    return equalBytes(stored, row.value);
  }

  #read(store: StoreName, key: string): Bytes | undefined {
    return this.#stores[store].values.get(key);
  }

  #order(store: StoreName): readonly string[] {
    const rows = this.#stores[store];
    rows.order ??= [...rows.values.keys()].sort();
    return rows.order;
  }

  #list<S extends StoreName>(store: S, keys: readonly string[]): readonly Entry<S>[] {
    const toKey = (text: string) => (store === 'records' ? fromHex(text) : text) as StoreKeys[S]; // by the store's kind
    return keys.flatMap((key) => {
      const value = this.#read(store, key);
      return value === undefined ? [] : [[toKey(key), value.slice()] as const];
    });
  }
}

/** The place of the first key after this one. */
function firstAfter(order: readonly string[], key: string): number {
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((order[middle] ?? '') <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}

const textKey = (key: Bytes | string): string => (typeof key === 'string' ? key : toHex(key));
const keyOf = (location: Location): string => textKey(location.key);
