import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { encodeQR } from 'qr';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LinkVerifier, bindingIn, disclosedIn } from '../fixtures/link-verifier.ts';
import type { VerifierOptions } from '../fixtures/link-verifier.ts';
import { blankPng, hugePng, qrPng, tornPng } from './qr-pictures.ts';
import { copiesLeft, entriesOf, untilNoWindow } from './scene.ts';
import {
  acceptLicence,
  askWallet,
  axeAndScreenshot,
  chooseFile,
  clickNamed,
  clickWhenArmed,
  createVault,
  deny,
  named,
  openBrowser,
  pressNamed,
  serve,
  tabTo,
  text,
  until,
  untilSays,
} from './setup/harness.ts';
import type { ExtensionBrowser, TestServer } from './setup/harness.ts';
import { startIssuer } from '../../demo/issuer/server.ts';
import type { RunningIssuer } from '../../demo/issuer/server.ts';

const OBJECT = { 'content-type': 'application/oauth-authz-req+jwt' };
const JSON_TYPE = { 'content-type': 'application/json' };

let opened: ExtensionBrowser;
let issuer: RunningIssuer;
let app: Page;
let folder: string;

beforeAll(async () => {
  [opened, issuer, folder] = await Promise.all([openBrowser(), startIssuer(), mkdtemp(join(tmpdir(), 'signet-qr-'))]);
  app = await opened.openApp();
  await app.setViewport({ width: 1100, height: 900 });
  await createVault(app);
  await acceptLicence(opened, issuer);
});
afterAll(async () => {
  await opened.close();
  await issuer.close();
  await rm(folder, { recursive: true });
});

/** A shop that has a link and nothing else; another one for each test, as far as the wallet is concerned. */
interface Shop extends AsyncDisposable {
  readonly server: TestServer;
  readonly origin: string;
  readonly verifier: LinkVerifier;
  /** Paths that the wallet asked, its own page left out. */
  readonly asked: () => readonly string[];
}

