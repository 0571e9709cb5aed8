import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startIssuer } from '../../demo/issuer/server.ts';
import { begin, ended, isPending } from './page-calls.ts';
import type { Scene } from './scene.ts';
import { askAge, askInWindow, openScene, untilShown } from './scene.ts';
import {
  PASSWORD,
  acceptLicence,
  askWallet,
  createVault,
  deny,
  openBrowser,
  serve,
  text,
  untilSays,
} from './setup/harness.ts';

const MINUTE = 60_000;

const stateOf = async (ours: Page): Promise<string> => (await askWallet(ours, 'wallet.status', {})).vault;

/** What storage.local holds under a name. */
const stored = (ours: Page, name: string): Promise<Record<string, number>> =>
  ours.evaluate(
    async (key) => (await chrome.storage.local.get<Record<string, Record<string, number>>>(key))[key] ?? {},
    name,
  );

const store = (ours: Page, name: string, value: Record<string, number>): Promise<void> =>
  ours.evaluate((key, to) => chrome.storage.local.set({ [key]: to }), name, value);

/** Lets the time until the stored deadline pass, by moving that deadline into the past: no clock is touched. */
async function passDeadline(ours: Page): Promise<void> {
  const { deadline } = await stored(ours, 'autoLock');
  expect(deadline).toBeGreaterThan(Date.now());
  await store(ours, 'autoLock', { deadline: Date.now() - 1 });
}

describe('an open vault', () => {
  let scene: Scene;
  let shop: Page;

  beforeAll(async () => {
    scene = await openScene();
  });
  afterAll(() => scene[Symbol.asyncDispose]());
  beforeEach(async () => {
    shop = await scene.visit();
    if ((await stateOf(scene.app)) === 'locked') await askWallet(scene.app, 'wallet.unlock', { password: PASSWORD });
  });
  afterEach(async () => {
    await shop.close();
    await expect.poll(() => scene.opened.consentPages()).toEqual([]);
  });

  test('is open again after the worker died, and locked when the deadline passed meanwhile', async () => {
    await askWallet(scene.app, 'settings.set', { autoLockMinutes: 1, decoys: true });
    const { deadline = 0 } = await stored(scene.app, 'autoLock');
    expect(deadline - Date.now()).toBeGreaterThan(0);
    expect(deadline - Date.now()).toBeLessThanOrEqual(MINUTE);
    await scene.opened.killWorker();
    expect(await stateOf(scene.app)).toBe('unlocked');

    await passDeadline(scene.app);
    await scene.opened.killWorker();
    expect(await stateOf(scene.app)).toBe('locked');
    await expect(askWallet(scene.app, 'credentials.list', {})).rejects.toThrow('locked');
    await askWallet(scene.app, 'wallet.unlock', { password: PASSWORD });
    const { entries } = await askWallet(scene.app, 'audit.list', { limit: 5 });
    expect(entries).toContainEqual(expect.objectContaining({ kind: 'vault.locked', subject: 'timeout' }));
  });

  test('is not kept open by a page that waits and asks on: only the person puts the deadline off', async () => {
    const consent = await askInWindow(scene, shop);
    const before = await stored(scene.app, 'autoLock');
    for (let calls = 0; calls < 10; calls += 1) await shop.evaluate('signet.permissions()');
    await askAge(shop, 'more');
    await untilSays(consent, text('queue', '1', '2'));
    expect(await stored(scene.app, 'autoLock')).toEqual(before);

    await passDeadline(scene.app);
    await askWallet(scene.app, 'wallet.status', {});
    await shop.evaluate('signet.permissions()');
    expect(await stateOf(scene.app)).toBe('locked');
    expect(await isPending(shop, 'proof')).toBe(true);
  });

  test('rings the alarm for its deadline, not later', async () => {
    const { deadline } = await stored(scene.app, 'autoLock');
    const alarm = await scene.app.evaluate(() => chrome.alarms.get('auto-lock'));
    expect(Math.abs((alarm?.scheduledTime ?? 0) - (deadline ?? 0))).toBeLessThan(1000);
  });

  test('is locked by the signal that the screen was locked, dispatched as the browser would', async () => {
    const worker = await scene.opened.worker();
    // What a screen lock does cannot be had without a screen; the listener that waits for it can be called.
    await worker.evaluate(() => {
      (chrome.idle.onStateChanged as unknown as { dispatch(state: string): void }).dispatch('idle');
    });
    expect(await stateOf(scene.app)).toBe('unlocked');
    await worker.evaluate(() => {
      (chrome.idle.onStateChanged as unknown as { dispatch(state: string): void }).dispatch('locked');
    });
    await expect.poll(() => stateOf(scene.app)).toBe('locked');
    await scene.opened.killWorker();
    expect(await stateOf(scene.app)).toBe('locked');
  });

  test('when locked shows what is asked, and nothing of what could answer it', async () => {
    await askWallet(scene.app, 'wallet.lock', {});
    const appears = scene.opened.nextConsent();
    const purpose = await askAge(shop);
    const consent = await appears;
    await untilShown(consent, purpose, text('unlock'));
    const shown = await consent.evaluate(() => document.body.innerText);
    expect(shown.toLowerCase()).toContain('21');
    expect(shown).not.toContain('Driving licence');
    expect(shown).not.toContain('State of Example');
    const [waiting] = (await askWallet(consent, 'requests.list', {})).waiting;
    expect(waiting?.state).toEqual({ step: 'locked' });
    for (const route of ['credentials.list', 'attributes.list', 'settings.get'] as const) {
      await expect(askWallet(consent, route, {})).rejects.toThrow('locked');
    }
    const allow = { requestId: waiting?.requestId ?? '', digest: 'A'.repeat(43) };
    await expect(askWallet(consent, 'requests.allowProof', allow)).rejects.toThrow('locked');
    expect(await isPending(shop, 'proof')).toBe(true);
  });
});

