const DATABASE = 'bare';
const STORE = 'rows';

/** IndexedDB with nothing around it: what any row costs at least. */
export class BareRows {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  static async open(): Promise<BareRows> {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => void opening.result.createObjectStore(STORE);
    return new BareRows(await answered(opening));
  }

  /** One row under a random key, of strict durability. */
  put(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const key = crypto.getRandomValues(new Uint8Array(32));
    const tx = this.#database.transaction(STORE, 'readwrite', { durability: 'strict' });
    tx.objectStore(STORE).put(bytes, key);
    return new Promise((resolve, reject) => {
      tx.oncomplete = () => resolve();
      tx.onabort = () => reject(tx.error ?? new Error('The bare row was not written.'));
    });
  }
}

/** The vault's own rows, by key, without opening any. */
export class StoredRows {
  readonly #database: IDBDatabase;
  readonly #keys: readonly IDBValidKey[];

  private constructor(database: IDBDatabase, keys: readonly IDBValidKey[]) {
    this.#database = database;
    this.#keys = keys;
  }

  static async open(): Promise<StoredRows> {
    const database = await answered(indexedDB.open('signet'));
    return new StoredRows(
      database,
      await answered(database.transaction('records').objectStore('records').getAllKeys()),
    );
  }

  async getAny(): Promise<void> {
    const key = this.#keys[Math.floor(Math.random() * this.#keys.length)];
    if (key === undefined) throw new Error('The vault has no rows.');
    const value = await answered<unknown>(this.#database.transaction('records').objectStore('records').get(key));
    if (value === undefined) throw new Error('A row of the vault is gone.');
  }

  close(): void {
    this.#database.close();
  }
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });
}
