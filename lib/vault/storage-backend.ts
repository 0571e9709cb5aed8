import type { Bytes } from '../core/index.ts';

/** What each store is keyed by: `records` by a 32-byte record id, the others by a string. */
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

/**
 * Where rows are kept: the seam between the vault and a database (design §5). It sees sealed bytes under opaque
 * keys and nothing else; blinding and sealing happen above it.
 */
export interface StorageBackend {
  /** The row's bytes, or undefined. @throws SignetError storage_failed */
  get<S extends StoreName>(store: S, key: StoreKeys[S]): Promise<Bytes | undefined>;
  /** Every row of a store, in the order of the keys. @throws SignetError storage_failed */
  entries<S extends StoreName>(store: S): Promise<readonly (readonly [StoreKeys[S], Bytes])[]>;
  /** How many rows a store holds. @throws SignetError storage_failed */
  count(store: StoreName): Promise<number>;
  /**
   * Writes all rows in one durable transaction, or none: none when an expected row no longer stands.
   * When the promise resolves the rows survive a crash of the machine.
   * @throws SignetError `changed` when an expectation fails, `storage_failed` when the database does
   */
  batch(writes: readonly Write[], expected: readonly Expectation[]): Promise<void>;
}
