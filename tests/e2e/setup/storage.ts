import type { Page } from 'puppeteer';

/** Everything the extension keeps, as it stands in the browser's stores. */
export interface StorageDump {
  /** One line for each row: `indexedDB/DATABASE/STORE/KEY`, `storage.local/NAME`, `storage.session/NAME`. */
  readonly rows: readonly { readonly where: string; readonly bytes: Buffer }[];
  /** Where `needle` stands in clear: as UTF-8, UTF-16, hex, or base64 of either alphabet at any alignment. */
  find(needle: string | Uint8Array): string[];
}

interface RawRow {
  readonly where: string;
  /** base64 */
  readonly bytes: string;
}

/**
 * Reads all IndexedDB rows, storage.local and storage.session from inside a page of ours: a worker that is attached to
 * would neither idle nor die.
 */
export async function dumpStorage(ours: Page): Promise<StorageDump> {
  const raw = await ours.evaluate(readEverything);
  const rows = raw.map(({ where, bytes }) => ({ where, bytes: Buffer.from(bytes, 'base64') }));
  return {
    rows,
    find: (needle) => {
      const forms = spellings(needle);
      return rows
        .filter(({ where, bytes }) => forms.some((form) => bytes.includes(form) || isNamed(where, form)))
        .map(({ where }) => where);
    },
  };
}

/** The key of a row of IndexedDB has a line of its own, and its hex is full of numbers that nobody chose. */
const isNamed = (where: string, form: Buffer): boolean =>
  !where.startsWith('indexedDB/') && where.includes(form.toString());

/**
 * Lets the rows of the vault stay where they are until it is next locked: the pass that moves all of them a moment after
 * an unlock counts as made. For tests that write to the database behind the vault's back. Before the vault is opened.
 */
export const keepRowsInPlace = (ours: Page): Promise<void> =>
  ours.evaluate(() => chrome.storage.session.set({ 'vault.refreshed': Date.now() }));

function spellings(needle: string | Uint8Array): Buffer[] {
  const bytes = Buffer.from(needle);
  const forms = [bytes, Buffer.from(bytes.toString('hex')), Buffer.from(bytes.toString('hex').toUpperCase())];
  if (typeof needle === 'string') forms.push(Buffer.from(needle, 'utf16le'));
  for (const shift of [0, 1, 2]) {
    // The characters at both ends also depend on neighbouring bytes: only those in between are certain.
    const padded = Buffer.concat([Buffer.alloc(shift), bytes]);
    const whole = padded.toString('base64').replaceAll('=', '');
    const inner = whole.slice(shift === 0 ? 0 : shift + 1, Math.floor((padded.length * 8) / 6));
    if (inner.length < 6) continue;
    forms.push(Buffer.from(inner), Buffer.from(inner.replaceAll('+', '-').replaceAll('/', '_')));
  }
  return forms;
}

/** Runs in the page: uses nothing from outside itself. */
async function readEverything(): Promise<RawRow[]> {
  const rows: { where: string; bytes: string }[] = [];
  const done = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
    });

  const toBytes = (value: unknown, depth = 0): Uint8Array[] => {
    const text = new TextEncoder();
    if (value instanceof ArrayBuffer) return [new Uint8Array(value)];
    if (ArrayBuffer.isView(value)) return [new Uint8Array(value.buffer, value.byteOffset, value.byteLength)];
    if (typeof value !== 'object' || value === null || depth > 20) return [text.encode(String(value))];
    return Object.entries(value).flatMap(([name, inner]) => [text.encode(`${name}=`), ...toBytes(inner, depth + 1)]);
  };
  const add = (where: string, value: unknown): void => {
    let binary = '';
    for (const part of toBytes(value)) for (const byte of part) binary += String.fromCharCode(byte);
    rows.push({ where, bytes: btoa(binary) });
  };
  const nameOf = (key: unknown): string =>
    toBytes(key)
      .map((part) => [...part].map((byte) => byte.toString(16).padStart(2, '0')).join(''))
      .join('');

  for (const { name = '' } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const objects = database.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([done(objects.getAllKeys()), done(objects.getAll())]);
      keys.forEach((key, at) => {
        add(`indexedDB/${name}/${store}/${nameOf(key)}`, values[at]);
        add(`indexedDB/${name}/${store}/${nameOf(key)} (key)`, key);
      });
    }
    database.close();
  }
  for (const area of ['local', 'session'] as const) {
    for (const [name, value] of Object.entries(await chrome.storage[area].get())) add(`storage.${area}/${name}`, value);
  }
  return rows;
}
