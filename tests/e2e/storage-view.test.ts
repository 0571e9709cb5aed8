import type { Page } from 'puppeteer';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { idOf, keysOf } from './phrase-keys.ts';
import {
  type ExtensionBrowser,
  PASSWORD,
  askWallet,
  axe,
  clickNamed,
  createVault,
  fill,
  keepRowsInPlace,
  named,
  openBrowser,
  pressNamed,
  screenshot,
  text,
  until,
  untilSays,
} from './setup/harness.ts';

const ID = /^[0-9a-f]{64}$/;

/** More rows than any page could show. */
const ROWS = Number(process.env['SIGNET_ROWS'] ?? 20_000);

let opened: ExtensionBrowser;
let app: Page;
let words: string;

beforeEach(async () => {
  opened = await openBrowser();
  app = await opened.openApp();
  await app.setViewport({ width: 1280, height: 900 });
  await keepRowsInPlace(app);
  words = (await createVault(app)).join(' ');
});

afterEach(() => opened.close());

describe('the rows on the Storage screen', () => {
  test('are those of the database, in the order of their keys, and no row is marked', async () => {
    await askWallet(app, 'attributes.save', { label: 'Home address', type: 'text', value: '12 Harbour Lane', tier: 1 });
    await openStorage();
    // The vault moves rows by itself after it was opened, and tells nobody: the person looks again.
    await expect
      .poll(async () => {
        await clickNamed(app, text('storage_again'), 'button');
        const stored = await storedIds();
        return { shown: await shownIds(), total: await totals(), stored };
      })
      .toSatisfy(
        ({ shown, total, stored }: { shown: string[]; total: string; stored: string[] }) =>
          shown.join() === stored.join() && total.includes(`${stored.length} rows`),
      );
    const classes = await app.$$eval('.block .database-row', (rows) => rows.map(({ className }) => className));
    expect(new Set(classes)).toEqual(new Set(['database-row']));
    const sizes = await app.$$eval('.database-size', (cells) => cells.map(({ textContent }) => textContent));
    expect(new Set(sizes)).toEqual(new Set(['1,280']));
  });

  test('follow what is written while the screen is open', async () => {
    await openStorage();
    const fact = { label: 'Shoe size', type: 'number', value: '42', tier: 1 } as const;
    const { id } = await askWallet(app, 'attributes.save', fact);
    await expect
      .poll(async () => {
        const { rows } = await askWallet(app, 'storage.locate', { label: `data/attribute/${id}`, index: 0 });
        const shown = await shownIds();
        return rows.length > 0 && rows.every((row) => shown.includes(row));
      })
      .toBe(true);
  });

  test(`are ${ROWS.toLocaleString('en')} without one being kept that is not near: any place is reached at once`, async () => {
    await putRows(ROWS);
    await openStorage();
    const stored = await storedIds();
    await untilSays(app, `${stored.length.toLocaleString('en')} rows`);
    await watchFrames();
    for (const part of [0.25, 0.5, 0.9, 1]) {
      await app.$eval(
        '.database-rows',
        (scroller, to) => {
          scroller.scrollTop = to * scroller.scrollHeight;
        },
        part,
      );
      await until(app, () => {
        const scroller = document.querySelector('.database-rows')?.getBoundingClientRect();
        const middle = scroller && document.elementFromPoint(scroller.left + 40, scroller.top + scroller.height / 2);
        return middle?.closest('.database-row') !== null;
      });
      expect(await app.$$eval('.block .database-row', ({ length }) => length)).toBeLessThan(1200);
    }
    const last = await until(app, () => {
      const scroller = document.querySelector('.database-rows');
      if (scroller !== null) scroller.scrollTop = scroller.scrollHeight;
      return [...document.querySelectorAll('.block:last-child .database-row > .database-id')].at(-1)?.textContent;
    });
    expect(last).toBe(stored.at(-1));
    const tail = await app.$$eval('.block:last-child .database-row > .database-id', (cells) =>
      cells.map(({ textContent }) => textContent),
    );
    expect(tail).toEqual(stored.slice(-tail.length));
    // Twenty frames of leave for a machine that does other things as well; a list of all rows takes seconds.
    expect(await longestFrame()).toBeLessThan(350);
  });
});

