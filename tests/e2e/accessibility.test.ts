import type { Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningIssuer, startIssuer } from '../../demo/issuer/server.ts';
import { screenshotAs } from '../../tools/browser/screenshot.ts';
import { begin, proofRequest } from './page-calls.ts';
import {
  type ExtensionBrowser,
  PASSWORD,
  type TestServer,
  acceptLicence,
  askWallet,
  SCREENS,
  axeAndScreenshot,
  clickNamed,
  clickWhenArmed,
  createVault,
  deny,
  lock,
  named,
  onboard,
  openBrowser,
  serve,
  text,
  unlock,
} from './setup/harness.ts';

const WIDTHS = [360, 1600];

describe('the app', () => {
  let opened: ExtensionBrowser;
  let issuer: RunningIssuer;
  let app: Page;

  beforeAll(async () => {
    issuer = await startIssuer();
    opened = await openBrowser();
    app = await opened.openApp();
    await app.setViewport({ width: 1100, height: 900 });
  });

  afterAll(async () => {
    await opened.close();
    await issuer.close();
  });

  test('has no fault on its way to a vault', async () => {
    const faults: string[] = [];
    await onboard(app, PASSWORD, async (name, page) => {
      faults.push(...(await faultsOf(name, page, WIDTHS)));
    });
    expect(faults).toEqual([]);
  });

  test('has no fault where there is nothing yet', async () => {
    expect(await lookAt('credentials-empty', '#/credentials', text('credentials_empty'))).toEqual([]);
    expect(await lookAt('data-empty', '#/data', text('data_empty'))).toEqual([]);
  });

  test('has no fault with credentials and data in it', async () => {
    await acceptLicence(opened, issuer);
    await askWallet(app, 'attributes.save', { label: 'Home address', type: 'text', value: '12 Harbour Lane', tier: 1 });
    await askWallet(app, 'attributes.save', { label: 'Born', type: 'date', value: '1990-05-17', tier: 2 });
    await askWallet(app, 'attributes.save', {
      ...{ label: 'Card number', type: 'text', value: '4111 1111 1111 1111', tier: 3, compartment: 'payment' },
      opener: { password: PASSWORD },
    });
    await askWallet(app, 'attributes.save', { label: 'Words', type: 'text', value: 'W'.repeat(300), tier: 2 });
    const { credentials } = await askWallet(app, 'credentials.list', {});
    const id = credentials[0]?.id ?? '';
    await app.bringToFront();

    const faults = [
      ...(await lookAt('credentials', '#/credentials', text('nav_credentials'))),
      ...(await lookAt('credential', `#/credentials/${id}`, 'Driving licence')),
    ];
    await clickNamed(app, text('credential_delete'), 'button');
    await named(app, text('credential_delete_title', 'Driving licence'), 'dialog');
    faults.push(...(await faultsOf('app-credential-delete', app, WIDTHS)));
    await app.keyboard.press('Escape');
    faults.push(
      ...(await lookAt('data', '#/data', text('nav_data'))),
      ...(await lookAt('data-new', '#/data/new', text('data_new_title'))),
      ...(await lookAt('activity', '#/activity', text('nav_activity'))),
    );
    expect(faults).toEqual([]);
  });

  test('has no fault in Settings and its dialogs', async () => {
    const faults = [
      ...(await lookAt('settings', '#/settings', text('nav_settings'))),
      ...(await lookAt('settings-password', '#/settings/password', text('settings_password_change'))),
      ...(await lookAt('settings-phrase', '#/settings/phrase', text('settings_phrase'))),
      ...(await lookAt('passkeys', '#/settings/passkeys', text('settings_passkeys'))),
      ...(await lookAt('backup', '#/settings/backup', text('backup_title'))),
      ...(await lookAt('compartments', '#/settings/compartments', text('compartments_title'))),
      ...(await lookAt('move', '#/move', text('move_title'))),
      ...(await lookAt('from-backup', '#/from-backup', text('from_backup_title'))),
      ...(await lookAt('recovery-open', '#/recovery', text('recovery_open_title'))),
    ];
    await lookAt('settings', '#/settings', text('nav_settings'));
    await clickNamed(app, text('erase_button'), 'button');
    await named(app, text('erase_title'), 'dialog');
    faults.push(...(await faultsOf('app-settings-erase', app, WIDTHS)));
    await app.keyboard.press('Escape');
    expect(faults).toEqual([]);
  });

  test('has no fault while locked, and on the ways back in', async () => {
    await lock(app);
    const faults = await faultsOf('app-locked', app, WIDTHS);
    faults.push(
      ...(await lookAt('forgot', '#/forgot', text('forgot_title'))),
      ...(await lookAt('restore', '#/restore', text('restore_title'))),
    );
    expect(faults).toEqual([]);
  });

  test('has no fault where the vault is damaged', async () => {
    await damage(opened);
    expect(await lookAt('recovery', '#/', text('recovery_title'))).toEqual([]);
  });

  async function lookAt(name: string, hash: string, heading: string): Promise<string[]> {
    await app.goto(opened.url(`app.html${hash}`));
    await app.reload();
    await named(app, heading, 'heading');
    return faultsOf(`app-${name}`, app, WIDTHS);
  }
});

