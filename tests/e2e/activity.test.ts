import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { verifyExport, verifyProof } from '../../lib/audit/verifying/index.ts';
import {
  type ExtensionBrowser,
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
  typeInto,
  until,
  untilSays,
} from './setup/harness.ts';

/** More than the pages that fit a window, and more than one block of 256. */
const FACTS = 330;

let opened: ExtensionBrowser;
let app: Page;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signet-downloads-'));
  opened = await openBrowser();
  app = await opened.openApp();
  await app.setViewport({ width: 1100, height: 900 });
  const session = await app.createCDPSession();
  await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder });
  await keepRowsInPlace(app);
  await createVault(app);
  await addFacts(FACTS);
}, 240_000);

afterAll(async () => {
  await opened.close();
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  await app.goto(opened.url('app.html#/activity'));
  await app.reload();
  await named(app, text('nav_activity'), 'heading');
  await app.waitForSelector('.entry');
});

afterEach(() => app.setViewport({ width: 1100, height: 900 }));

describe('the list', () => {
  test('reads on as the person goes down, to the first entry, and keeps only what is near', async () => {
    expect(await shown()).toBeLessThan(FACTS);
    const said = text('audit_vault_created');
    await until(
      app,
      (words) => {
        window.scrollTo(0, document.documentElement.scrollHeight);
        return [...document.querySelectorAll('.entry')].at(-1)?.textContent.includes(words);
      },
      said,
    );
    expect(await shown()).toBeLessThan(FACTS);
    await app.evaluate(() => window.scrollTo(0, 0));
    await until(
      app,
      (words) => document.querySelector('.entry')?.textContent.includes(words),
      text('audit_attribute_added'),
    );
  });

  test('has a heading for each day, once', async () => {
    const headings = await app.$$eval('.day h2', (found) => found.map(({ textContent }) => textContent));
    expect(headings.length).toBeGreaterThan(0);
    expect(new Set(headings).size).toBe(headings.length);
  });

  test('shows at its top what happens meanwhile', async () => {
    const id = await addFacts(1);
    await askWallet(app, 'attributes.delete', { id });
    await until(
      app,
      (words) => document.querySelector('.entry')?.textContent.includes(words),
      text('audit_attribute_deleted'),
    );
    const texts = await app.$$eval('.entry', (entries) => entries.slice(0, 2).map(({ textContent }) => textContent));
    expect(texts[1]).toContain(text('audit_attribute_added'));
  });

  test('opens an entry by keyboard, with a proof of it that a stranger can check', async () => {
    await app.focus('.entry');
    await app.keyboard.press('Enter');
    await named(app, text('activity_proof'), 'button');
    const { entries } = await askWallet(app, 'audit.list', { limit: 1 });
    const entry = entries[0];
    expect(await app.$eval('.entry-details', ({ textContent }) => textContent)).toContain(entry?.kind);
    await pressNamed(app, text('activity_proof'));
    const check = verifyProof(await downloaded(`signet-entry-${entry?.seq}.tlog-proof`));
    expect(check).toMatchObject({ ok: true, entry: { seq: entry?.seq, kind: entry?.kind } });
  });
});

describe('the search', () => {
  test('finds by what an entry is about, alone and with a day', async () => {
    await pressNamed(app, text('activity_filters'));
    await app.select(await selectNamed(text('activity_about')), 'opening');
    await untilSays(app, text('search_none'));
    await app.select(await selectNamed(text('activity_about')), 'vault');
    await until(
      app,
      (words) => {
        const entries = [...document.querySelectorAll('.entry')];
        return entries.length > 0 && entries.at(-1)?.textContent.includes(words);
      },
      text('audit_vault_created'),
    );
    expect(await app.$$eval('.entry', (entries) => entries.map(({ textContent }) => textContent).join())).not.toContain(
      text('audit_attribute_added'),
    );

    await setDate(text('activity_to'), '2001-02-03');
    await untilSays(app, text('search_none'));
    await named(app, text('activity_filters_set', '2'), 'button');
    await pressNamed(app, text('activity_filters_clear'));
    await app.waitForSelector('.entry');
  });

  test('finds a site, and says when there is none', async () => {
    await typeInto(app, text('activity_search'), 'nowhere.example');
    await untilSays(app, text('search_none'));
    await typeInto(app, text('activity_search'), ' ');
    await app.keyboard.press('Backspace');
    await app.waitForSelector('.entry');
  });
});

