import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readOffer } from '../../lib/capabilities/index.ts';
import type { AuthorityView } from '../../lib/messaging/contract.ts';
import { begin, ended, isPending, outcomeOf } from './page-calls.ts';
import { untilArmed, untilNoWindow } from './scene.ts';
import {
  PASSWORD,
  askWallet,
  axeAndScreenshot,
  clickNamed,
  clickWhenArmed,
  createVault,
  findNamed,
  named,
  openBrowser,
  pressNamed,
  serve,
  text,
  unlock,
  untilSays,
} from './setup/harness.ts';
import type { ExtensionBrowser, TestServer } from './setup/harness.ts';
import type { TinyBank } from './tiny-bank.ts';
import { STANDING_LIMIT, newSigner, startTinyBank } from './tiny-bank.ts';
import type { TinyMerchant } from './tiny-merchant.ts';
import { issuerOf, responseIn, startTinyMerchant } from './tiny-merchant.ts';

const DENIED = { code: 4001, name: 'SignetError', message: 'The request was not granted.' };
const TAKEN = { value: { accepted: true, credentials: 0 } };
const GRANT = 'Up to $200.00 each time, for “purchase”, anywhere';

let opened: ExtensionBrowser;
let app: Page;
/** A bank and a shop of the test's own. */
let bank: TinyBank;
let counter: Page;
let site: TestServer;
let shop: Page;
let merchant: TinyMerchant;
/** The person's key for the bank, as its page learned it. */
let person: string;
/** Consent windows that were opened since the test began. */
let windows: number;

beforeAll(async () => {
  opened = await openBrowser();
  app = await opened.openApp();
  await app.setViewport({ width: 1100, height: 900 });
  await createVault(app);
  opened.browser.on('targetcreated', (target) => {
    if (target.url().includes('consent.html')) windows += 1;
  });
});
afterAll(() => opened.close());

beforeEach(async () => {
  bank = await startTinyBank();
  site = await serve({ '/': '<!doctype html><title>shop</title>' }, { tls: true });
  merchant = await startTinyMerchant(site.origin('shop.example'));
  [counter, shop] = [await visit(bank.origin), await visit(site.origin('shop.example'))];
  const enrol = { kind: 'enrol', domain: bank.origin, purpose: 'To offer you a standing limit' };
  const appears = opened.nextConsent();
  await begin(counter, 'enrol', `signet.requestCapability(${JSON.stringify(enrol)})`);
  await clickWhenArmed(await appears, text('allow_once'));
  person = issuerOf(responseIn(await ended(counter, 'enrol')).token);
  await untilNoWindow(opened);
  windows = 0;
});
afterEach(async () => {
  const pages = await opened.browser.pages();
  await Promise.all(pages.filter((one) => /^https?:/.test(one.url())).map((one) => one.close()));
  await untilNoWindow(opened);
  await Promise.all([site.close(), bank[Symbol.asyncDispose]()]);
  await askWallet(app, 'wallet.unlock', { password: PASSWORD }).catch(() => undefined); // where a test left it locked
  for (const { authority } of (await askWallet(app, 'authorities.list', {})).trusted) {
    await askWallet(app, 'authorities.distrust', { authority }); // what stands of one test stands behind no other's token
  }
});

async function visit(origin: string): Promise<Page> {
  const page = await opened.browser.newPage();
  await page.goto(origin);
  return page;
}

const handing = (offer: string): string => `signet.offerCredential(${JSON.stringify({ authority_offer: offer })})`;

/** Hands an offer over at the bank's page, and returns the window that asks the person. */
async function offerInWindow(offer: string): Promise<Page> {
  const appears = opened.nextConsent();
  await begin(counter, 'offer', handing(offer));
  const consent = await appears;
  await consent.waitForSelector('.decide .button');
  await consent.bringToFront();
  return consent;
}

/** The person takes an offer of a bank that they do not trust yet. */
async function accept(offer: string): Promise<void> {
  const consent = await offerInWindow(offer);
  await clickWhenArmed(consent, text('offer_continue'));
  await clickWhenArmed(consent, text('offer_accept'));
  expect(await ended(counter, 'offer')).toEqual(TAKEN);
  await untilNoWindow(opened);
}

/** The shop asks for money, and the window is there. */
async function askAtShop(changes: object = {}): Promise<Page> {
  const spec = {
    ...{ kind: 'purchase', max_amount: '150.00', currency: 'USD', domain: site.origin('shop.example') },
    ...{ holder_jwk: merchant.holderJwk, purpose: 'Six bottles of Riesling', ...changes },
  };
  const appears = opened.nextConsent();
  await begin(shop, 'token', `signet.requestCapability(${JSON.stringify(spec)})`);
  const consent = await appears;
  await named(consent, text('allow_once'), 'button');
  return consent;
}

const offers = async (): Promise<readonly AuthorityView[]> =>
  (await askWallet(app, 'authorities.list', {})).offers.filter(({ authority }) => authority === bank.origin);

