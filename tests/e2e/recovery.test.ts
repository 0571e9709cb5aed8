import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { beforeEach, expect, test } from 'vitest';
import {
  type ExtensionBrowser,
  PASSWORD,
  askWallet,
  choosePassword,
  clickNamed,
  createVault,
  findNamed,
  keepRowsInPlace,
  named,
  openBrowser,
  paste,
  text,
} from './setup/harness.ts';

let opened: ExtensionBrowser;
let app: Page;
let words: readonly string[];

beforeEach(async () => {
  opened = await openBrowser();
  app = await opened.openApp();
  await keepRowsInPlace(app);
  words = await createVault(app);
  await askWallet(app, 'attributes.save', { label: 'City', type: 'text', value: 'Port', tier: 1 });
  await expect.poll(isTended).toBe(true);
  return () => opened.close();
});

/** Whether what the wallet does by itself a moment after a vault was made is done: nothing writes from then on. */
async function isTended(): Promise<boolean> {
  const { rows: found } = await askWallet(app, 'storage.locate', { label: 'sys/sites-adopted', index: 0 });
  return found.length > 0;
}

/** A change to one row; without `value` the row goes. Keys of records are arrays of bytes. */
interface RowChange {
  readonly store: 'meta' | 'records';
  readonly key: string | readonly number[];
  readonly value?: readonly number[];
}

test('a header overwritten with nonsense: what is readable is said, the rows can be saved, and nothing is made over them', async () => {
  await change([{ store: 'meta', key: 'header', value: [...Buffer.from('{"v":1}')] }]);
  await expectRecovery({ header: false });
  await expectRowsSaved();
  await expectNothingMadeOver();
});

test('a header that is gone: the records are found', async () => {
  await change([{ store: 'meta', key: 'header' }]);
  await expectRecovery({ header: false });
  await expectRowsSaved();
  await expectNothingMadeOver();
});

test('a header overwritten with nonsense, with the words at hand: a new password opens the same records', async () => {
  await change([{ store: 'meta', key: 'header', value: [...Buffer.from('{"v":1}')] }]);
  await expectRecovery({ header: false });
  await clickNamed(app, text('recovery_words_button'), 'link');
  await paste(app, words.join(' '));
  await choosePassword(app, 'another quiet harbour');
  await clickNamed(app, text('forgot_submit'), 'button');
  await named(app, text('nav_credentials'), 'link');
  const { attributes } = await askWallet(app, 'attributes.list', {});
  expect(attributes.map(({ label, value }) => [label, value])).toEqual([['City', 'Port']]);
});

test('records that are gone', async () => {
  await change([], ['records']);
  await opened.killWorker();
  const title = text('recovery_evicted_title');
  await expectRecovery({ header: true, title });
  await expectNothingMadeOver(title);
});

test('one record that is gone: its list says so, and nothing is written over it', async () => {
  const before = new Set((await rows('records')).map(({ key }) => String(key)));
  await askWallet(app, 'attributes.save', { label: 'Street', type: 'text', value: 'Harbour', tier: 1 });
  const added = (await rows('records')).filter(({ key }) => !before.has(String(key)));
  expect(added.length).toBeGreaterThan(0);
  await change(added.map(({ key }) => ({ store: 'records', key })));
  await opened.killWorker();

  const damaged = JSON.stringify(await rows('records'));
  await expect(askWallet(app, 'attributes.list', {})).rejects.toThrow('vault_damaged');
  const more = askWallet(app, 'attributes.save', { label: 'House', type: 'number', value: '12', tier: 1 });
  await expect(more).rejects.toThrow('vault_damaged');
  expect(JSON.stringify(await rows('records'))).toBe(damaged);
  await app.goto(opened.url('app.html#/data'));
  await app.reload();
  await app.waitForSelector('.problem, .checks');
});

test('rows of an older state, put back: none is read again, and the screen says that they are there', async () => {
  const { id } = await askWallet(app, 'attributes.save', { label: 'Street', type: 'text', value: 'Old', tier: 1 });
  const before = await rows('records');
  await askWallet(app, 'attributes.save', { id, label: 'Street', type: 'text', value: 'New', tier: 1 });
  await change(before.map(({ key, value }) => ({ store: 'records', key, value })));
  await opened.killWorker();
  const { attributes } = await askWallet(app, 'attributes.list', {});
  expect(attributes.map(({ value }) => value)).toEqual(['Port', 'New']);
  await askWallet(app, 'wallet.lock', {});
  await askWallet(app, 'wallet.unlock', { password: PASSWORD });
  await expect.poll(async () => (await askWallet(app, 'wallet.status', {})).rowsDiffer).toBe(true);
  await app.reload();
  await named(app, text('storage_differ_link'), 'link');
});

test('after it was locked, a damaged vault says so instead of asking for its password again and again', async () => {
  await askWallet(app, 'wallet.lock', {});
  await change([{ store: 'meta', key: 'header', value: [0] }]);
  await expectRecovery({ header: false });
});

test('its owner, who types so, gets it back from the words, empty', async () => {
  const { words } = await askWallet(app, 'wallet.revealPhrase', { password: PASSWORD });
  const { signetId } = await askWallet(app, 'wallet.status', {});
  await change([{ store: 'meta', key: 'header', value: [0] }]);
  await expectRecovery({ header: false });
  await askWallet(app, 'wallet.restore', {
    phrase: words.join(' '),
    password: PASSWORD,
    mark: { shape: 'star', colour: 'sea' },
    eraseExisting: true,
  });
  expect(await askWallet(app, 'wallet.status', {})).toMatchObject({ vault: 'unlocked', signetId });
});

