import type { Page } from 'puppeteer';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ended } from '../../e2e/page-calls.ts';
import { PASSWORD, askWallet, clickNamed, clickWhenArmed, text, untilSays } from '../../e2e/setup/harness.ts';
import type { Reply } from '../../e2e/setup/harness.ts';
import type { Members } from './foreign-verifier.ts';
import type { IssuerTerms, TheirIssuer } from './their-issuer/index.ts';
import { refuse, startTheirIssuer } from './their-issuer/index.ts';
import type { Wallet, Way } from './their-issuer/wallet.ts';
import { BY_CREATE, EACH_WAY, openWallet, signIn, take, untilRefused } from './their-issuer/wallet.ts';

let wallet: Wallet;
/** What the person sees of their credentials. */
let list: Page;

beforeAll(async () => {
  wallet = await openWallet();
  list = await wallet.opened.openApp('#/credentials');
});
afterAll(() => wallet[Symbol.asyncDispose]());
afterEach(() => wallet.leave());

const promises = async () => (await askWallet(wallet.app, 'issuance.list', {})).promised;

const giveUp = async (): Promise<void> => {
  for (const { id } of await promises()) await askWallet(wallet.app, 'issuance.stop', { id });
};

const asksOf = (issuer: TheirIssuer): number => issuer.asked().filter(({ path }) => path === '/deferred').length;

/** Takes an offer that is promised for later, and closes the window that says so. */
async function takePromise(issuer: TheirIssuer, way: Way = BY_CREATE): Promise<Members> {
  const page = await wallet.visit(issuer);
  const consent = await wallet.offerIn(page, way, await issuer.offer());
  await take(consent);
  return untilPromised(page, consent);
}

/** @returns what the page was told */
async function untilPromised(page: Page, consent: Page): Promise<Members> {
  await untilSays(consent, text('offer_promised'));
  const closed = new Promise((resolve) => consent.once('close', resolve));
  await clickNamed(consent, text('close'), 'button');
  const outcome = await ended(page, 'offer');
  if (!('value' in outcome)) throw new Error(outcome.message);
  await closed;
  await page.close();
  return outcome.value as Members; // the members of an OfferResponse, or of a DigitalCredential
}

describe.each(EACH_WAY)('by %s, an issuer that is not ready', (name, way) => {
  afterEach(giveUp);

  test('is asked again after a while, without the person, and gives what it promised', async () => {
    await using issuer = await startTheirIssuer({ rounds: 1, dpop: 'nonces', encrypted: true });
    const before = await wallet.holdings();
    const told = await takePromise(issuer, way);
    expect(told).toEqual(
      name === 'window.signet.offerCredential'
        ? { accepted: true, credentials: 0, promised: 1 }
        : { protocol: 'openid4vci-v1', data: {} },
    );
    expect(await wallet.holdings()).toEqual({ copies: before.copies, promised: 1 });
    await expect.poll(() => wallet.holdings()).toEqual({ copies: before.copies + 3, promised: 0 });
    expect(issuer.refusals).toEqual([]);
  });
});

describe('an issuer that is not ready', () => {
  afterEach(giveUp);

  const arrived = async (issuer: TheirIssuer, before: number): Promise<void> => {
    await expect.poll(() => wallet.holdings()).toEqual({ copies: before + 3, promised: 0 });
    expect(issuer.refusals).toEqual([]);
  };

  test('is asked until it is, by a wallet whose worker was ended meanwhile', async () => {
    await using issuer = await startTheirIssuer({ rounds: 2, dpop: 'bound' });
    const { copies } = await wallet.holdings();
    await takePromise(issuer);
    await Promise.all([wallet.app, list].map((page) => page.goto('about:blank'))); // pages of ours would wake it
    await wallet.opened.killWorker();
    await expect.poll(() => asksOf(issuer)).toBeGreaterThan(0);
    await Promise.all([wallet.app, list].map((page) => page.goto(wallet.opened.url('app.html#/credentials'))));
    await arrived(issuer, copies);
  });

  test('is asked nothing by a locked wallet, and gives it once that is unlocked', async () => {
    await using issuer = await startTheirIssuer({ rounds: 1, dpop: 'bound' });
    const { copies } = await wallet.holdings();
    await takePromise(issuer);
    await askWallet(wallet.app, 'wallet.lock', {});
    const alarms = await wallet.app.evaluate(() => chrome.alarms.getAll());
    expect(alarms.map((alarm) => alarm.name)).not.toContain('promises');
    expect(asksOf(issuer)).toBe(0);
    await askWallet(wallet.app, 'wallet.unlock', { password: PASSWORD });
    await arrived(issuer, copies);
  });

  test('gives it to who has signed in, with the token of that time', async () => {
    await using issuer = await startTheirIssuer({ rounds: 1, dpop: 'nonces', withoutScope: true });
    const { copies } = await wallet.holdings();
    const page = await wallet.visit(issuer);
    const consent = await wallet.offerIn(page, BY_CREATE, await issuer.offer('authorization_code'));
    await clickWhenArmed(consent, text('offer_continue'));
    await signIn(wallet, consent, issuer);
    await untilPromised(page, consent);
    await arrived(issuer, copies);
  });

  test('and never is, can be asked by hand and is asked no more when the person says so', async () => {
    await using issuer = await startTheirIssuer({ rounds: Infinity });
    const before = await wallet.holdings();
    await takePromise(issuer);
    await list.bringToFront();
    await clickNamed(list, text('promised_ask'), 'button');
    await untilSays(list, text('promised_not_yet'));
    await clickNamed(list, text('promised_stop'), 'button');
    await untilSays(list, text('promised_stop_means'));
    await (await list.waitForSelector('dialog .harm'))?.click();
    await expect.poll(() => wallet.holdings()).toEqual(before);
  });

  const passing: readonly (readonly [string, () => Reply])[] = [
    ['sends the wallet on to another, is not followed there', () => redirectTo(`${wallet.canary.origin()}/deferred`)],
    ['is in trouble, is borne with', () => refuse('temporarily_unavailable', 503)],
    ['is asked too much, is borne with', () => ({ status: 429, headers: { 'retry-after': '5' } })],
  ];
  test.each(passing)('and %s, and can be asked again', async (_, answer) => {
    await using issuer = await startTheirIssuer({
      rounds: 1,
      dpop: 'bound',
      routes: () => ({ '/deferred': answer() }),
    });
    const { copies } = await wallet.holdings();
    await takePromise(issuer);
    await expect.poll(() => asksOf(issuer)).toBe(1);
    await expect.poll(async () => (await promises()).map(({ lastAskedAt }) => typeof lastAskedAt)).toEqual(['number']);
    expect((await promises()).map(({ state }) => state)).toEqual(['waiting']);
    expect(await wallet.holdings()).toEqual({ copies, promised: 1 });
  });
  const redirectTo = (location: string): Reply => ({ status: 307, headers: { location } });
});