const isTrusted = async (): Promise<boolean> =>
  (await askWallet(app, 'authorities.list', {})).trusted.some(({ authority }) => authority === bank.origin);

async function go(heading: string): Promise<void> {
  await app.bringToFront();
  await app.goto(opened.url('app.html#/capabilities/.authorities'));
  await app.reload();
  await named(app, heading, 'heading');
}

const expectNoFault = async (name: string, page: Page): Promise<void> =>
  expect(await axeAndScreenshot(name, page)).toEqual([]);

describe('a bank offers a standing limit', () => {
  test('nothing is fetched before the person’s click; what they accept stands behind what they allow at a shop, until it is revoked', async () => {
    await go(text('authorities_empty'));
    await expectNoFault('app-authorities-empty', app);
    const offer = await bank.offer(person);
    const consent = await offerInWindow(offer);
    await untilSays(consent, text('authority_ask_title'));
    await expectNoFault('consent-authority-ask', consent);
    expect(bank.asked).toEqual([]);
    await clickWhenArmed(consent, text('offer_continue'));
    await untilSays(consent, GRANT);
    await untilSays(consent, text('authority_untrusted'));
    await expectNoFault('consent-authority-review', consent);
    expect(bank.asked).toHaveLength(1);
    expect(bank.asked[0]?.headers.cookie).toBeUndefined();
    expect(bank.asked[0]?.headers.referer).toBeUndefined();
    expect(await isPending(counter, 'offer')).toBe(true);
    await clickWhenArmed(consent, text('offer_accept'));
    expect(await ended(counter, 'offer')).toEqual(TAKEN);
    await untilNoWindow(opened);
    expect(await offers()).toMatchObject([{ state: 'accepted' }]);
    expect(await isTrusted()).toBe(true);

    const asks = await askAtShop();
    await untilSays(asks, GRANT);
    await untilSays(asks, `${new URL(bank.origin).host} signed the same for all of them`);
    await expectNoFault('consent-capability-standing', asks);
    await clickWhenArmed(asks, text('allow_once'));
    const { token, standing } = responseIn(await ended(shop, 'token'));
    const issuers = [{ authority: bank.origin, keys: bank.keys }];
    expect(await merchant.take(token, { amount: '150.00', issuers, proves: true })).toMatchObject({
      allowed: false,
      reasons: [{ reason: 'untrusted_issuer' }],
    });
    const shown = { amount: '150.00', issuers, standing: standing ?? '', proves: true };
    const { jti } = readOffer(offer).claims;
    const revoked = [{ authority: bank.origin, keys: bank.keys, isRevoked: (one: string) => one === jti }];
    expect(await merchant.take(token, { ...shown, issuers: revoked })).toMatchObject({ allowed: false });
    expect(await merchant.take(token, shown)).toMatchObject({ allowed: true });

    await go(text('authority_offers'));
    await untilSays(app, GRANT);
    await expectNoFault('app-authorities', app);
    expect(await outcomeOf(counter, handing(await bank.revoke(offer)))).toEqual(TAKEN);
    expect(windows).toBe(2);
    expect(await offers()).toMatchObject([{ state: 'revoked' }]);
    await untilNoWindow(opened);
    const after = await askAtShop({ purpose: 'After it was revoked' });
    await untilSays(after, text('recognise_same_key_why'));
    expect(await findNamed(after, text('cap_standing'), 'heading')).toBeNull();
  });

  test('the person can show a token without it, and another choice starts the wait afresh', async () => {
    await accept(await bank.offer(person));
    const consent = await askAtShop();
    await untilArmed(consent);
    await clickNamed(consent, text('cap_standing_none'), 'radio');
    await untilArmed(consent, false);
    await untilSays(consent, text('recognise_same_key_why'));
    await clickWhenArmed(consent, text('allow_once'));
    const { token, standing } = responseIn(await ended(shop, 'token'));
    expect(standing).toBeUndefined();
    expect(await merchant.take(token, { amount: '150.00', proves: true })).toMatchObject({ allowed: true });
  });

  test('it is not shown with more than it is for', async () => {
    await accept(await bank.offer(person));
    const consent = await askAtShop({ max_amount: '200.01' });
    expect(await findNamed(consent, text('cap_standing'), 'heading')).toBeNull();
  });

  test('declining is no, and the same offer is not asked about again', async () => {
    const offer = await bank.offer(person);
    const consent = await offerInWindow(offer);
    await clickWhenArmed(consent, text('offer_continue'));
    await clickNamed(consent, text('authority_decline'), 'button');
    expect(await ended(counter, 'offer')).toMatchObject(DENIED);
    await untilNoWindow(opened);
    expect(await offers()).toMatchObject([{ state: 'rejected' }]);
    expect(await isTrusted()).toBe(false);
    expect(await outcomeOf(counter, handing(offer))).toMatchObject(DENIED);
    expect(windows).toBe(1);
  });

  test('a second offer of a bank on the list is reviewed at once, and nothing is fetched; it is decided by the keyboard', async () => {
    await accept(await bank.offer(person));
    const grants = [{ ...STANDING_LIMIT, audiences: ['https://rail.example'], policy: '(<= (get req "amount") 5000)' }];
    const consent = await offerInWindow(await bank.offer(person, grants as never));
    await untilSays(consent, 'Up to $200.00 each time, for “purchase”, at rail.example');
    await untilSays(consent, text('authority_trusted'));
    await expectNoFault('consent-authority-trusted', consent);
    await untilArmed(consent);
    await pressNamed(consent, text('offer_accept'));
    expect(await ended(counter, 'offer')).toEqual(TAKEN);
    expect(bank.asked).toHaveLength(1);
  });

  test('waits for the unlock of a locked vault', async () => {
    const offer = await bank.offer(person);
    await askWallet(app, 'wallet.lock', {});
    const consent = await offerInWindow(offer);
    await expectNoFault('consent-authority-locked', consent);
    await unlock(consent, PASSWORD);
    await clickWhenArmed(consent, text('offer_continue'));
    await clickWhenArmed(consent, text('offer_accept'));
    expect(await ended(counter, 'offer')).toEqual(TAKEN);
  });
});

