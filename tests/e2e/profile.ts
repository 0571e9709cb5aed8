import type { Page } from 'puppeteer';

/** What a profile holds of the vault, as it stands in the browser's stores: bytes are base64. */
export interface Profile {
  readonly records: readonly (readonly [key: string, value: string])[];
  readonly meta: readonly (readonly [key: string, value: string])[];
  readonly local: Readonly<Record<string, unknown>>;
}

export const EMPTY_PROFILE: Profile = { records: [], meta: [], local: {} };

/** Reads it all from inside a page of ours. Best while no worker runs. */
export const readProfile = (ours: Page): Promise<Profile> => ours.evaluate(readStores);

/** Puts a profile in the place of what is there, as after the end of the browser: no session, no request. No worker may run. */
export const writeProfile = (ours: Page, profile: Profile): Promise<void> => ours.evaluate(writeStores, profile);

/** Keys of the rows that are there now, base64. */
export async function recordKeys(ours: Page): Promise<readonly string[]> {
  return (await readProfile(ours)).records.map(([key]) => key);
}

/** Runs in the page: uses nothing from outside itself. */
async function readStores(): Promise<Profile> {
  const done = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
    });
  const base64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  const text = (key: IDBValidKey): string =>
    key instanceof ArrayBuffer ? base64(new Uint8Array(key)) : (key as string); // the keys of these stores
  const database = await done(indexedDB.open('signet'));
  try {
    const read = async (name: string): Promise<[string, string][]> => {
      const store = database.transaction(name).objectStore(name);
      const [keys, values] = await Promise.all([
        done(store.getAllKeys()),
        done<Uint8Array[]>(store.getAll() as IDBRequest<Uint8Array[]>), // nothing else is kept
      ]);
      return keys.map((key, i) => [text(key), base64(values[i] ?? new Uint8Array())]);
    };
    return { records: await read('records'), meta: await read('meta'), local: await chrome.storage.local.get() };
  } finally {
    database.close();
  }
}

/** Runs in the page: uses nothing from outside itself. */
async function writeStores(profile: Profile): Promise<void> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open('signet');
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error ?? new Error('IndexedDB'));
  });
  const bytes = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const names = ['records', 'meta', 'requests'];
  const tx = database.transaction(names, 'readwrite', { durability: 'strict' });
  for (const name of names) tx.objectStore(name).clear();
  const records = tx.objectStore('records');
  for (const [key, value] of profile.records) records.put(bytes(value), bytes(key));
  const meta = tx.objectStore('meta');
  for (const [key, value] of profile.meta) meta.put(bytes(value), key);
  await new Promise<void>((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error ?? new Error('IndexedDB'));
  });
  database.close();
  await chrome.storage.session.clear();
  await chrome.storage.local.clear();
  await chrome.storage.local.set(profile.local);
}
