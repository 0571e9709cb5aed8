import type { Bytes } from '../../core/index.ts';

/** What each store is keyed by: `records` by a 32-byte row id, the others by a string. */
export interface StoreKeys {
  readonly records: Bytes;
  readonly meta: string;
  readonly requests: string;
}

export type StoreName = keyof StoreKeys;

/** A store and a key in it. */
export type Location = { readonly [S in StoreName]: { readonly store: S; readonly key: StoreKeys[S] } }[StoreName];

/** A row to write; `undefined` deletes it. */
export type Write = Location & { readonly value: Bytes | undefined };

/** A row that must still hold these very bytes; `undefined`: must be absent. */
export type Expectation = Location & { readonly value: Bytes | undefined };

/** A row as it stands. */
export type Entry<S extends StoreName> = readonly [StoreKeys[S], Bytes];

/** Which rows of a store: those after a key, in the order of the keys, and at most so many. */
export interface PageOptions<S extends StoreName> {
  readonly after?: StoreKeys[S];
  readonly limit: number;
}

/**
 * Where rows are kept: the seam between the vault and a database (design §5). It sees sealed bytes under opaque
 * keys and nothing else; blinding and sealing happen above it.
 */
export interface StorageBackend {
  /** The row's bytes, or undefined. @throws SignetError storage_failed */
  get<S extends StoreName>(store: S, key: StoreKeys[S]): Promise<Bytes | undefined>;
  /** Every row of a store, in the order of the keys. @throws SignetError storage_failed */
  entries<S extends StoreName>(store: S): Promise<readonly Entry<S>[]>;
  /** Some rows of a store, in the order of the keys: page by page, for what need not fit memory. */
  page<S extends StoreName>(store: S, options: PageOptions<S>): Promise<readonly Entry<S>[]>;
  /** How many rows a store holds. @throws SignetError storage_failed */
  count(store: StoreName): Promise<number>;
  /**
   * Writes all rows in one durable transaction, or none: none when an expected row no longer stands.
   * When the promise resolves the rows survive a crash of the machine.
   * @throws SignetError `changed` when an expectation fails, `storage_failed` when the database does
   */
  batch(writes: readonly Write[], expected: readonly Expectation[]): Promise<void>;
}

/**
 * Replaces a row that still holds `expected` (undefined: is absent) by `next` (undefined: deletes it).
 * @throws SignetError `changed` when it holds something else, `storage_failed`
 */
export const compareAndSwap = (
  backend: StorageBackend,
  location: Location,
  expected: Bytes | undefined,
  next: Bytes | undefined,
): Promise<void> => backend.batch([{ ...location, value: next }], [{ ...location, value: expected }]);

/** Writes a row where there is none. @throws SignetError `changed` when there is one, `storage_failed` */
export const insertUnique = (backend: StorageBackend, location: Location, value: Bytes): Promise<void> =>
  compareAndSwap(backend, location, undefined, value);
