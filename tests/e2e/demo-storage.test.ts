import { createDecipheriv } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Running } from '../../demo/http.ts';
import { startStoragePage } from '../../demo/storage/server.ts';
import { derive, idOf, keysOf, le64 } from './phrase-keys.ts';
import { type ExtensionBrowser, axe, openBrowser, screenshot, until } from './setup/harness.ts';

const VALUE = 'Ada Lovelace, 12 Harbour Lane';

let folder: string;
let served: Running;
let opened: ExtensionBrowser;
let page: Page;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signet-storage-page-'));
  served = await startStoragePage({ folder });
  opened = await openBrowser({ extensionPath: null });
  page = await opened.browser.newPage();
  await page.setViewport({ width: 1100, height: 900 });
});

afterAll(async () => {
  await opened.close();
  await served.close();
  await rm(folder, { recursive: true });
});

describe.each([
  ['served', () => served.origin],
  ['opened from the disk', () => pathToFileURL(join(folder, 'index.html')).href],
])('the public page, %s,', (_, address) => {
  beforeAll(async () => {
    await page.goto(address());
    await until(page, () => document.querySelector<HTMLTextAreaElement>('#secret')?.value.split(' ').length === 24);
    await fillIn('#label', 'data/address');
    await fillIn('#index', '3');
    await fillIn('#value', VALUE);
    await page.click('#seal');
    await until(page, () => document.querySelectorAll('#rows li').length === 1);
  });

  test('shows the id and the row that Node’s own cryptography computes and opens', async () => {
    const { addressing, sealing } = keysOf(await valueOf('#secret'));
    expect(await page.$eval('#record-id', (output) => output.textContent)).toBe(
      idOf(addressing, 'data/address', 3).toString('hex'),
    );
    const [row] = await shownRows();
    expect(row?.id).toBe(idOf(addressing, 'sys/row', 0).toString('hex'));
    expect(row?.bytes).toHaveLength(1280);
    const plaintext = openRow(sealing, Buffer.from(row?.id ?? '', 'hex'), row?.bytes ?? Buffer.alloc(0));
    expect(plaintext.indexOf('data/address')).toBe(2);
    expect(plaintext.includes(VALUE)).toBe(true);
  });

  test('shows the same bytes in base64', async () => {
    const [hex] = await shownRows();
    await page.click('input[value="base64"]');
    const [base64] = await shownRows('base64');
    expect(base64).toEqual({ ...hex, id: Buffer.from(hex?.id ?? '', 'hex').toString('base64') });
    await page.click('input[value="hex"]');
  });

  test('opens the record with its secret, and with no other', async () => {
    await page.click('#open');
    expect(await outcome('.safe')).toContain(VALUE);
    await page.click('#open-wrong');
    const refused = await outcome('.harm');
    expect(refused).toContain('do not open');
    expect(refused).not.toContain(VALUE);
    await fillIn('#key', `${await valueOf('#secret')} again`);
    await page.click('#open');
    await until(page, () => document.querySelector('#outcome')?.textContent.includes('24 words'));
    await fillIn('#key', await valueOf('#secret'));
    await page.click('#open');
    expect(await outcome('.safe')).toContain('data/address');
  });

  test('never makes the same row of the same value', async () => {
    const [first] = await shownRows();
    await page.click('#seal');
    await until(page, () => document.querySelectorAll('#rows li').length === 2);
    const rows = await shownRows();
    expect(rows.map(({ id }) => id)).toEqual(rows.map(({ id }) => id).sort());
    const second = rows.find(({ id }) => id !== first?.id);
    const alike = [...(second?.bytes ?? [])].filter((byte, at) => byte === first?.bytes[at]).length;
    // Of 1,279 random bytes 5 are alike by chance; 40 would happen less than once in 10^20 times.
    expect(alike).toBeLessThan(40);
    expect(await page.$eval('#alike', ({ textContent }) => textContent)).toContain(` ${alike} of 1,280 `);
  });

  test('takes several rows for a long value, and puts them together again', async () => {
    const before = (await shownRows()).length;
    const long = 'Measured, weighed and found long. '.repeat(90).trim();
    await fillIn('#value', long);
    await page.click('#seal');
    await until(page, (rows) => document.querySelectorAll('#rows li').length > rows, before + 1);
    expect((await shownRows()).map(({ bytes }) => bytes.length)).toEqual(Array(before + 3).fill(1280));
    await page.click('#open');
    expect(await outcome('.safe')).toContain(long);
  });

  test('says beside the field what cannot be sealed, and seals nothing', async () => {
    const before = await shownRows();
    const words = await valueOf('#secret');
    for (const [field, bad, told] of [
      ['#index', '1.5', '#seal-problem'],
      ['#index', '', '#seal-problem'],
      ['#label', '', '#seal-problem'],
      ['#secret', 'legal winner thank', '#secret-problem'],
    ] as const) {
      const good = await valueOf(field);
      await fillIn(field, bad);
      await page.click('#seal');
      await until(page, (id) => document.querySelector(id)?.textContent !== '', told);
      await fillIn(field, good);
    }
    expect(await valueOf('#secret')).toBe(words);
    expect(await shownRows()).toEqual(before);
  });

  test('asks nothing of the network, and has no fault that axe knows', async () => {
    const resources = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    expect(resources.filter((name) => !/\/page\.(?:js|css)$|^data:/.test(name))).toEqual([]);
    await screenshot('demo-storage', page);
    expect(await axe(page)).toEqual([]);
    for (const width of [360, 1600]) {
      await page.setViewport({ width, height: 900 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      await screenshot(`demo-storage-${width}`, page);
    }
    await page.setViewport({ width: 1100, height: 900 });
  });
});

interface ShownRow {
  /** As it is written on the page. */
  readonly id: string;
  readonly bytes: Buffer;
}

async function shownRows(spelling: 'hex' | 'base64' = 'hex'): Promise<readonly ShownRow[]> {
  const rows = await page.$$eval('#rows li', (items) =>
    items.map((item) => [item.querySelector('.head span')?.textContent, item.querySelector('.bytes')?.textContent]),
  );
  return rows.map(([id = '', bytes = '']) => ({ id, bytes: Buffer.from(bytes, spelling) }));
}

async function outcome(kind: '.safe' | '.harm'): Promise<string> {
  await until(page, (wanted) => document.querySelector(`#outcome ${wanted}`) !== null, kind);
  return page.$eval('#outcome', ({ textContent }) => textContent);
}

const fillIn = (field: string, value: string): Promise<void> =>
  page.$eval(
    field,
    (element, typed) => {
      if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) element.value = typed;
    },
    value,
  );

const valueOf = (field: string): Promise<string> =>
  page.$eval(field, (element) =>
    element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.value : '',
  );

/** The plaintext of the row with the number 0. */
function openRow(sealing: Buffer, id: Buffer, row: Buffer): Buffer {
  const key = derive(sealing, id, 'signet-record-dek');
  const opening = createDecipheriv('aes-256-gcm', key, row.subarray(1, 13));
  opening.setAAD(Buffer.concat([row.subarray(0, 1), id, le64(0)]));
  opening.setAuthTag(row.subarray(-16));
  return Buffer.concat([opening.update(row.subarray(13, -16)), opening.final()]);
}
