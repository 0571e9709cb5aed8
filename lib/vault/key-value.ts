import type { Json } from '../core/index.ts';

/**
 * A small store of JSON values: storage.local (survives the browser) and storage.session (ends with it).
 * @throws SignetError storage_failed, from each method
 */
export interface KeyValue {
  get(key: string): Promise<Json | undefined>;
  /** When the promise resolves the value is stored. */
  set(key: string, value: Json): Promise<void>;
  remove(key: string): Promise<void>;
}

/** A KeyValue in memory, for tests and for programs without a browser. Values are copied, as a browser does. */
export class MemoryKeyValue implements KeyValue {
  readonly #values = new Map<string, string>();

  get(key: string): Promise<Json | undefined> {
    const text = this.#values.get(key);
    return Promise.resolve(text === undefined ? undefined : (JSON.parse(text) as Json)); // parsed JSON is Json
  }

  set(key: string, value: Json): Promise<void> {
    this.#values.set(key, JSON.stringify(value));
    return Promise.resolve();
  }

  remove(key: string): Promise<void> {
    this.#values.delete(key);
    return Promise.resolve();
  }

  /** Everything held, as JSON text by key. */
  dump(): ReadonlyMap<string, string> {
    return new Map(this.#values);
  }
}