async function openShop(options: VerifierOptions = {}): Promise<Shop> {
  const server = await serve({ '/done': '<!doctype html><title>Thank you</title>' }, { tls: true });
  const origin = server.origin('shop.example');
  const query = {
    credentials: [
      {
        id: 'age',
        format: 'dc+sd-jwt',
        meta: { vct_values: [`${issuer.origin}/driving-licence`] },
        claims: [{ path: ['age_over_21'] }],
      },
    ],
  };
  const verifier = await LinkVerifier.at(origin, { query, ...options });
  server.route('/request', async ({ body }) => ({
    headers: OBJECT,
    body: await verifier.object(new URLSearchParams(body).get('wallet_nonce') ?? undefined),
  }));
  server.route('/response', async ({ body }) => ({
    headers: JSON_TYPE,
    body: JSON.stringify(await verifier.take(body)),
  }));
  return {
    server,
    origin,
    verifier,
    asked: () => server.received.map(({ method, path }) => `${method} ${path}`),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

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

async function giveLink(link: string): Promise<void> {
  await (await named(app, text('link_field'), 'textbox')).focus();
  await app.keyboard.sendCharacter(link);
  await clickNamed(app, text('link_look'), 'button');
}

async function pasteByKeyboard(): Promise<void> {
  await app.keyboard.down('Control');
  await app.keyboard.press('v');
  await app.keyboard.up('Control');
}

const hostOf = (origin: string): string => new URL(origin).host;

/** Until the screen says whom the link leads to. */
const untilRead = (origin: string): Promise<unknown> => named(app, text('link_says_proof', hostOf(origin)), 'heading');

/** Goes on with the link that the screen shows; returns the window that asks the person. */
async function proceed(): Promise<Page> {
  const appears = opened.nextConsent();
  await clickNamed(app, text('link_continue'), 'button');
  return appears;
}

async function openInWindow(link: string, origin: string): Promise<Page> {
  await giveLink(link);
  await untilRead(origin);
  const consent = await proceed();
  await named(consent, text('allow_once'), 'button');
  return consent;
}

const shown = (page: Page): Promise<string> => page.evaluate(() => document.body.innerText);

async function pictureFile(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

describe('a link that is pasted', () => {
  test('is said before anything is fetched, asked on a click, answered on the next, and leads back on the last', async () => {
    await using shop = await openShop({ back: 'https://shop.example/done' });
    await giveLink(shop.verifier.link());
    await untilRead(shop.origin);
    expect(await shown(app)).toContain(text('link_warning'));
    expect(shop.asked()).toEqual([]);
    const faults = await axeAndScreenshot('link-says', app);

    const consent = await proceed();
    await named(consent, text('allow_once'), 'button');
    expect(shop.asked()).toEqual(['GET /request']);
    const says = await shown(consent);
    expect(says).toContain(hostOf(shop.origin));
    expect(says).toContain(text('link_came'));
    expect(says).toContain(text('grant_not_link'));
    expect(says).not.toContain(text('grant_always'));
    faults.push(...(await axeAndScreenshot('consent-link', consent)));

    const before = await copiesLeft(app);
    await clickWhenArmed(consent, text('allow_once'));
    await named(consent, text('delivery_back', 'shop.example'), 'button');
    faults.push(...(await axeAndScreenshot('consent-link-arrived', consent)));
    expect(await copiesLeft(app)).toBe(before - 1);
    const [presentation = ''] = shop.verifier.answers[0]?.vp_token?.['age'] ?? [];
    expect(disclosedIn(presentation)).toEqual(['age_over_21']);
    expect(bindingIn(presentation)).toMatchObject({ aud: shop.verifier.clientId, nonce: shop.verifier.nonce });
    expect((await opened.browser.pages()).map((page) => page.url()).filter((url) => url.includes('/done'))).toEqual([]);

    await clickNamed(consent, text('delivery_back', 'shop.example'), 'button');
    const tab = await opened.browser.waitForTarget((target) => target.url().startsWith('https://shop.example/done'));
    await untilNoWindow(opened);
    await (await tab.page())?.close();
    expect(faults).toEqual([]);
  });

  test('is read as soon as it is pasted', async () => {
    await using shop = await openShop();
    await app.evaluate((link) => navigator.clipboard.writeText(link), `\n ${shop.verifier.link()} \n`);
    await tabTo(app, text('link_field'));
    await pasteByKeyboard();
    await untilRead(shop.origin);
    expect(shop.asked()).toEqual([]);
  });

  test('is answered with the keyboard alone', async () => {
    await using shop = await openShop();
    await tabTo(app, text('link_field'));
    await app.keyboard.sendCharacter(shop.verifier.link());
    await pressNamed(app, text('link_look'));
    await untilRead(shop.origin);
    const appears = opened.nextConsent();
    await pressNamed(app, text('link_continue'));
    const consent = await appears;
    await consent.bringToFront();
    await named(consent, text('allow_once'), 'button');
    await until(consent, () => document.querySelector('.decide .primary')?.ariaDisabled !== 'true');
    await pressNamed(consent, text('allow_once'));
    await untilSays(consent, text('delivery_arrived'));
    // The window goes while the key is still down.
    await pressNamed(consent, text('close')).catch((error: unknown) => {
      if (!String(error).includes('Target closed')) throw error;
    });
    await untilNoWindow(opened);
    expect(shop.verifier.answers).toHaveLength(1);
  });

  test('that holds the whole request asks nobody before the answer is allowed', async () => {
    await using shop = await openShop();
    const uri = `${shop.origin}/response`;
    const link = `openid4vp://?${new URLSearchParams({
      client_id: `redirect_uri:${uri}`,
      response_type: 'vp_token',
      response_mode: 'direct_post',
      response_uri: uri,
      nonce: 'N'.repeat(22),
      dcql_query: JSON.stringify({
        credentials: [{ id: 'a', format: 'dc+sd-jwt', meta: { vct_values: [`${issuer.origin}/driving-licence`] } }],
      }),
      client_metadata: JSON.stringify({ vp_formats_supported: { 'dc+sd-jwt': {} } }),
    }).toString()}`;
    const consent = await openInWindow(link, shop.origin);
    expect(shop.asked()).toEqual([]);
    await clickWhenArmed(consent, text('allow_once'));
    await untilSays(consent, text('delivery_arrived'));
    expect(shop.asked()).toEqual(['POST /response']);
  });

  test('that is none says what a link looks like, and asks nobody', async () => {
    await giveLink('Meet me at noon');
    await until(app, () => document.querySelector('.problem') !== null);
    expect(await axeAndScreenshot('link-none', app)).toEqual([]);
    expect(await opened.consentPages()).toEqual([]);
  });

  test('that leads to an error says so on the screen, where it can be tried again', async () => {
    await using shop = await openShop();
    shop.server.route('/request', { status: 404, body: 'gone' });
    await giveLink(shop.verifier.link());
    await untilRead(shop.origin);
    await clickNamed(app, text('link_continue'), 'button');
    await untilSays(app, 'refused');
    expect(await shown(app)).toContain(text('link_failed_kept'));
    expect(await axeAndScreenshot('link-failed', app)).toEqual([]);
    shop.server.route('/request', async () => ({ headers: OBJECT, body: await shop.verifier.object() }));
    const consent = await proceed();
    await named(consent, text('allow_once'), 'button');
    await deny(consent);
  });
});

describe('a picture of a QR code', () => {
  test('is read from a file that is chosen: PNG or GIF, and nobody is asked', async () => {
    await using shop = await openShop();
    const link = shop.verifier.link();
    const files = [
      await pictureFile('code.png', qrPng([link])),
      await pictureFile('code.gif', encodeQR(link, 'gif', { scale: 4, border: 4 })),
      await pictureFile('twice.png', qrPng([link, link], 3)),
    ];
    for (const file of files) {
      await chooseFile(app, file);
      await untilRead(shop.origin);
      await clickNamed(app, text('link_other'), 'button');
      await named(app, text('link_look'), 'button');
    }
    expect(shop.asked()).toEqual([]);
  });

  test('is read from the clipboard and from what is dropped', async () => {
    await using shop = await openShop();
    const png = qrPng([shop.verifier.link()]);
    await app.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': new Blob([bytes], { type: 'image/png' }) })]);
    }, png.toString('base64'));
    await pasteByKeyboard();
    await untilRead(shop.origin);
    await clickNamed(app, text('link_other'), 'button');

    await named(app, text('link_look'), 'button');
    const cdp = await app.createCDPSession();
    const data = { items: [], files: [await pictureFile('dropped.png', png)], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await cdp.send('Input.dispatchDragEvent', { type, x: 500, y: 100, data });
    }
    await cdp.detach();
    await untilRead(shop.origin);
    expect(shop.asked()).toEqual([]);
  });

  const others = {
    none: ['blank.png', () => blankPng()],
    damaged: ['torn.png', (link: string) => tornPng(link)],
    several: ['two.png', (link: string) => qrPng([link, `${link}&x=1`])],
    no_picture: ['text.png', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    too_large: ['huge.png', () => hugePng()],
  } as const;
  test.for(Object.entries(others))('that shows %s says so', async ([found, [name, make]]) => {
    const link = 'openid4vp://?client_id=x509_san_dns%3Ashop.example&request_uri=https%3A%2F%2Fshop.example%2Frequest';
    await chooseFile(app, await pictureFile(name, make(link)));
    await untilSays(app, text(`link_picture_${found as keyof typeof others}`)); // a key of the table above
    expect(await axeAndScreenshot(`link-picture-${found}`, app)).toEqual([]);
  });

  test('of something else says what a link looks like', async () => {
    await chooseFile(app, await pictureFile('menu.png', qrPng(['https://restaurant.example/menu'])));
    await until(app, () => document.querySelector('.problem') !== null);
    expect(await app.$eval('textarea', ({ value }) => value)).toBe('https://restaurant.example/menu');
  });
});

describe('a no to a link', () => {
  test('tells nobody, and says so only where the person wants it', async () => {
    await using shop = await openShop();
    const before = await entriesOf(app, 'proof.denied');
    await deny(await openInWindow(shop.verifier.link(), shop.origin));
    await untilNoWindow(opened);
    expect(shop.verifier.answers).toEqual([]);

    await app.bringToFront();
    const consent = await openInWindow(shop.verifier.link(), shop.origin);
    await clickNamed(consent, text('consent_deny_more'), 'button');
    await untilSays(consent, text('consent_deny_tell'));
    expect(await axeAndScreenshot('consent-link-deny', consent)).toEqual([]);
    await (await consent.waitForSelector(`xpath///button[contains(., "${text('consent_deny_tell')}")]`))?.click();
    await untilNoWindow(opened);
    expect(shop.verifier.answers).toEqual([{ error: 'access_denied', state: shop.verifier.state }]);
    expect(await entriesOf(app, 'proof.denied')).toBe(before + 2);
  });
});

describe('an answer that does not arrive', () => {
  test('is kept, with the reason, and sent again on a click', async () => {
    await using shop = await openShop();
    shop.server.route('/response', {
      status: 400,
      headers: JSON_TYPE,
      body: JSON.stringify({ error: 'invalid_request', error_description: 'The till is closed' }),
    });
    const consent = await openInWindow(shop.verifier.link(), shop.origin);
    await clickWhenArmed(consent, text('allow_once'));
    await untilSays(consent, 'The till is closed');
    expect(await axeAndScreenshot('consent-link-refused', consent)).toEqual([]);
    shop.server.route('/response', async ({ body }) => ({
      headers: JSON_TYPE,
      body: JSON.stringify(await shop.verifier.take(body)),
    }));
    await clickNamed(consent, text('delivery_again'), 'button');
    await untilSays(consent, text('delivery_arrived'));
    expect(shop.verifier.answers).toHaveLength(1);
  });

  test('is shown on its way; a worker that dies under it says that nobody knows whether it arrived', async () => {
    await using shop = await openShop();
    const reached = Promise.withResolvers<undefined>();
    shop.server.route('/response', () => {
      reached.resolve(undefined);
      return new Promise(() => undefined); // never answers
    });
    const consent = await openInWindow(shop.verifier.link(), shop.origin);
    await clickWhenArmed(consent, text('allow_once'));
    await reached.promise;
    await untilSays(consent, text('delivery_sending'));
    const faults = await axeAndScreenshot('consent-link-sending', consent);
    await opened.killWorker();
    await untilSays(consent, text('delivery_unknown_why'));
    faults.push(...(await axeAndScreenshot('consent-link-unknown', consent)));
    expect(faults).toEqual([]);
    expect(shop.asked().filter((asked) => asked === 'POST /response')).toHaveLength(1);
    await clickNamed(consent, text('close'), 'button');
    await untilNoWindow(opened);
  });
});

describe('the way to the screen', () => {
  test('is in the popup and in the navigation, and the screen is free of faults', async () => {
    const faults = await axeAndScreenshot('link', app);
    for (const width of [360, 1600]) {
      await app.setViewport({ width, height: 900 });
      faults.push(...(await axeAndScreenshot(`link-${width}`, app)));
      expect(await app.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    }
    await app.setViewport({ width: 1100, height: 900 });
    const popup = await opened.openPopup(app);
    await named(popup, text('popup_link'), 'button');
    faults.push(...(await axeAndScreenshot('popup-link', popup)));
    const before = new Set(opened.browser.targets());
    const appears = opened.browser.waitForTarget(
      (target) => target.url().endsWith('app.html#/link') && !before.has(target),
    );
    await clickNamed(popup, text('popup_link'), 'button');
    await (await (await appears).page())?.close();
    expect(faults).toEqual([]);
  });

  test('waits behind the lock, and nobody is asked meanwhile', async () => {
    await using shop = await openShop();
    await askWallet(app, 'wallet.lock', {});
    await expect(askWallet(app, 'links.open', { link: shop.verifier.link() })).rejects.toThrow('locked');
    expect(shop.asked()).toEqual([]);
    await askWallet(app, 'wallet.unlock', { password: 'correct harbour lantern 42' });
  });
});
