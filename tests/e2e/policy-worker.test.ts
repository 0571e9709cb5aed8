import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { begin, ended, isPending } from './page-calls.ts';
import type { Scene } from './scene.ts';
import { askAge, askInWindow, openScene, untilNoWindow } from './scene.ts';
import { PASSWORD, askWallet } from './setup/harness.ts';

const DENIED = { code: 4001, name: 'SignetError' };
const GRANTED = { value: { claims: { age_over_21: true } } };

let scene: Scene;
let shop: Page;
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

const origin = (): string => scene.site.origin();
const waiting = async () => (await askWallet(scene.app, 'requests.list', {})).waiting;
const newest = async () => (await askWallet(scene.app, 'audit.list', { limit: 1 })).entries[0];

/** The person's answer to what is in the window, given behind it. */
async function allow(always?: readonly string[]): Promise<void> {
  const [request] = await waiting();
  if (request?.kind !== 'proof' || request.state.step !== 'ready') throw new Error('No proof can be allowed.');
  const consent = { requestId: request.requestId, digest: request.state.plans[0]?.digest ?? '' };
  await askWallet(scene.app, 'requests.allowProof', { ...consent, ...(always && { always: { claims: always } }) });
}

async function deny(never?: 'claims' | 'site'): Promise<void> {
  const [request] = await waiting();
  if (request === undefined) throw new Error('Nothing waits.');
  await askWallet(scene.app, 'requests.deny', { requestId: request.requestId, ...(never && { never }) });
}

test('a standing permission answers without a window, is counted, logged, read by its site and given up by it', async () => {
  await askInWindow(scene, shop, 'first');
  await allow(['age_over_21']);
  expect(await ended(shop, 'first')).toMatchObject(GRANTED);
  await untilNoWindow(scene.opened);

  await askAge(shop, 'second');
  expect(await ended(shop, 'second')).toMatchObject(GRANTED);
  expect(windows).toBe(1);
  expect(await newest()).toMatchObject({ kind: 'proof.allowed', decision: 'PERMIT', subject: origin() });
  const { rules } = await askWallet(scene.app, 'policy.get', {});
  expect(rules).toMatchObject([{ uses: 1, rule: { effect: 'permit', subject: { site: origin() } } }]);

  await begin(shop, 'mine', 'signet.permissions()');
  expect(await ended(shop, 'mine')).toEqual({ value: [{ claims: ['age_over_21'], format: 'dc+sd-jwt' }] });
  await begin(shop, 'leave', 'signet.disconnect()');
  expect(await ended(shop, 'leave')).toEqual({});
  expect((await askWallet(scene.app, 'policy.get', {})).rules).toEqual([]);
  await askInWindow(scene, shop, 'third');
  await deny();
  expect(await ended(shop, 'third')).toMatchObject(DENIED);
});

test('a permission needs the unlock alone: the window is there for that, and goes with the answer', async () => {
  await askInWindow(scene, shop, 'first');
  await allow(['age_over_21']);
  await ended(shop, 'first');
  await untilNoWindow(scene.opened);
  await askWallet(scene.app, 'wallet.lock', {});
  const appears = scene.opened.nextConsent();
  await askAge(shop, 'second');
  await appears;
  await askWallet(scene.app, 'wallet.unlock', { password: PASSWORD });
  expect(await ended(shop, 'second')).toMatchObject(GRANTED);
  await untilNoWindow(scene.opened);
});

test('a never is refused without a window, while the vault is locked and by the next worker too', async () => {
  await askInWindow(scene, shop, 'first');
  await deny('claims');
  expect(await ended(shop, 'first')).toMatchObject(DENIED);
  await untilNoWindow(scene.opened);
  await askWallet(scene.app, 'wallet.lock', {});
  await scene.opened.killWorker();
  await askAge(shop, 'second');
  expect(await ended(shop, 'second')).toMatchObject(DENIED);
  expect(windows).toBe(1);
  await askWallet(scene.app, 'wallet.unlock', { password: PASSWORD });
});

test('what a page asks by itself waits on the badge, and a window shows it when the person wants to see it', async () => {
  const request = { claims: ['age_over_21'], nonce: 'Q'.repeat(22), purpose: 'Nobody touched this page' };
  scene.site.route(
    '/by-itself',
    `<!doctype html><script>void signet.requestProof(${JSON.stringify(request)})</script>`,
  );
  await shop.goto(`${origin()}/by-itself`);
  await expect.poll(async () => (await waiting()).length).toBe(1);
  await expect.poll(() => scene.app.evaluate('chrome.action.getBadgeText({})')).toBe('1');
  expect(windows).toBe(0);
  const appears = scene.opened.nextConsent();
  await askWallet(scene.app, 'requests.show', {});
  await appears;
  await deny();
});

test('a site that was denied three times in a row is not listened to, by the next worker neither; another one is', async () => {
  for (const name of ['1', '2', '3']) {
    await askInWindow(scene, shop, name);
    await deny();
    await untilNoWindow(scene.opened);
  }
  await scene.opened.killWorker();
  await askAge(shop, '4');
  expect(await ended(shop, '4')).toMatchObject(DENIED);
  expect(windows).toBe(3);
  const other = await scene.visit('127.0.0.1');
  await askInWindow(scene, other);
  expect(await isPending(other, 'proof')).toBe(true);
  await deny();
});