/** The recovery screen, and the popup that leads to it. */
async function expectRecovery({
  header,
  title = text('recovery_title'),
}: {
  header: boolean;
  title?: string;
}): Promise<void> {
  await app.reload();
  await named(app, title, 'heading');
  await app.waitForSelector('.checks');
  const { records } = await askWallet(app, 'recovery.report', {});
  const said = await app.$eval('main', (main) => main.textContent);
  expect(said).toContain(text(header ? 'recovery_header_ok' : 'recovery_header_bad'));
  expect(said).toContain(text('recovery_records_other', String(records)));
  expect(said).toContain(text('recovery_untouched'));
  expect(records).toBe((await rows('records')).length);

  const popup = await opened.openPopup(app);
  await named(popup, text('popup_damaged_open'), 'button');
  await popup.close();
}

/** The file that the button saves holds every row, byte for byte. */
async function expectRowsSaved(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'signet-download-'));
  try {
    const session = await opened.browser.target().createCDPSession();
    await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder, eventsEnabled: true });
    const done = new Promise<void>((resolve) => {
      session.on('Browser.downloadProgress', ({ state }) => {
        if (state === 'completed') resolve();
      });
    });
    await clickNamed(app, text('recovery_save_button'), 'button');
    await done;
    // The file's format, `signet-raw-rows`.
    const saved = JSON.parse(await readFile(join(folder, 'signet-rows.json'), 'utf8')) as {
      readonly records: readonly (readonly [string, string])[];
      readonly meta: readonly (readonly [string, string])[];
    };
    const records = await rows('records');
    const base64 = (bytes: readonly number[]) => Buffer.from(bytes).toString('base64');
    expect(new Map(saved.records)).toEqual(
      new Map(records.map(({ key, value }) => [base64(typeof key === 'string' ? [] : key), base64(value)])),
    );
    const meta = (await rows('meta')).map(({ key, value }) => [String(key), base64(value)] as const);
    expect(new Map(saved.meta)).toEqual(new Map(meta));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Neither a screen nor a route makes a vault here unless the person types that this one may go. */
async function expectNothingMadeOver(title = text('recovery_title')): Promise<void> {
  const before = JSON.stringify([await rows('records'), await rows('meta')]);
  const mark = { shape: 'star', colour: 'sea' };
  await expect(createVault(app)).rejects.toThrow(/vault_damaged|vault_exists/);
  const words = [...Array<string>(23).fill('abandon'), 'art'].join(' ');
  await expect(
    askWallet(app, 'wallet.restore', { phrase: words, password: PASSWORD, mark, eraseExisting: false }),
  ).rejects.toThrow(/vault_damaged|vault_exists/);
  for (const hash of ['#/create', '#/welcome', '#/']) {
    await app.goto(opened.url(`app.html${hash}`));
    await named(app, title, 'heading');
    expect(await findNamed(app, text('welcome_create'))).toBeNull();
  }

  await clickNamed(app, text('recovery_restore_button'), 'link');
  const field = await named(app, text('phrase_label'), 'textbox');
  await field.focus();
  await app.keyboard.sendCharacter(words);
  await clickNamed(app, text('next'), 'button');
  await app.waitForFunction(
    (wanted) => [...document.querySelectorAll('[role=alert]')].some(({ textContent }) => textContent === wanted),
    { polling: 50 },
    text('erase_confirm_missing', text('erase_word')),
  );
  expect(JSON.stringify([await rows('records'), await rows('meta')])).toBe(before);
}

interface Row {
  readonly key: string | readonly number[];
  readonly value: readonly number[];
}

/** The rows of a store, read from inside the worker. */
async function rows(store: RowChange['store']): Promise<readonly Row[]> {
  const worker = await opened.worker();
  return worker.evaluate(async (name) => {
    const [found] = await indexedDB.databases();
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open(found?.name ?? '');
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(new Error('IndexedDB'));
    });
    const objects = database.transaction(name).objectStore(name);
    const all = await Promise.all(
      [objects.getAllKeys(), objects.getAll()].map(
        (request) =>
          new Promise<unknown[]>((resolve, reject) => {
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(new Error('IndexedDB'));
          }),
      ),
    );
    database.close();
    const [keys = [], values = []] = all;
    const bytes = (value: unknown) => [...new Uint8Array(value as ArrayBuffer)]; // a buffer, or an array of bytes
    return keys.map((key, at) => ({ key: typeof key === 'string' ? key : bytes(key), value: bytes(values[at]) }));
  }, store);
}

/** Writes to the database behind the vault's back, and takes away the header's mirror, which would bring it back. */
async function change(changes: readonly RowChange[], emptied: readonly RowChange['store'][] = []): Promise<void> {
  const worker = await opened.worker();
  const work = async (wanted: readonly RowChange[], all: readonly string[]): Promise<void> => {
    await chrome.storage.local.remove('header');
    const [found] = await indexedDB.databases();
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open(found?.name ?? '');
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(new Error('IndexedDB'));
    });
    const tx = database.transaction(['meta', 'records'], 'readwrite');
    for (const store of all) tx.objectStore(store).clear();
    for (const { store, key, value } of wanted) {
      const id = typeof key === 'string' ? key : new Uint8Array(key);
      if (value === undefined) tx.objectStore(store).delete(id);
      else tx.objectStore(store).put(new Uint8Array(value), id);
    }
    await new Promise<void>((resolve, reject) => {
      tx.oncomplete = () => resolve();
      tx.onabort = () => reject(new Error('IndexedDB'));
    });
    database.close();
  };
  await worker.evaluate(work, changes, emptied);
}