describe('a site cannot tell', () => {
  test('no vault, a locked one, one without the credential, and a person who says no', async () => {
    const opened = await openBrowser();
    const site = await serve({ '/': '<!doctype html><title>site</title>' });
    const issuer = await startIssuer();
    const page = await opened.browser.newPage();
    await page.goto(site.origin());
    const app = await opened.openApp();
    const answers: unknown[] = [];
    /** Everything that a script can read off the error, but not where it was made. */
    const refusal = async (name: string, button: string): Promise<void> => {
      const appears = opened.nextConsent();
      const call = `signet.requestProof({ claims: ['age_over_21'], nonce: 'DDDDDDDDDDDDDDDDDDDDDD', purpose: '${name}' })`;
      const read = `(error) => Object.getOwnPropertyNames(error).filter((key) => key !== 'stack').map((key) => [key, error[key]])`;
      await begin(page, name, `${call}.catch(${read})`);
      const consent = await appears;
      await untilShown(consent, name, button);
      const closes = expect.poll(() => opened.consentPages());
      if (button === text('deny')) await deny(consent);
      else await consent.close();
      answers.push(await ended(page, name));
      await closes.toEqual([]);
    };
    await refusal('no vault', text('setup'));
    await createVault(app);
    await refusal('no credential', text('close'));
    await askWallet(app, 'wallet.lock', {});
    await refusal('locked', text('unlock'));
    await askWallet(app, 'wallet.unlock', { password: PASSWORD });
    await acceptLicence(opened, issuer);
    await askWallet(app, 'sites.unmute', { subject: site.origin() }); // three denials in a row have muted it
    await refusal('denied', text('deny'));

    const [first] = answers;
    expect(first).toMatchObject({ value: expect.arrayContaining([['code', 4001]]) as unknown });
    for (const answer of answers) expect(answer).toEqual(first);
    await opened.close();
    await Promise.all([site.close(), issuer.close()]);
  });
});

describe('across restarts of the browser', () => {
  let userDataDir: string;
  beforeAll(async () => {
    userDataDir = await mkdtemp(join(tmpdir(), 'signet-profile-'));
  });
  afterAll(() => rm(userDataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));

  /** A run of the browser on the same profile. */
  async function run(use: (app: Page) => Promise<void>): Promise<void> {
    const opened = await openBrowser({ userDataDir });
    try {
      await use(await opened.openApp());
    } finally {
      await opened.close();
    }
  }
  const tryWrong = (app: Page): Promise<unknown> => askWallet(app, 'wallet.unlock', { password: 'not the password' });

  test('the end of the browser locks, and the wait after wrong passwords outlives it and grows', async () => {
    await run(async (app) => {
      await createVault(app);
      expect(await stateOf(app)).toBe('unlocked');
    });
    await run(async (app) => {
      expect(await stateOf(app)).toBe('locked');
      for (let tries = 0; tries < 5; tries += 1) await expect(tryWrong(app)).rejects.toThrow('wrong_password');
      await expect(tryWrong(app)).rejects.toThrow('wait');
      // Five seconds pass: the time of the last try is moved back, no clock is touched.
      const { failures = 0, at = 0 } = await stored(app, 'attempts');
      expect(failures).toBe(5);
      await store(app, 'attempts', { failures, at: at - 5_000 });
      await expect(tryWrong(app)).rejects.toThrow('wrong_password');
    });
    await run(async (app) => {
      const { retryAt = 0 } = await askWallet(app, 'wallet.status', {});
      const { at = 0, failures = 0 } = await stored(app, 'attempts');
      expect(failures).toBe(6);
      expect(retryAt - at).toBe(30_000);
      await expect(askWallet(app, 'wallet.unlock', { password: PASSWORD })).rejects.toThrow('wait');
      await store(app, 'attempts', { failures, at: at - 30_000 });
      await askWallet(app, 'wallet.unlock', { password: PASSWORD });
      expect(await stateOf(app)).toBe('unlocked');
      expect(await stored(app, 'attempts')).toEqual({});
    });
  });
});
