import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { begin, ended, isPending, outcomeOf } from './page-calls.ts';
import type { Scene } from './scene.ts';
import { askAge, askInWindow, openScene, untilNoWindow, untilShown } from './scene.ts';
import { PASSWORD, approve, askWallet, clickNamed, deny, named, onboard, openBrowser } from './setup/harness.ts';
import { serve, text, unlock, untilSays } from './setup/harness.ts';

const DENIED = { code: 4001, name: 'SignetError' };
const GRANTED = { value: { claims: { age_over_21: true } } };

let scene: Scene;
let shop: Page;
/** Consent windows that were opened since the test began. */
let windows: number;

beforeAll(async () => {
  scene = await openScene();
  scene.opened.browser.on('targetcreated', (target) => {
    if (target.url().includes('consent.html')) windows += 1;
  });
});
afterAll(() => scene[Symbol.asyncDispose]());

beforeEach(async () => {
  shop = await scene.visit();
  windows = 0;
});
afterEach(() => scene.leave());

const untilQueued = (consent: Page, position: number, total: number): Promise<unknown> =>
  untilSays(consent, text('queue', String(position), String(total)));

test('two sites that ask at once share one window, one after the other, and each gets its own answer', async () => {
  const other = await scene.visit('127.0.0.1');
  const consent = await askInWindow(scene, shop);
  const second = await askAge(other);
  await untilQueued(consent, 1, 2);
  await approve(consent);
  expect(await ended(shop, 'proof')).toMatchObject(GRANTED);
  expect(await isPending(other, 'proof')).toBe(true);

  await untilShown(consent, second);
  expect(await consent.evaluate(() => document.querySelector('.queue'))).toBeNull();
  await deny(consent);
  expect(await ended(other, 'proof')).toMatchObject(DENIED);
  await untilNoWindow(scene.opened);
  expect(windows).toBe(1);
});