describe('what is not in order', () => {
  test('an offer that none of the published keys signed fails in the window, and nothing is kept', async () => {
    const consent = await offerInWindow(await bank.offer(person, undefined, newSigner()));
    await clickWhenArmed(consent, text('offer_continue'));
    await untilSays(consent, text('offer_failed'));
    await expectNoFault('consent-authority-failed', consent);
    expect(await findNamed(consent, text('offer_accept'), 'button')).toBeNull();
    await clickNamed(consent, text('close'), 'button');
    expect(await ended(counter, 'offer')).toMatchObject(DENIED);
    expect(await isTrusted()).toBe(false);
  });

  test.each<[string, unknown]>([
    ['no keys', {}],
    ['something that is no key', { keys: ['k4.secret.AAAA'] }],
    ['something that is no document', 'hello'],
  ])('a bank that publishes %s fails in the window', async (_, published) => {
    bank.publish(published);
    const consent = await offerInWindow(await bank.offer(person));
    await clickWhenArmed(consent, text('offer_continue'));
    await untilSays(consent, text('offer_failed'));
    expect(await findNamed(consent, text('offer_accept'), 'button')).toBeNull();
  });

  test('an offer to another person is refused without a window', async () => {
    expect(await outcomeOf(counter, handing(await bank.offer(newSigner().publicKey)))).toMatchObject(DENIED);
    expect(windows).toBe(0);
    expect(bank.asked).toEqual([]);
  });

  test('an offer that another site brings of a bank that is not on the list is refused without a window', async () => {
    expect(await outcomeOf(shop, handing(await bank.offer(person)))).toMatchObject(DENIED);
    expect(windows).toBe(0);
    expect(bank.asked).toEqual([]);
  });

  test('a revocation by another key takes nothing back', async () => {
    const offer = await bank.offer(person);
    await accept(offer);
    expect(await outcomeOf(counter, handing(await bank.revoke(offer, newSigner())))).toMatchObject(DENIED);
    expect(await offers()).toMatchObject([{ state: 'accepted' }]);
  });

  test('what is neither an offer nor a revocation is a mistake that is named', async () => {
    expect(await outcomeOf(counter, handing('hello'))).toMatchObject({ code: -32602, field: 'authority_offer' });
  });
});

describe('the person', () => {
  test('gives up what they accepted, and keeps the bank on their list', async () => {
    await accept(await bank.offer(person));
    await go(text('authority_offers'));
    const [offer] = await app.$$(`::-p-xpath(//article[contains(., "${new URL(bank.origin).host}")]//button)`);
    await offer?.click();
    await named(app, text('authority_leave_title'), 'dialog');
    await expectNoFault('app-authority-leave', app);
    await app.click('dialog .harm');
    await expect.poll(async () => (await offers())[0]?.state).toBe('revoked');
    expect(await isTrusted()).toBe(true);
    const consent = await askAtShop();
    expect(await findNamed(consent, text('cap_standing'), 'heading')).toBeNull();
  });

  test('stops trusting a bank, and its next offer asks as if for the first time', async () => {
    await accept(await bank.offer(person));
    await go(text('authority_trusted_list'));
    const own = `//article[contains(., "${new URL(bank.origin).host}") and contains(., "Trusted since")]//button`;
    const [stop] = await app.$$(`::-p-xpath(${own})`);
    await stop?.click();
    await named(app, text('authority_distrust_title'), 'dialog');
    await expectNoFault('app-authority-distrust', app);
    await app.click('dialog .harm');
    await expect.poll(isTrusted).toBe(false);
    expect(await offers()).toMatchObject([{ state: 'revoked' }]);
    const consent = await offerInWindow(await bank.offer(person));
    await untilSays(consent, text('authority_ask_title'));
  });
});
