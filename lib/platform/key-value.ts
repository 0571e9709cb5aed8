import type { Storage } from 'webextension-polyfill';
import browser from 'webextension-polyfill';
import type { Json } from '../core/index.ts';
import { SignetError } from '../core/index.ts';
import type { KeyValue } from '../vault/index.ts';

type Area = Storage.StorageArea & { setAccessLevel?: (level: { accessLevel: 'TRUSTED_CONTEXTS' }) => Promise<void> };

/** storage.local: stays when the browser ends. Content scripts are shut out where the browser can do that. */
export const localKeyValue = (): KeyValue => new StorageAreaKeyValue(browser.storage.local);

/** storage.session: ends with the browser, kept in memory. Content scripts are shut out where the browser can do that. */
export const sessionKeyValue = (): KeyValue => new StorageAreaKeyValue(browser.storage.session);

class StorageAreaKeyValue implements KeyValue {
  readonly #area: Area;
  #guarded: Promise<void> | undefined;

  constructor(area: Area) {
    this.#area = area;
  }

  async get(key: string): Promise<Json | undefined> {
    const stored = await this.#ask((area) => area.get(key));
    return stored[key] as Json | undefined; // storage areas hold JSON and nothing else
  }

  async set(key: string, value: Json): Promise<void> {
    await this.#ask((area) => area.set({ [key]: value }));
  }

  async remove(key: string): Promise<void> {
    await this.#ask((area) => area.remove(key));
  }

  async #ask<T>(question: (area: Area) => Promise<T>): Promise<T> {
    try {
      this.#guarded ??= Promise.resolve(this.#area.setAccessLevel?.({ accessLevel: 'TRUSTED_CONTEXTS' }));
      await this.#guarded;
      return await question(this.#area);
    } catch (cause) {
      this.#guarded = undefined;
      throw new SignetError('storage_failed', 'The browser’s storage does not answer. Nothing was changed.', { cause });
    }
  }
}
