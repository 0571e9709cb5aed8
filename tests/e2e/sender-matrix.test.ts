import type { Page } from 'puppeteer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FORGE, outcomeOf } from './page-calls.ts';
import { openBrowser, serve, until, withBrowser } from './setup/harness.ts';
import type { ExtensionBrowser, TestServer } from './setup/harness.ts';

let opened: ExtensionBrowser;
let site: TestServer;
let other: TestServer;
let secure: TestServer;

/** What one document can see and reach. */
const PROBE = `${FORGE}
const probe = async () => ({
  signet: typeof window.signet,
  forged: await forge('permissions', {}),
  runtime: typeof globalThis.chrome?.runtime?.connect,
});`;
const PROBE_PAGE = `<!doctype html><title>probe</title><script>${PROBE}
probe().then((seen) => parent.postMessage(seen, '*'));</script>`;

const NOTHING = { signet: 'undefined', forged: 'not taken', runtime: 'undefined' };
const EVERYTHING = { signet: 'object', forged: { ok: true, result: [] }, runtime: 'undefined' };

beforeAll(async () => {
  opened = await openBrowser();
  const pages = {
    '/': `<!doctype html><title>site</title><script>${PROBE}</script>`,
    '/probe': PROBE_PAGE,
    '/sandboxed': { body: PROBE_PAGE, headers: { 'content-security-policy': 'sandbox allow-scripts' } },
  };
  [site, other, secure] = await Promise.all([serve(pages), serve(pages), serve(pages, { tls: true })]);
});

afterAll(async () => {
  await opened.close();
  await Promise.all([site.close(), other.close(), secure.close()]);
});

async function visit(url: string): Promise<Page> {
  const page = await opened.browser.newPage();
  await page.goto(url);
  return page;
}

const probe = (page: Page) => page.evaluate('probe()');

/** What a frame made of `html` inside the top document reports. */
async function probeFrame(html: string, prepare = ''): Promise<unknown> {
  const page = await visit(`${site.origin()}/`);
  const seen = await page.evaluate(`new Promise((resolve) => {
    addEventListener('message', (event) => resolve(event.data), { once: true });
    ${prepare}
    document.body.insertAdjacentHTML('beforeend', ${html});
  })`);
  await page.close();
  return seen;
}

test('the top document of http on this machine has the provider, and its calls are answered', async () => {
  expect(await probe(await visit(`${site.origin()}/`))).toEqual(EVERYTHING);
});

test('the top document of http on 127.0.0.1 has the provider', async () => {
  expect(await probe(await visit(`${site.origin('127.0.0.1')}/`))).toEqual(EVERYTHING);
});

test('the top document of https has the provider', async () => {
  expect(await probe(await visit(`${secure.origin('shop.example')}/`))).toEqual(EVERYTHING);
});

test('a plain-http host has nothing', async () => {
  expect(await probe(await visit(`${site.origin('shop.example')}/`))).toEqual(NOTHING);
});

test('a frame of the same origin has nothing', async () => {
  expect(await probeFrame(`'<iframe src="/probe"></iframe>'`)).toEqual(NOTHING);
});

test('a frame of another origin has nothing', async () => {
  expect(await probeFrame(`'<iframe src="${other.origin()}/probe"></iframe>'`)).toEqual(NOTHING);
});

test('a sandboxed frame has nothing', async () => {
  expect(await probeFrame(`'<iframe sandbox="allow-scripts" src="/probe"></iframe>'`)).toEqual(NOTHING);
});

test('a srcdoc frame has nothing', async () => {
  const source = JSON.stringify(PROBE_PAGE).replaceAll('<', '\\u003c');
  const prepare = `const frame = document.createElement('iframe'); frame.srcdoc = ${source}; document.body.append(frame);`;
  expect(await probeFrame(`''`, prepare)).toEqual(NOTHING);
});

test('a blob frame has nothing', async () => {
  const source = JSON.stringify(PROBE_PAGE).replaceAll('<', '\\u003c');
  const prepare = `const url = URL.createObjectURL(new Blob([${source}], { type: 'text/html' }));`;
  expect(await probeFrame(`'<iframe src="' + url + '"></iframe>'`, prepare)).toEqual(NOTHING);
});

test('a data frame has nothing', async () => {
  const url = `data:text/html,${encodeURIComponent(PROBE_PAGE)}`;
  expect(await probeFrame(JSON.stringify(`<iframe src="${url}"></iframe>`))).toEqual(NOTHING);
});

test('a top document of data has nothing', async () => {
  const page = await visit(`data:text/html,${encodeURIComponent(`<script>${PROBE}</script>`)}`);
  expect(await probe(page)).toEqual(NOTHING);
});

