import { readFileSync, rmSync } from 'node:fs';
import type { Json } from '../../lib/core/index.ts';
import { isJsonObject } from '../../lib/core/index.ts';
import type { KeyValue } from '../../lib/vault/index.ts';
import { writeWhole } from '../keeping/write-whole.ts';
import { damagedFile, storageFailure } from './storage-failure.ts';

/**
 * A few values in one JSON file, written whole: what storage.local and storage.session are in the browser. Whoever uses it
 * holds the vault's lock, so nobody else writes it meanwhile.
 */
export class FileKeyValue implements KeyValue {
  readonly #path: string;
  #values: ReadonlyMap<string, Json> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  get(key: string): Promise<Json | undefined> {
    return this.#ask(() => this.#read().get(key));
  }

  set(key: string, value: Json): Promise<void> {
    return this.#ask(() => this.#write(new Map(this.#read()).set(key, value)));
  }

  remove(key: string): Promise<void> {
    return this.#ask(() => {
      const rest = new Map(this.#read());
      if (rest.delete(key)) this.#write(rest);
    });
  }

  #read(): ReadonlyMap<string, Json> {
    this.#values ??= readValues(this.#path);
    return this.#values;
  }

  /** What nothing is left of goes. */
  #write(values: ReadonlyMap<string, Json>): void {
    if (values.size === 0) rmSync(this.#path, { force: true });
    else writeWhole(this.#path, JSON.stringify(Object.fromEntries(values)));
    this.#values = values;
  }

  #ask<Answer>(question: () => Answer): Promise<Answer> {
    try {
      return Promise.resolve(question());
    } catch (error) {
      return Promise.reject(storageFailure(error, this.#path));
    }
  }
}

function readValues(path: string): ReadonlyMap<string, Json> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
    throw error;
  }
  return new Map(Object.entries(objectIn(text, path)));
}

function objectIn(text: string, path: string): Readonly<Record<string, Json>> {
  let json: Json;
  try {
    json = JSON.parse(text) as Json; // parsed JSON is Json
  } catch (cause) {
    throw damagedFile(path, cause);
  }
  if (!isJsonObject(json)) throw damagedFile(path);
  return json;
}