describe('a name typed beside the rows', () => {
  test('gives the id that follows from the words of this vault, and leads to the row it is in', async () => {
    await putRows(3_000);
    await openStorage();
    await fill(app, text('storage_label'), 'sys/settings');
    const { addressing } = keysOf(words);
    await untilSays(app, idOf(addressing, 'sys/settings', 0).toString('hex'));
    const { rows } = await askWallet(app, 'storage.locate', { label: 'sys/settings', index: 0 });
    await pressNamed(app, text('storage_show_row', (rows[0] ?? '').slice(0, 8)));
    const marked = await until(app, () => {
      const row = document.querySelector('.database-row.is-wanted');
      const list = document.querySelector('.database-rows')?.getBoundingClientRect();
      const place = row?.getBoundingClientRect();
      const inSight = list && place && place.top >= list.top && place.bottom <= list.bottom;
      return inSight && document.activeElement === row ? row?.querySelector('.database-id')?.textContent : undefined;
    });
    expect(marked).toBe(rows[0]);
    expect(await app.$$eval('.is-wanted', ({ length }) => length)).toBe(1);
  });

  test('has an id even where there is no such record, another for each number', async () => {
    await openStorage();
    const { addressing } = keysOf(words);
    await fill(app, text('storage_label'), 'data/email');
    await untilSays(app, idOf(addressing, 'data/email', 0).toString('hex'));
    await untilSays(app, text('storage_no_row'));
    await fill(app, text('storage_index'), '7');
    await untilSays(app, idOf(addressing, 'data/email', 7).toString('hex'));
    await fill(app, text('storage_index'), '-1');
    await untilSays(app, text('storage_index_bad'));
  });
});

describe('the check', () => {
  test('finds a fresh vault whole', async () => {
    await openStorage();
    const total = async () => (await askWallet(app, 'storage.rows', { limit: 1 })).total;
    const before = await total();
    await pressNamed(app, text('storage_check_button'));
    await app.waitForSelector('.check .notice.safe');
    const said = await app.$eval('.check .notice.safe', ({ textContent }) => textContent);
    const whole = (rows: number): string => text('storage_whole_other', rows.toLocaleString('en'));
    expect([before, await total()].map(whole)).toContain(said); // what was begun is finished in the background
  });

  test('is where a notice leads after rows were put in, and cleans them away once the person says so', async () => {
    await askWallet(app, 'wallet.lock', {});
    await putRows(5);
    await askWallet(app, 'wallet.unlock', { password: PASSWORD });
    await app.goto(opened.url('app.html#/credentials'));
    await app.reload();
    await untilSays(app, text('storage_differ'));
    await clickNamed(app, text('storage_differ_link'), 'link');
    await screenshot('storage-differ', app);
    await named(app, text('storage_title'), 'heading');
    const withStrangers = await storedIds();

    await pressNamed(app, text('storage_check_button'));
    await pressNamed(app, text('storage_clean'));
    await named(app, text('storage_clean_title_other', '5'), 'dialog');
    await app.keyboard.press('Escape');
    await until(app, () => document.querySelector('dialog') === null);
    expect(await storedIds()).toEqual(withStrangers);

    await pressNamed(app, text('storage_clean'));
    await pressNamed(app, text('storage_clean_button'));
    await untilSays(app, text('storage_cleaned_other', '5'));
    expect(await storedIds()).toHaveLength(withStrangers.length - 5);
    await until(app, (told) => (document.body.textContent.includes(told) ? undefined : 'gone'), text('storage_differ'));
  });

  test('names what is missing, in words that say what to do', async () => {
    const kept = { label: 'Shoe size', type: 'number', value: '42', tier: 1 } as const;
    const { id } = await askWallet(app, 'attributes.save', kept);
    const takeRow = async (): Promise<boolean> => {
      const { rows } = await askWallet(app, 'storage.locate', { label: `data/attribute/${id}`, index: 0 });
      expect(rows).toHaveLength(1);
      return deleteRow(rows[0] ?? ''); // not if the vault has moved it meanwhile
    };
    await expect.poll(takeRow).toBe(true);
    await openStorage();
    await pressNamed(app, text('storage_check_button'));
    await untilSays(app, text('storage_broken', '1', '0'));
    await untilSays(app, text('storage_broken_why'));
    // What the vault finds out by itself meanwhile takes neither the check nor what it said from under somebody's hands.
    await expect.poll(async () => (await askWallet(app, 'wallet.status', {})).rowsDiffer).toBe(true);
    await untilSays(app, text('storage_broken', '1', '0'));
  });
});