describe('an issuer that does not keep its promise', () => {
  const deferred = (change: (honest: Members) => Members): IssuerTerms => ({
    ...{ rounds: 1, dpop: 'bound' },
    lie: (path, honest) => (path === '/deferred' ? { ...honest, ...change(honest) } : honest),
  });
  const answering = (error: string): IssuerTerms => ({
    ...{ rounds: 1, dpop: 'bound', routes: () => ({ '/deferred': refuse(error) }) },
  });
  const firstOf = ({ credentials }: Members): unknown => (credentials as readonly unknown[])[0]; // what §9.2 has there

  const broken: readonly (readonly [string, () => IssuerTerms | Promise<IssuerTerms>])[] = [
    ['knows of none', () => answering('invalid_transaction_id')],
    ['has thought better of it', () => answering('credential_request_denied')],
    [
      'gives it to another’s key',
      async () => ({
        ...{ rounds: 1, dpop: 'bound' },
        holder: await exportJWK((await generateKeyPair('ES256')).publicKey),
      }),
    ],
    ['gives one for many keys', () => deferred((honest) => ({ credentials: Array(3).fill(firstOf(honest)) }))],
    ['gives nothing', () => deferred(() => ({ credentials: [] }))],
    ['gives what is none', () => deferred(() => ({ credentials: [{ credential: 'a.b.c~' }] }))],
    ['speaks of another promise', () => deferred(() => ({ credentials: undefined, transaction_id: 'x', interval: 1 }))],
  ];
  const issuers = new Map<string, TheirIssuer>();
  let copies: number;
  // All at once: the wallet lets each of them wait for seconds.
  beforeAll(async () => {
    ({ copies } = await wallet.holdings());
    for (const [name, terms] of broken) {
      const issuer = await startTheirIssuer(await terms());
      issuers.set(name, issuer);
      await takePromise(issuer);
    }
  });
  afterAll(async () => {
    for (const issuer of issuers.values()) await issuer[Symbol.asyncDispose]();
  });

  test.each(broken)('and %s is asked once, and nothing is kept', async (name) => {
    const issuer = issuers.get(name);
    if (issuer === undefined) throw new Error(`${name}: has promised nothing`);
    const promised = async () => (await promises()).find(({ issuer: { origin } }) => origin === issuer.origin);
    await expect.poll(promised).toMatchObject({ state: 'failed', message: expect.stringMatching(/\S/) as string });
    expect(asksOf(issuer)).toBe(1);
    expect((await wallet.holdings()).copies).toBe(copies);
  });

  test('is shown where the person looks for what was promised, and is taken off there', async () => {
    const before = (await promises()).length;
    await list.bringToFront();
    await untilSays(list, text('promised_failed'));
    await clickNamed(list, text('promised_remove'), 'button');
    await expect.poll(async () => (await promises()).length).toBe(before - 1);
    await giveUp();
  });
});

describe('an issuer whose promise is none', () => {
  const empty: readonly (readonly [string, Members])[] = [
    ['nothing to ask by', { transaction_id: undefined }],
    ['an empty name to ask by', { transaction_id: '' }],
    ['an interval that is no time', { interval: -1 }],
  ];
  test.each(empty)('as it has %s, fails in the window', async (_, change) => {
    await using issuer = await startTheirIssuer({
      rounds: 1,
      lie: (path, honest) => (path === '/credential' ? { ...honest, ...change } : honest),
    });
    const before = await wallet.holdings();
    const page = await wallet.visit(issuer);
    const consent = await wallet.offerIn(page, BY_CREATE, await issuer.offer());
    await take(consent);
    await untilRefused(page, consent);
    expect(await wallet.holdings()).toEqual(before);
  });
});