test('a top document of blob has nothing', async () => {
  const page = await visit(`${site.origin()}/`);
  const source = JSON.stringify(`<script>${PROBE}</script>`).replaceAll('<', '\\u003c');
  const url = (await page.evaluate(`URL.createObjectURL(new Blob([${source}], { type: 'text/html' }))`)) as string; // a URL
  const popup = new Promise<Page | null>((resolve) => page.once('popup', resolve));
  await page.evaluate((address) => void window.open(address), url);
  const blob = await popup;
  if (blob === null) throw new Error('The blob did not open.');
  await until(blob, () => document.readyState === 'complete' && document.scripts.length > 0);
  expect(await probe(blob)).toEqual(NOTHING);
});

test('a document with CSP sandbox has nothing, though its address is that of a site', async () => {
  const page = await visit(`${site.origin()}/sandboxed`);
  expect(await page.evaluate('self.origin')).toBe('null');
  expect(await probe(page)).toEqual(NOTHING);
});

test('a page that asks for the provider gets it announced, frozen, with who it is', async () => {
  const page = await visit(`${site.origin()}/`);
  const announced = await page.evaluate(`new Promise((resolve) => {
    addEventListener('signet:announceProvider', ({ detail }) => resolve({
      same: detail.provider === window.signet,
      frozen: [detail, detail.info, detail.provider].every(Object.isFrozen),
      info: detail.info,
    }), { once: true });
    dispatchEvent(new Event('signet:requestProvider'));
  })`);
  expect(announced).toMatchObject({
    same: true,
    frozen: true,
    info: { name: 'Signet', rdns: 'tools.signet', uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string },
  });
});

test('a page with a top-level signet of its own is not broken by ours', async () => {
  site.route('/own-names', '<!doctype html><script>let signet = 1; globalThis.first = signet;</script>');
  site.route('/own-function', '<!doctype html><script>function signet() {} globalThis.first = typeof signet;</script>');
  expect(await (await visit(`${site.origin()}/own-names`)).evaluate('first')).toBe(1);
  expect(await (await visit(`${site.origin()}/own-function`)).evaluate('first')).toBe('function');
});

test('a prerendered document waits until it is shown, and a forged call from it is refused', async () => {
  site.route(
    '/next',
    `<!doctype html><title>next</title><script>${FORGE}
    globalThis.began = document.prerendering;
    globalThis.forged = forge('permissions', {});
    globalThis.forgedWhile = forged.then(() => document.prerendering);
    globalThis.answered = signet.permissions().then((value) => ({ value, prerendering: document.prerendering }));
    forged.then(() => fetch('/forged-answered'));
    </script>`,
  );
  site.route('/forged-answered', 'ok');
  site.route(
    '/first',
    `<!doctype html><script type="speculationrules">{"prerender":[{"urls":["/next"],"eagerness":"immediate"}]}</script>
    <a href="/next">next</a>`,
  );
  const page = await visit(`${site.origin()}/first`);
  await expect.poll(() => site.received.map((r) => r.path)).toContain('/forged-answered');
  await Promise.all([page.waitForNavigation(), page.click('a')]);

  expect(await page.evaluate('began')).toBe(true);
  expect(await page.evaluate('forged')).toMatchObject({ ok: false, error: { code: 4900 } });
  expect(await page.evaluate('forgedWhile')).toBe(true);
  expect(await page.evaluate('answered')).toEqual({ value: [], prerendering: false });
});

test('a document restored from the cache lost what it had open, and can ask again', async () => {
  const cacheable = { 'cache-control': 'max-age=60' };
  site.route('/kept', {
    headers: cacheable,
    body: `<!doctype html><script>
    addEventListener('pageshow', ({ persisted }) => { globalThis.persisted = persisted; });
    globalThis.lost = signet.requestProof({ claims: ['age_over_21'], nonce: 'AAAAAAAAAAAAAAAAAAAAAA', purpose: 'x' })
      .then(() => 'answered', (error) => error.code);
    </script>`,
  });
  const page = await visit(`${site.origin()}/kept`);
  expect(await outcomeOf(page, 'signet.permissions()')).toEqual({ value: [] });
  await page.goto(`${other.origin()}/`);
  await page.goBack();
  expect(await page.evaluate('persisted')).toBe(true);
  expect(await page.evaluate('lost')).toBe(4900);
  expect(await outcomeOf(page, 'signet.permissions()')).toEqual({ value: [] });
});

test('loading a page does not wake the worker', async () => {
  // In a browser of its own: a consent window of another test would wake the worker as it closes.
  await withBrowser(async (fresh) => {
    await fresh.killWorker();
    const page = await fresh.browser.newPage();
    await page.goto(`${site.origin()}/`);
    expect(await page.evaluate('typeof signet')).toBe('object');
    await page.goto(`${other.origin()}/`);
    expect(fresh.isWorkerRunning()).toBe(false);
  });
});
