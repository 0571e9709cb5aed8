import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { qrPng } from './qr-pictures.ts';
import { copiesLeft, entriesOf, untilNoWindow } from './scene.ts';
import {
  askWallet,
  axeAndScreenshot,
  chooseFile,
  clickNamed,
  clickWhenArmed,
  createVault,
  fill,
  named,
  openBrowser,
  text,
  untilSays,
} from './setup/harness.ts';
import type { ExtensionBrowser } from './setup/harness.ts';
import { startTinyIssuer } from './tiny-issuer.ts';
import type { TinyIssuer } from './tiny-issuer.ts';

let opened: ExtensionBrowser;
let app: Page;
let folder: string;

beforeAll(async () => {
  [opened, folder] = await Promise.all([openBrowser(), mkdtemp(join(tmpdir(), 'signet-qr-'))]);
  app = await opened.openApp();
  await app.setViewport({ width: 1100, height: 900 });
  await createVault(app);
});
afterAll(async () => {
  await opened.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await app.goto('about:blank');
  await app.goto(opened.url('app.html#/link'));
  await named(app, text('link_look'), 'button');
  await app.bringToFront();
});
afterEach(async () => {
  for (const consent of await opened.consentPages()) await consent.close();
  await untilNoWindow(opened);
});

const byValue = ({ offer }: TinyIssuer, scheme = 'openid-credential-offer://'): string =>
  `${scheme}?credential_offer=${encodeURIComponent(JSON.stringify(offer))}`;

/** Shows a code to the wallet, and waits until it says who offers. */
async function show(link: string, issuer: TinyIssuer): Promise<void> {
  const path = join(folder, 'offer.png');
  await writeFile(path, qrPng([link], 4));
  await chooseFile(app, path);
  await named(app, text('link_says_offer', new URL(issuer.origin).host), 'heading');
}

async function proceed(button = text('offer_accept')): Promise<Page> {
  const appears = opened.nextConsent();
  await clickNamed(app, text('link_continue'), 'button');
  const consent = await appears;
  await named(consent, button, 'button');
  return consent;
}

describe('an offer in a QR code', () => {
  test('is said before anybody is asked, fetched on a click and stored on the next, with no page behind it', async () => {
    await using issuer = await startTinyIssuer();
    await show(byValue(issuer), issuer);
    expect(issuer.received).toEqual([]);
    const faults = await axeAndScreenshot('link-says-offer', app);
    const consent = await proceed();
    expect(new Set(issuer.received.map(({ method }) => method))).toEqual(new Set(['GET']));
    await untilSays(consent, text('link_came_offer'));
    faults.push(...(await axeAndScreenshot('consent-link-offer', consent)));
    const before = await copiesLeft(app);
    await clickWhenArmed(consent, text('offer_accept'));
    await untilNoWindow(opened);
    expect(await copiesLeft(app)).toBe(before + 10);
    expect(faults).toEqual([]);
  });

  test('by reference is fetched from its issuer alone', async () => {
    const held: { offer?: object } = {};
    await using issuer = await startTinyIssuer({
      routes: () => ({
        '/offer': () => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(held.offer) }),
      }),
    });
    held.offer = issuer.offer;
    const uri = encodeURIComponent(`${issuer.origin}/offer`);
    await show(`haip-vci://?credential_offer_uri=${uri}`, issuer);
    expect(issuer.received).toEqual([]);
    const before = await copiesLeft(app);
    const consent = await proceed();
    await clickWhenArmed(consent, text('offer_accept'));
    await untilNoWindow(opened);
    expect(await copiesLeft(app)).toBe(before + 10);
  });

  test('with a code takes it after a wrong one', async () => {
    await using issuer = await startTinyIssuer({}, { transactionCode: '4711' });
    await show(byValue(issuer), issuer);
    const consent = await proceed();
    await fill(consent, text('offer_code'), '0000');
    await clickWhenArmed(consent, text('offer_accept'));
    await untilSays(consent, 'did not accept this code');
    await fill(consent, text('offer_code'), '4711');
    const before = await copiesLeft(app);
    await clickWhenArmed(consent, text('offer_accept'));
    await untilNoWindow(opened);
    expect(await copiesLeft(app)).toBe(before + 10);
  });

  test('that is declined is logged, and stores nothing', async () => {
    await using issuer = await startTinyIssuer();
    await show(byValue(issuer), issuer);
    const before = { copies: await copiesLeft(app), denied: await entriesOf(app, 'offer.denied') };
    const consent = await proceed();
    await consent.close();
    await untilNoWindow(opened);
    await expect.poll(() => entriesOf(app, 'offer.denied')).toBe(before.denied + 1);
    expect(await copiesLeft(app)).toBe(before.copies);
    expect((await askWallet(app, 'requests.list', {})).waiting).toEqual([]);
  });

  test('of a dishonest issuer fails in the window with the reason', async () => {
    await using issuer = await startTinyIssuer({
      issuerMetadata: () => ({ credential_issuer: 'https://somebody.example' }),
    });
    await show(byValue(issuer), issuer);
    const consent = await proceed(text('close'));
    await untilSays(consent, text('offer_failed'));
    expect(await axeAndScreenshot('consent-link-offer-failed', consent)).toEqual([]);
  });
});