describe('the popup', () => {
  let opened: ExtensionBrowser;
  let app: Page;
  let site: TestServer;

  beforeAll(async () => {
    site = await serve({ '/': '<!doctype html><title>site</title>' });
    opened = await openBrowser();
    app = await opened.openApp();
  });

  afterAll(async () => {
    await opened.close();
    await site.close();
  });

  test('has no fault in any state of the vault', async () => {
    const faults = await look('popup-none', text('setup'));
    await createVault(app);
    faults.push(...(await look('popup-unlocked', text('popup_open'))));
    await askWallet(app, 'wallet.lock', {});
    faults.push(...(await look('popup-locked', text('unlock'))));
    await askWallet(app, 'wallet.unlock', { password: PASSWORD });

    const page = await opened.browser.newPage();
    await page.goto(site.origin());
    const appears = opened.nextConsent();
    await begin(page, 'ask', `signet.requestProof(${JSON.stringify(proofRequest())})`);
    const consent = await appears;
    await named(consent, text('nothing_title'), 'heading');
    faults.push(...(await look('popup-waiting', text('popup_review'))));
    expect(faults).toEqual([]);
  });

  async function look(name: string, button: string): Promise<string[]> {
    await app.bringToFront();
    const popup = await opened.openPopup(app);
    await named(popup, button, 'button');
    const faults = await faultsOf(name, popup);
    await popup.close();
    return faults;
  }
});

describe('the consent window', () => {
  let opened: ExtensionBrowser;
  let issuer: RunningIssuer;
  let site: TestServer;
  let app: Page;

  beforeAll(async () => {
    issuer = await startIssuer();
    site = await serve({ '/': '<!doctype html><title>site</title>' });
    opened = await openBrowser();
    app = await opened.openApp();
  });

  afterAll(async () => {
    await opened.close();
    await site.close();
    await issuer.close();
  });

  test('has no fault from no vault to a proof that waits for a yes', async () => {
    const page = await opened.browser.newPage();
    await page.goto(site.origin());
    let consent = await ask(page, 'first');
    await named(consent, text('setup'), 'button');
    const faults = await faultsOf('consent-no-vault', consent);

    await createVault(app);
    await named(consent, text('nothing_title'), 'heading');
    faults.push(...(await faultsOf('consent-nothing', consent)));
    await clickNamed(consent, text('close'), 'button');

    await acceptLicence(opened, issuer);
    await askWallet(app, 'wallet.lock', {});
    await page.bringToFront();
    consent = await ask(page, 'second');
    await named(consent, text('unlock'), 'button');
    faults.push(...(await faultsOf('consent-locked', consent)));
    await unlock(consent, PASSWORD);
    await named(consent, text('allow_once'), 'button');
    faults.push(...(await faultsOf('consent-ready', consent)));
    await deny(consent);
    expect(faults).toEqual([]);
  });

  test('has no fault in either step of an offer, with a code, and where it fails', async () => {
    const counter = await opened.browser.newPage();
    await counter.goto(issuer.origin);
    await counter.waitForSelector('#people input');
    await counter.click('#with-code');
    const appears = opened.nextConsent();
    await counter.click('#get');
    const consent = await appears;
    await named(consent, text('offer_continue'), 'button');
    const faults = await faultsOf('consent-offer-ask', consent);
    await clickWhenArmed(consent, text('offer_continue'));
    await named(consent, text('offer_accept'), 'button');
    faults.push(...(await faultsOf('consent-offer-code', consent)));

    const code = await counter.$eval('#code', ({ textContent }) => textContent);
    const field = await named(consent, text('offer_code'), 'textbox');
    await field.type(code === '0000' ? '1111' : '0000');
    await clickWhenArmed(consent, text('offer_accept'));
    await consent.waitForSelector('.problem, .notice.harm');
    faults.push(...(await faultsOf('consent-offer-failed', consent)));
    expect(faults).toEqual([]);
  });

  async function ask(page: Page, name: string): Promise<Page> {
    const appears = opened.nextConsent();
    const nonce = Buffer.alloc(16, name).toString('base64url');
    await begin(page, name, `signet.requestProof(${JSON.stringify(proofRequest(nonce))})`);
    return appears;
  }
});

/**
 * What axe finds in both themes, and where the page is wider than its window; a picture of each is kept.
 * @param widths further widths to try, in pixels, a picture each; the page is left as wide as it was
 */
async function faultsOf(name: string, page: Page, widths: readonly number[] = []): Promise<string[]> {
  const faults = [...(await axeAndScreenshot(name, page)), ...(await overflow(page))];
  const before = page.viewport();
  for (const width of widths) {
    await page.setViewport({ width, height: 900 });
    await screenshotAs(SCREENS, `${name}-${width}`, page);
    faults.push(...(await overflow(page)).map((fault) => `${width} px: ${fault}`));
  }
  if (widths.length > 0) await page.setViewport(before);
  return faults.map((fault) => `${name}: ${fault}`);
}

/** Elements that reach past the right edge, where the page as a whole does. */
function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.body.querySelectorAll('*')].filter(
      (element) => element.getBoundingClientRect().right > clientWidth + 1,
    );
    return wide.map(({ tagName, className }) => `${tagName}.${className} is wider than the window`);
  });
}

/** Makes the header and its mirror unreadable. */
async function damage(opened: ExtensionBrowser): Promise<void> {
  const worker = await opened.worker();
  await worker.evaluate(async () => {
    await chrome.storage.local.remove('header');
    const [found] = await indexedDB.databases();
    await new Promise<void>((resolve, reject) => {
      const opening = indexedDB.open(found?.name ?? '');
      opening.onerror = () => reject(new Error('IndexedDB'));
      opening.onsuccess = () => {
        const tx = opening.result.transaction('meta', 'readwrite');
        tx.objectStore('meta').put(new Uint8Array([0]), 'header');
        tx.oncomplete = () => {
          opening.result.close();
          resolve();
        };
      };
    });
  });
}