test('a hundred requests of five sites at once open one window, and all beyond twenty are too many', async () => {
  const secure = await serve({ '/': '<!doctype html><title>site</title>' }, { tls: true });
  const hosts = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}.example`);
  const pages = await Promise.all(hosts.map((host) => visitSecure(secure.origin(host))));
  const appears = scene.opened.nextConsent();
  const ask = `for (let i = 0; i < 20; i += 1) {
    const nonce = String(i).padStart(22, 'E');
    signet.requestProof({ claims: ['age_over_21'], nonce, purpose: 'Request ' + i }).catch(({ code }) => codes.push(code));
  }`;
  await Promise.all(pages.map((page) => page.evaluate(`globalThis.codes = []; ${ask}`)));
  const consent = await appears;
  await untilQueued(consent, 1, 20);
  const refusedBy = (page: Page): Promise<unknown> => page.evaluate('globalThis.codes');
  for (const page of pages) {
    await expect.poll(() => refusedBy(page)).toEqual(Array.from({ length: 16 }, () => -32005));
  }
  expect(windows).toBe(1);
  for (const page of pages) await page.close();
  await untilNoWindow(scene.opened);
  expect(windows).toBe(1);
  await secure.close();
});

async function visitSecure(url: string): Promise<Page> {
  const page = await scene.opened.browser.newPage();
  await page.goto(url);
  return page;
}

test('closing the window denies what it showed, and what nobody saw gets a window of its own', async () => {
  const consent = await askInWindow(scene, shop);
  const unseen = await askAge(shop, 'unseen');
  await untilQueued(consent, 1, 2);
  const appears = scene.opened.nextConsent();
  await consent.close();
  expect(await ended(shop, 'proof')).toMatchObject(DENIED);

  const next = await appears;
  await untilShown(next, unseen);
  expect(await isPending(shop, 'unseen')).toBe(true);
  await approve(next);
  expect(await ended(shop, 'unseen')).toMatchObject(GRANTED);
});

test('a request that comes as the window closes itself is asked all the same', async () => {
  for (const [round, host] of ['localhost', '127.0.0.1', '[::1]'].entries()) {
    shop = await scene.visit(host); // more denials of one site in a row would mute it
    const consent = await askInWindow(scene, shop, `first ${round}`);
    // The page asks again the moment it has its answer: the window is about to close, or just did.
    await begin(
      shop,
      `again ${round}`,
      `globalThis['signet test first ${round}'].then(() => signet.requestProof({
        claims: ['age_over_21'], nonce: '${String(round).padStart(22, 'B')}', purpose: 'Once more ${round}' }))`,
    );
    await deny(consent);
    expect(await ended(shop, `first ${round}`)).toMatchObject(DENIED);
    const next = await windowThatSays(`Once more ${round}`);
    expect(await isPending(shop, `again ${round}`)).toBe(true);
    await deny(next);
    expect(await ended(shop, `again ${round}`)).toMatchObject(DENIED);
    await untilNoWindow(scene.opened);
  }
});

/** The consent window with these words; the one before it may be there still, on its way out. */
async function windowThatSays(words: string): Promise<Page> {
  const sayings = async (): Promise<readonly string[]> => {
    open = await scene.opened.consentPages();
    return Promise.all(open.map((page) => page.evaluate(() => document.body.innerText).catch(() => '')));
  };
  let open: readonly Page[] = [];
  let at = -1;
  await expect.poll(async () => (at = (await sayings()).findIndex((said) => said.includes(words)))).not.toBe(-1);
  const found = open[at];
  if (found === undefined) throw new Error(`No window says "${words}".`);
  return found;
}

test('a request whose page goes elsewhere gives way to the next, and the window closes after the last', async () => {
  const other = await scene.visit('127.0.0.1');
  const consent = await askInWindow(scene, shop);
  const second = await askAge(other);
  await untilQueued(consent, 1, 2);
  await shop.goto(`${scene.site.origin()}/elsewhere`);
  await untilShown(consent, second);
  expect(await isPending(other, 'proof')).toBe(true);
  await other.goto(`${scene.site.origin()}/elsewhere`);
  await untilNoWindow(scene.opened);
  expect(windows).toBe(1);
});

test('an identical call joins the one that waits, and both get the same proof', async () => {
  const call = `signet.requestProof({ claims: ['age_over_21'], nonce: 'CCCCCCCCCCCCCCCCCCCCCC', purpose: 'Twins' })`;
  const appears = scene.opened.nextConsent();
  await begin(shop, 'one', call);
  await begin(shop, 'two', call);
  const consent = await appears;
  await untilShown(consent, 'Twins');
  expect((await askWallet(scene.app, 'requests.list', {})).waiting[0]?.total).toBe(1);
  await approve(consent);
  const one = await ended(shop, 'one');
  expect(one).toMatchObject(GRANTED);
  expect(await ended(shop, 'two')).toEqual(one);
});

test('the fifth request of an origin is too many, and the window goes on with the four', async () => {
  const consent = await askInWindow(scene, shop, '1');
  for (const name of ['2', '3', '4']) await askAge(shop, name);
  await untilQueued(consent, 1, 4);
  await askAge(shop, '5');
  expect(await ended(shop, '5')).toMatchObject({ code: -32005 });
  await approve(consent);
  await untilQueued(consent, 1, 3);
  await deny(consent);
  await untilQueued(consent, 1, 2);
  await consent.close();
  expect(await ended(shop, '3')).toMatchObject(DENIED);
  const last = await scene.opened.waitForConsent();
  await named(last, text('allow_once'), 'button');
  await deny(last);
  expect(await ended(shop, '4')).toMatchObject(DENIED);
});

test('locked: the same window unlocks, shows the plan and sends the answer', async () => {
  await askWallet(scene.app, 'wallet.lock', {});
  const appears = scene.opened.nextConsent();
  const purpose = await askAge(shop);
  const consent = await appears;
  await untilShown(consent, purpose, text('unlock'));
  await unlock(consent, PASSWORD);
  await untilShown(consent, purpose);
  await approve(consent);
  expect(await ended(shop, 'proof')).toMatchObject(GRANTED);
  expect(windows).toBe(1);
});

test('without a vault the request waits until one is made, and can then be answered', async () => {
  const opened = await openBrowser();
  const site = await serve({ '/': '<!doctype html><title>site</title>' });
  const page = await opened.browser.newPage();
  await page.goto(site.origin());
  const appears = opened.nextConsent();
  const purpose = await askAge(page);
  const consent = await appears;
  await untilShown(consent, purpose, text('setup'));
  const tab = opened.browser.waitForTarget((target) => target.url().includes('app.html'));
  await clickNamed(consent, text('setup'), 'button');
  const app = await (await tab).page();
  if (app === null) throw new Error('There is no tab.');
  await onboard(app, PASSWORD);
  expect(await isPending(page, 'proof')).toBe(true);

  await untilShown(consent, text('nothing_title'), text('close'));
  await consent.bringToFront();
  await clickNamed(consent, text('close'), 'button');
  expect(await ended(page, 'proof')).toMatchObject(DENIED);
  expect(await outcomeOf(page, 'signet.permissions()')).toEqual({ value: [] });
  await opened.close();
  await site.close();
});
