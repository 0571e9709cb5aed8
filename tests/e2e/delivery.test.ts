import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { begin, ended, isPending, outcomeOf, proofRequest } from './page-calls.ts';
import { EXTENSION_ID, askWallet, openBrowser, serve, until, withBrowser } from './setup/harness.ts';
import type { ExtensionBrowser, TestServer } from './setup/harness.ts';

const DENIED = { code: 4001, name: 'SignetError' };
const INTERRUPTED = { code: 4900, name: 'SignetError' };

let opened: ExtensionBrowser;
let site: TestServer;
let app: Page;
let shop: Page;

beforeAll(async () => {
  opened = await openBrowser();
});

/** One for each test: what was denied to another counts for none of them. */
async function serveSite(): Promise<TestServer> {
  const cacheable = { 'cache-control': 'max-age=60' };
  return serve({
    '/': { headers: cacheable, body: '<!doctype html><title>shop</title>' },
    '/elsewhere': { headers: cacheable, body: '<!doctype html><title>elsewhere</title>' },
  });
}

afterAll(() => opened.close());

beforeEach(async () => {
  app = await opened.openApp();
  site = await serveSite();
  shop = await visit('/');
});

afterEach(async () => {
  await shop.close();
  await expect.poll(waiting).toEqual([]);
  await app.close();
  await site.close();
});

async function visit(path: string, host = 'localhost'): Promise<Page> {
  const page = await opened.browser.newPage();
  await page.goto(site.origin(host) + path);
  return page;
}

const ask = (page: Page, name: string, nonce?: string) =>
  begin(page, name, `signet.requestProof(${JSON.stringify(proofRequest(nonce))})`);

/** The request the person is asked about now, and how many wait in all, as our own pages see it. */
async function waiting(): Promise<readonly { readonly requestId: string; readonly total: number }[]> {
  return (await askWallet(app, 'requests.list', {})).waiting;
}

async function untilWaiting(count: number): Promise<string | undefined> {
  await expect.poll(async () => (await waiting())[0]?.total ?? 0).toBe(count);
  return (await waiting())[0]?.requestId;
}

async function denyFirst(): Promise<void> {
  const [request] = await waiting();
  if (request === undefined) throw new Error('Nothing waits.');
  await askWallet(app, 'requests.deny', { requestId: request.requestId });
}

test('of two sites that ask at once, each gets the answer to its own request', async () => {
  const other = await visit('/', '127.0.0.1');
  await ask(shop, 'proof');
  await untilWaiting(1);
  await ask(other, 'proof');
  await untilWaiting(2);

  await denyFirst();
  expect(await ended(shop, 'proof')).toMatchObject(DENIED);
  expect(await isPending(other, 'proof')).toBe(true);
  await denyFirst();
  expect(await ended(other, 'proof')).toMatchObject(DENIED);
  await other.close();
});

test('of two documents of one site that ask the same at once, each gets the answer to its own request', async () => {
  const other = await visit('/');
  await ask(shop, 'proof');
  await untilWaiting(1);
  await ask(other, 'proof');
  await untilWaiting(2);

  await denyFirst();
  expect(await ended(shop, 'proof')).toMatchObject(DENIED);
  expect(await isPending(other, 'proof')).toBe(true);
  await other.close();
  await untilWaiting(0);
});

test('of two requests of one document each gets its own answer, and identical ones share one', async () => {
  await ask(shop, 'first');
  await ask(shop, 'again');
  await untilWaiting(1);
  await ask(shop, 'second', 'BBBBBBBBBBBBBBBBBBBBBB');
  await untilWaiting(2);

  await denyFirst();
  expect(await ended(shop, 'first')).toMatchObject(DENIED);
  expect(await ended(shop, 'again')).toMatchObject(DENIED);
  expect(await isPending(shop, 'second')).toBe(true);
  await denyFirst();
  expect(await ended(shop, 'second')).toMatchObject(DENIED);
});

test('a fifth different request of one site is too many', async () => {
  for (const [i, letter] of ['C', 'D', 'E', 'F'].entries()) {
    await ask(shop, letter, letter.repeat(22));
    await untilWaiting(i + 1);
  }
  const fifth = `signet.requestProof(${JSON.stringify(proofRequest('GGGGGGGGGGGGGGGGGGGGGG'))})`;
  expect(await outcomeOf(shop, fifth)).toMatchObject({ code: -32005, name: 'SignetError' });
});

