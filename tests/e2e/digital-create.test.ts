import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SEEN } from './digital-calls.ts';
import { begin, ended, outcomeOf } from './page-calls.ts';
import { copiesLeft, untilNoWindow } from './scene.ts';
import {
  askWallet,
  axeAndScreenshot,
  clickNamed,
  clickWhenArmed,
  createVault,
  named,
  openBrowser,
  serve,
  text,
} from './setup/harness.ts';
import type { ExtensionBrowser, TestServer } from './setup/harness.ts';
import { startTinyIssuer } from './tiny-issuer.ts';

let opened: ExtensionBrowser;
let app: Page;
let site: TestServer;
let page: Page;

beforeAll(async () => {
  opened = await openBrowser();
  app = await opened.openApp();
  await createVault(app);
});
afterAll(() => opened.close());

beforeEach(async () => {
  site = await serve({ '/': '<!doctype html><title>issuer</title>' });
  page = await opened.browser.newPage();
  await page.goto(site.origin());
});
afterEach(async () => {
  await page.close();
  await untilNoWindow(opened);
  await site.close();
});

const create = (data: unknown, protocol = 'openid4vci-v1') =>
  `navigator.credentials.create(${JSON.stringify({ digital: { requests: [{ protocol, data }] } })})`;

/** Offers in the page, and returns the window once it asks its first question. */
async function offerIn(data: object): Promise<Page> {
  const appears = opened.nextConsent();
  await begin(page, 'create', `${create(data)}${SEEN}`);
  const consent = await appears;
  await named(consent, text('offer_continue'), 'button');
  return consent;
}

describe('an issuer that never heard of Signet', () => {
  test('offers by the browser’s own function, and hears that it was taken, and nothing more', async () => {
    await using issuer = await startTinyIssuer();
    const before = await copiesLeft(app);
    const consent = await offerIn(issuer.offer);
    expect(await axeAndScreenshot('digital-offer', consent)).toEqual([]);
    expect(issuer.received).toEqual([]);
    await clickWhenArmed(consent, text('offer_continue'));
    await clickWhenArmed(consent, text('offer_accept'));
    expect(await ended(page, 'create')).toMatchObject({
      value: { isInstance: true, type: 'digital', protocol: 'openid4vci-v1', data: {} },
    });
    expect(await copiesLeft(app)).toBeGreaterThan(before);
  });

  test('may hold the offer as `credential_offer`, too', async () => {
    await using issuer = await startTinyIssuer();
    const consent = await offerIn({ credential_offer: issuer.offer });
    await clickNamed(consent, text('deny'), 'button');
    expect(await ended(page, 'create')).toMatchObject({ name: 'NotAllowedError' });
  });

  test('is told no where the person chooses another wallet, which the log remembers', async () => {
    await using issuer = await startTinyIssuer();
    const consent = await offerIn(issuer.offer);
    await clickNamed(consent, text('other_wallet'), 'button');
    expect(await ended(page, 'create')).toMatchObject({ name: 'NotAllowedError' });
    expect(issuer.received).toEqual([]);
    const { entries } = await askWallet(app, 'audit.list', { limit: 5 });
    expect(entries[0]).toMatchObject({ kind: 'offer.elsewhere', subject: site.origin() });
  });
});

describe('an offer that is none', () => {
  test.for([
    ['holds no issuer', { credential_configuration_ids: ['a'] }],
    ['holds two offers', { credential_offer: {}, credential_offer_uri: 'https://issuer.example/offer' }],
    ['leads to no https issuer', { credential_issuer: 'http://issuer.example', credential_configuration_ids: ['a'] }],
  ] as const)('%s: it is a TypeError, and nobody is asked', async ([, data]) => {
    expect(await outcomeOf(page, create(data))).toMatchObject({ name: 'TypeError' });
    expect(await opened.consentPages()).toEqual([]);
  });
});