describe('the log', () => {
  test('is checked to a clear yes, with a checkpoint', async () => {
    await pressNamed(app, text('activity_check'));
    await named(app, text('activity_check_title'), 'dialog');
    await app.waitForSelector('dialog .notice.safe');
    const { total } = await askWallet(app, 'audit.list', { limit: 1 });
    const said = await app.$eval('dialog', ({ textContent }) => textContent);
    // The check itself was written down after it.
    expect(said).toContain(text('activity_good_other', (total - 1).toLocaleString('en')));
    expect(said).toMatch(/[A-Za-z0-9+/]{43}=/);
    await screenshot('activity-checked', app);
    expect(await axe(app)).toEqual([]);
    await pressNamed(app, text('close'));
    await until(app, () => document.querySelector('dialog') === null);
  });

  test('is exported as one file that holds for a stranger', async () => {
    await pressNamed(app, text('activity_export'));
    await named(app, text('activity_export_title'), 'dialog');
    await pressNamed(app, text('activity_export_save'));
    await untilSays(app, text('activity_exported'));
    const { total } = await askWallet(app, 'audit.list', { limit: 1 });
    const name = await until(app, () => `signet-log-${new Date().toISOString().slice(0, 10)}.jsonl`);
    expect(verifyExport(await downloaded(name))).toMatchObject({ ok: true, first: 0, end: total });
  });

  test('lets old entries go only after a word and an export, or a yes to losing them', async () => {
    const before = await askWallet(app, 'audit.list', { limit: 1 });
    await pressNamed(app, text('activity_prune'));
    await named(app, text('activity_prune_title'), 'dialog');
    await untilSays(app, text('activity_prune_none'));
    await setDate(text('activity_prune_day'), '2100-01-01');
    await untilSays(app, text('activity_prune_to', (before.entries[0]?.seq ?? 0).toLocaleString('en')));

    await pressNamed(app, text('activity_prune_button'));
    await untilSays(app, text('activity_prune_unneeded_missing'));
    await untilSays(app, text('activity_prune_confirm_missing', text('activity_prune_word')));
    await screenshot('activity-prune', app);
    expect(await axe(app)).toEqual([]);
    await fill(app, text('activity_prune_confirm', text('activity_prune_word')), text('activity_prune_word'));
    await pressNamed(app, text('activity_prune_button'));
    expect((await askWallet(app, 'audit.list', { limit: 1 })).total).toBe(before.total);

    await pressNamed(app, text('activity_prune_export'));
    await named(app, text('activity_export_title'), 'dialog');
    await pressNamed(app, text('activity_export_save'));
    await untilSays(app, text('activity_exported'));
    await pressNamed(app, text('close'));
    await pressNamed(app, text('activity_prune'));
    await untilSays(app, text('activity_prune_exported'));
    await setDate(text('activity_prune_day'), '2100-01-01');
    await untilSays(app, 'in blocks of 256');
    await fill(app, text('activity_prune_confirm', text('activity_prune_word')), text('activity_prune_word'));
    await pressNamed(app, text('activity_prune_button'));
    await until(app, () => document.querySelector('dialog') === null);
    expect((await askWallet(app, 'audit.list', { limit: 1 })).total).toBeLessThan(before.total);
    await untilSays(app, text('audit_log_pruned'));

    await pressNamed(app, text('activity_check'));
    await app.waitForSelector('dialog .notice.safe');
    await pressNamed(app, text('close'));
    await until(app, () => document.querySelector('dialog') === null);
  });
});