test('a request ends with its document: navigating away', async () => {
  await ask(shop, 'proof');
  await untilWaiting(1);
  await shop.goto(`${site.origin()}/elsewhere`);
  await untilWaiting(0);
});

test('a request ends with its document: reloading', async () => {
  await ask(shop, 'proof');
  await untilWaiting(1);
  await shop.reload();
  await untilWaiting(0);
});

test('a request ends with its document: closing the tab', async () => {
  const tab = await visit('/');
  await ask(tab, 'proof');
  await untilWaiting(1);
  await tab.close();
  await untilWaiting(0);
});

test('a document one navigates back to is told that its request ended, and gets only the answer of its new one', async () => {
  await ask(shop, 'before');
  await untilWaiting(1);
  await shop.goto(`${site.origin()}/elsewhere`);
  await ask(shop, 'elsewhere', 'HHHHHHHHHHHHHHHHHHHHHH');
  await untilWaiting(1);
  await shop.goBack();
  expect(await ended(shop, 'before')).toMatchObject(INTERRUPTED);

  await ask(shop, 'after');
  await untilWaiting(1);
  await denyFirst();
  expect(await ended(shop, 'after')).toMatchObject(DENIED);
  await shop.goForward();
  expect(await ended(shop, 'elsewhere')).toMatchObject(INTERRUPTED);
});

test('a call that is given up rejects with the reason, and nothing waits any more', async () => {
  await shop.evaluate('void (globalThis.controller = new AbortController())');
  await begin(shop, 'proof', `signet.requestProof(${JSON.stringify(proofRequest())}, { signal: controller.signal })`);
  await untilWaiting(1);
  await shop.evaluate(`controller.abort(new DOMException('Changed my mind', 'AbortError'))`);
  expect(await ended(shop, 'proof')).toMatchObject({ name: 'AbortError', message: 'Changed my mind' });
  await untilWaiting(0);
});

test('a call with a signal that was aborted before never waits', async () => {
  const aborted = `signet.requestProof(${JSON.stringify(proofRequest())}, { signal: AbortSignal.abort('no') })`;
  expect(await outcomeOf(shop, `${aborted}.catch((reason) => reason)`)).toEqual({ value: 'no' });
  expect(await waiting()).toEqual([]);
});

test('closing the consent window denies', async () => {
  await ask(shop, 'proof');
  const consent = await opened.waitForConsent();
  await until(consent, () => document.title !== '' && (document.querySelector('body')?.innerText ?? '').trim() !== '');
  await untilWaiting(1);
  await consent.close();
  expect(await ended(shop, 'proof')).toMatchObject(DENIED);
});

test('a worker that is killed while the request waits is back, with one window, and the page gets its one answer', async () => {
  await ask(shop, 'proof');
  const before = await untilWaiting(1);
  await opened.waitForConsent();
  await opened.killWorker();
  expect(await isPending(shop, 'proof')).toBe(true);

  const after = await untilWaiting(1);
  expect(after).toBe(before);
  expect(await opened.consentPages()).toHaveLength(1);
  await denyFirst();
  expect(await ended(shop, 'proof')).toMatchObject(DENIED);
});

test('a worker that is killed right after the denial still lets the page have it', async () => {
  await ask(shop, 'proof');
  await untilWaiting(1);
  await denyFirst();
  await opened.killWorker();
  expect(await ended(shop, 'proof')).toMatchObject(DENIED);
});

test('a document that closes while no worker runs does not leave its request behind', async () => {
  const tab = await visit('/');
  await ask(tab, 'proof');
  await untilWaiting(1);
  await opened.killWorker();
  await tab.close();
  await untilWaiting(0);
});

test('without the extension every call ends, also the one that waits', async () => {
  await withBrowser(async (own) => {
    const page = await own.browser.newPage();
    await page.goto(`${site.origin()}/`);
    await ask(page, 'proof');
    app = await own.openApp();
    await untilWaiting(1);
    await own.browser.uninstallExtension(EXTENSION_ID);
    expect(await ended(page, 'proof')).toMatchObject(INTERRUPTED);
    expect(await outcomeOf(page, 'signet.permissions()')).toMatchObject(INTERRUPTED);
  });
  app = await opened.openApp();
});