describe('the disk', () => {
  test('is used twice with decoys, and the dial is remembered', async () => {
    await openStorage();
    await choose(text('storage_decoys_off'));
    await until(app, async () => {
      const reply: { value?: { decoys: boolean } } = await chrome.runtime.sendMessage({
        route: 'settings.get',
        request: {},
      });
      return reply.value?.decoys === false;
    });
    await app.reload();
    await named(app, text('storage_title'), 'heading');
    await until(app, () => document.querySelectorAll('.decoys input').length === 2);
    expect(await app.$$eval('.decoys input', (radios) => radios.map((radio) => radio.matches(':checked')))).toEqual([
      false,
      true,
    ]);
  });

  test('is asked for on a click, and the answer is shown whatever it is', async () => {
    await openStorage();
    await clickNamed(app, text('storage_keep_button'), 'button');
    await until(app, (answers) => answers.some((answer) => document.body.textContent.includes(answer)), [
      text('storage_kept_promised'),
      text('storage_kept_refused'),
    ]);
  });
});

test('the Storage screen has no fault that axe knows, and fits every window', async () => {
  await openStorage();
  await fill(app, text('storage_label'), 'sys/settings');
  await app.waitForSelector('.found-rows li');
  await screenshot('storage', app);
  expect(await axe(app)).toEqual([]);
  for (const width of [360, 800, 1600]) {
    await app.setViewport({ width, height: 900 });
    await screenshot(`storage-${width}`, app);
    expect(await app.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  }
  expect(await axe(app)).toEqual([]);
});

async function openStorage(): Promise<void> {
  await app.goto(opened.url('app.html#/storage'));
  await app.reload();
  await named(app, text('storage_title'), 'heading');
  await app.waitForSelector('.block .database-row');
}

const shownIds = (): Promise<string[]> =>
  app.$$eval('.block .database-row > .database-id', (cells) => cells.map(({ textContent }) => textContent));

const totals = (): Promise<string> => app.$eval('.database-head p', ({ textContent }) => textContent);

async function choose(label: string): Promise<void> {
  const choice = await app.waitForSelector(`::-p-xpath(//label[starts-with(normalize-space(), "${label}")])`);
  await choice?.click();
}

/** What the database itself says, asked behind the screens. */
async function storedIds(): Promise<string[]> {
  const ids = await app.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('signet');
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(new Error('IndexedDB'));
    });
    const keys = await new Promise<IDBValidKey[]>((resolve, reject) => {
      const asking = database.transaction('records').objectStore('records').getAllKeys();
      asking.onsuccess = () => resolve(asking.result);
      asking.onerror = () => reject(new Error('IndexedDB'));
    });
    database.close();
    return keys.map((key) =>
      [...new Uint8Array(key as ArrayBuffer)].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    );
  });
  expect(ids.filter((id) => !ID.test(id))).toEqual([]);
  return ids;
}

/** Rows of nobody's, put in behind the vault's back. */
const putRows = (count: number): Promise<void> =>
  app.evaluate(async (wanted) => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open('signet');
      opening.onsuccess = () => resolve(opening.result);
    });
    for (let done = 0; done < wanted; done += 5_000) {
      await new Promise<void>((resolve, reject) => {
        const tx = database.transaction('records', 'readwrite', { durability: 'relaxed' });
        for (let one = done; one < Math.min(wanted, done + 5_000); one += 1) {
          tx.objectStore('records').put(new Uint8Array(64), crypto.getRandomValues(new Uint8Array(32)));
        }
        tx.oncomplete = () => resolve();
        tx.onerror = () => reject(new Error('IndexedDB'));
      });
    }
    database.close();
  }, count);

/** Deletes a row behind the vault's back. @returns whether it was there */
const deleteRow = (id: string): Promise<boolean> =>
  app.evaluate(async (hex) => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open('signet');
      opening.onsuccess = () => resolve(opening.result);
    });
    const wasThere = await new Promise<boolean>((resolve) => {
      const tx = database.transaction('records', 'readwrite');
      const key = Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
      const counting = tx.objectStore('records').count(key);
      tx.objectStore('records').delete(key);
      tx.oncomplete = () => resolve(counting.result > 0);
    });
    database.close();
    return wasThere;
  }, id);

/** Notes from now on how long the page's own work keeps a frame waiting. */
const watchFrames = (): Promise<void> =>
  app.evaluate(() => {
    const state = globalThis as { longest?: number };
    state.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) state.longest = Math.max(state.longest ?? 0, duration);
    }).observe({ type: 'longtask' });
  });

const longestFrame = (): Promise<number> => app.evaluate(() => (globalThis as { longest?: number }).longest ?? 0);