test('the screen has no fault that axe knows, and fits every window', async () => {
  await app.focus('.entry');
  await app.keyboard.press('Enter');
  await clickNamed(app, text('activity_filters'), 'button'); // above the list, however long that is
  await screenshot('activity', app);
  expect(await axe(app)).toEqual([]);
  for (const width of [360, 800, 1600]) {
    await app.setViewport({ width, height: 900 });
    await screenshot(`activity-${width}`, app);
    expect(await app.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  }
  expect(await axe(app)).toEqual([]);
});

/** Last, because the log stays broken. */
test('a log with a hole is told from a whole one, with what was not lost and what to do', async () => {
  const { total, entries } = await askWallet(app, 'audit.list', { limit: 1 });
  expect(entries[0]?.seq).toBeGreaterThan(total - 2);
  const rows = await segmentRows();
  await deleteRows(rows);
  await pressNamed(app, text('activity_check'));
  await app.waitForSelector('dialog .notice.harm');
  const said = await app.$eval('dialog', ({ textContent }) => textContent);
  expect(said).toContain(text('activity_bad_kept'));
  expect(said).toContain(text('activity_bad_do'));
  await screenshot('activity-bad', app);
  expect(await axe(app)).toEqual([]);
});

/** How many facts one call to the page saves: a call that takes a minute is given up. */
const AT_ONCE = 30;

/** Saves facts one after the other: each is a write that the disk has to take. @returns the id of the last */
async function addFacts(count: number): Promise<string> {
  let id = '';
  for (let left = count; left > 0; left -= AT_ONCE) id = await app.evaluate(saveFacts, left, Math.min(AT_ONCE, left));
  return id;
}

/** Runs in the page. */
async function saveFacts(from: number, count: number): Promise<string> {
  let id = '';
  for (let number = from; number > from - count; number -= 1) {
    const request = { label: `Fact ${number}`, type: 'number', value: String(number), tier: 1 };
    const reply: { ok: boolean; value?: { id: string } } = await chrome.runtime.sendMessage({
      route: 'attributes.save',
      request,
    });
    if (reply.value === undefined) throw new Error(`Fact ${number} was not saved.`);
    ({ id } = reply.value);
  }
  return id;
}

const shown = (): Promise<number> => app.$$eval('.entry', ({ length }) => length);

/** A saved file's text, once the browser has written all of it. */
async function downloaded(name: string): Promise<string> {
  await expect.poll(() => readdir(folder)).toContain(name);
  return readFile(join(folder, name), 'utf8');
}

async function selectNamed(label: string): Promise<string> {
  const select = await named(app, label, 'combobox');
  return `[id="${await select.evaluate(({ id }) => id)}"]`;
}

/** A date as the browser's own picker would set it. */
async function setDate(label: string, day: string): Promise<void> {
  const field = await named(app, label);
  await field.evaluate((element, value) => {
    if (!(element instanceof HTMLInputElement)) throw new Error('This is no field.');
    element.value = value;
    element.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }, day);
}

/** The rows that hold the newest entries but one segment. */
async function segmentRows(): Promise<readonly string[]> {
  for (let index = 100; index >= 0; index -= 1) {
    const { rows } = await askWallet(app, 'storage.locate', { label: 'sys/audit/segment', index });
    if (rows.length > 0)
      return (await askWallet(app, 'storage.locate', { label: 'sys/audit/segment', index: index - 1 })).rows;
  }
  throw new Error('The log has no segments.');
}

const deleteRows = (ids: readonly string[]): Promise<void> =>
  app.evaluate(async (rows) => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open('signet');
      opening.onsuccess = () => resolve(opening.result);
    });
    await new Promise<void>((resolve) => {
      const tx = database.transaction('records', 'readwrite');
      for (const id of rows) {
        const key = Uint8Array.from(id.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
        tx.objectStore('records').delete(key);
      }
      tx.oncomplete = () => resolve();
    });
    database.close();
  }, ids);
