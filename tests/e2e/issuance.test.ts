import type { Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLibraryIssuer } from '../fixtures/openid4vci/library-issuer.ts';
import type { Answer, AskedOfIssuer, IssuerTerms, LibraryIssuer } from '../fixtures/openid4vci/library-issuer.ts';
import { begin, ended, isPending } from './page-calls.ts';
import { startTinyIssuer } from './tiny-issuer.ts';
import {
  PASSWORD,
  askWallet,
  axe,
  axeAndScreenshot,
  clickNamed,
  clickWhenArmed,
  createVault,
  named,
  openBrowser,
  text,
  until,
  untilSays,
} from './setup/harness.ts';
import type { ExtensionBrowser } from './setup/harness.ts';

let opened: ExtensionBrowser;
let app: Page;

beforeAll(async () => {
  opened = await openBrowser();
  const first = await opened.openApp();
  await createVault(first);
  await first.close();
  app = await opened.openApp('#/credentials');
});
afterAll(() => opened.close());

const HTML = { 'Content-Type': 'text/html; charset=utf-8' };
const html = (body: string): Answer => ({
  status: 200,
  headers: HTML,
  body: `<!doctype html><title>issuer</title>${body}`,
});

/** The issuer's own pages: a front page, and one where the person says yes before they are sent back. */
function withPages(asked: AskedOfIssuer, answer: Answer): Answer {
  if (asked.path === '/') return html('<h1>Library</h1>');
  if (asked.path !== '/authorize' || answer.status !== 302) return answer;
  return html(
    `<p>Who are you?</p><a id="yes" href="${(answer.headers['Location'] ?? '').replaceAll('&', '&amp;')}">It is me</a>`,
  );
}

const start = (terms: IssuerTerms = {}): Promise<LibraryIssuer> =>
  startLibraryIssuer({
    ...{ batchSize: 3, namesItself: true, refreshes: true, dpop: 'bound' },
    ...terms,
    spoil: (asked, answer, origin) => withPages(asked, terms.spoil?.(asked, answer, origin) ?? answer),
  });

async function offerIn(
  issuer: Pick<LibraryIssuer, 'origin'>,
  offer: object,
): Promise<{ readonly page: Page; readonly consent: Page }> {
  const page = await opened.browser.newPage();
  await page.goto(issuer.origin);
  const appears = opened.nextConsent();
  await begin(page, 'offer', `signet.offerCredential({ credential_offer: ${JSON.stringify(offer)} })`);
  const consent = await appears;
  await named(consent, text('offer_continue'), 'button');
  return { page, consent };
}

/** The window that the browser opens for signing in. */
async function signInPage(issuer: LibraryIssuer): Promise<Page> {
  const at = `${issuer.serverOrigin}/authorize`;
  const target = await opened.browser.waitForTarget((one) => one.url().startsWith(at));
  const page = (await target.page()) ?? (await target.asPage());
  await page.waitForSelector('#yes');
  return page;
}

const noWindow = () => expect.poll(async () => (await opened.consentPages()).length).toBe(0);

describe('an offer that the person signs in for', () => {
  test('goes through the browser’s own window, and ends with the credential; the worker may die meanwhile', async () => {
    await using issuer = await start();
    const { page, consent } = await offerIn(issuer, issuer.offer('authorization_code'));
    await clickWhenArmed(consent, text('offer_continue'));
    await named(consent, text('offer_sign_in'), 'button');
    expect(await axeAndScreenshot('issuance-sign-in', consent)).toEqual([]);

    await clickWhenArmed(consent, text('offer_sign_in'));
    const signIn = await signInPage(issuer);
    await untilSays(consent, text('offer_signing_in', new URL(issuer.origin).host));
    expect(await axeAndScreenshot('issuance-signing-in', consent)).toEqual([]);
    await opened.killWorker();
    await signIn.bringToFront();
    await signIn.click('#yes');
    expect(await ended(page, 'offer')).toEqual({ value: { accepted: true, credentials: 3 } });
    await noWindow();
    await page.close();
  });

  test('can be begun again after the window was closed', async () => {
    await using issuer = await start();
    const { page, consent } = await offerIn(issuer, issuer.offer('authorization_code'));
    await clickWhenArmed(consent, text('offer_continue'));
    await named(consent, text('offer_sign_in'), 'button');
    await clickWhenArmed(consent, text('offer_sign_in'));
    await (await signInPage(issuer)).close();
    await untilSays(consent, text('offer_sign_in_closed'));
    expect(await isPending(page, 'offer')).toBe(true);
    expect(await axeAndScreenshot('issuance-sign-in-closed', consent)).toEqual([]);

    await clickWhenArmed(consent, text('offer_sign_in'));
    await (await signInPage(issuer)).click('#yes');
    expect(await ended(page, 'offer')).toEqual({ value: { accepted: true, credentials: 3 } });
    await noWindow();
    await page.close();
  });

  test('names the other site that it takes, before that is asked anything', async () => {
    await using issuer = await start({ serverElsewhere: true });
    const { page, consent } = await offerIn(issuer, issuer.offer('authorization_code'));
    await clickWhenArmed(consent, text('offer_continue'));
    await untilSays(consent, text('offer_ask_further_title'));
    await untilSays(consent, new URL(issuer.serverOrigin).host);
    expect(issuer.asked.filter(({ url }) => new URL(url).origin === issuer.serverOrigin)).toEqual([]);
    expect(await axeAndScreenshot('issuance-ask-further', consent)).toEqual([]);
    await clickWhenArmed(consent, text('offer_continue'));
    await named(consent, text('offer_sign_in'), 'button');
    await untilSays(consent, text('offer_others'));
    await consent.close();
    expect(await ended(page, 'offer')).toMatchObject({ code: 4001 });
    await page.close();
  });
});

describe('an offer of several kinds', () => {
  /** The library knows one kind: its metadata is told to speak of two more, one of which Signet cannot hold. */
  const several = (asked: AskedOfIssuer, answer: Answer): Answer => {
    if (asked.path !== '/.well-known/openid-credential-issuer') return answer;
    const metadata = JSON.parse(answer.body) as { credential_configurations_supported: Record<string, object> }; // the library's own
    const { age = {} } = metadata.credential_configurations_supported;
    const pass = {
      ...age,
      credential_metadata: { display: [{ name: 'Library pass' }], claims: [{ path: ['member'] }] },
    };
    const kinds = {
      age,
      pass,
      doc: { ...age, format: 'mso_mdoc', credential_metadata: { display: [{ name: 'Mobile document' }] } },
    };
    return { ...answer, body: JSON.stringify({ ...metadata, credential_configurations_supported: kinds }) };
  };

  test('lets the person pick, by keyboard as well, and takes what they picked', async () => {
    await using issuer = await start({ spoil: several });
    const offer = { ...issuer.offer('pre-authorized_code'), credential_configuration_ids: ['age', 'pass', 'doc'] };
    const { page, consent } = await offerIn(issuer, offer);
    await clickWhenArmed(consent, text('offer_continue'));
    await named(consent, 'Library pass', 'checkbox');
    await untilSays(consent, text('offer_unsupported'));
    expect(await axeAndScreenshot('issuance-several', consent)).toEqual([]);
    const box = await named(consent, 'Library pass', 'checkbox');
    await box.focus();
    await consent.keyboard.press('Space');
    await clickWhenArmed(consent, text('offer_accept'));
    expect(await ended(page, 'offer')).toEqual({ value: { accepted: true, credentials: 3 } });
    await noWindow();
    await page.close();
  });
});

describe('a batch of thirty', () => {
  test('is taken whole, by one yes', async () => {
    await using issuer = await start({ batchSize: 30 });
    const { page, consent } = await offerIn(issuer, issuer.offer('pre-authorized_code'));
    await clickWhenArmed(consent, text('offer_continue'));
    await named(consent, text('offer_accept'), 'button');
    await clickWhenArmed(consent, text('offer_accept'));
    expect(await ended(page, 'offer')).toEqual({ value: { accepted: true, credentials: 30 } });
    await noWindow();
    await page.close();
  });

  test('says what it is at while the issuer takes its time', async () => {
    await using issuer = await startTinyIssuer({}, { copies: 30 });
    const { page, consent } = await offerIn(issuer, issuer.offer);
    await clickWhenArmed(consent, text('offer_continue'));
    await named(consent, text('offer_accept'), 'button');
    const gate = issuer.hold('/credential');
    await clickWhenArmed(consent, text('offer_accept'));
    await gate.reached;
    await untilSays(consent, text('offer_stage_request'));
    expect(await axeAndScreenshot('issuance-working', consent)).toEqual([]);
    gate.release();
    expect(await ended(page, 'offer')).toEqual({ value: { accepted: true, credentials: 30 } });
    await noWindow();
    await page.close();
  });
});

describe('a credential that comes later', () => {
  test('is said in the window, listed, and asked for until it comes', async () => {
    await using issuer = await start({ rounds: 2 });
    const before = (await askWallet(app, 'credentials.list', {})).credentials.length;
    const { page, consent } = await offerIn(issuer, issuer.offer('pre-authorized_code'));
    await clickWhenArmed(consent, text('offer_continue'));
    await named(consent, text('offer_accept'), 'button');
    await clickWhenArmed(consent, text('offer_accept'));
    await untilSays(consent, text('offer_promised'));
    expect(await ended(page, 'offer')).toEqual({ value: { accepted: true, credentials: 0, promised: 1 } });
    expect(await axeAndScreenshot('issuance-promised-window', consent)).toEqual([]);
    await clickNamed(consent, text('close'), 'button');
    await noWindow();

    await app.bringToFront();
    await untilSays(app, text('promised_title'));
    expect(await axeAndScreenshot('issuance-promised-list', app)).toEqual([]);
    await opened.killWorker();
    await opened.startWorker();
    await until(
      app,
      async (count: number) => {
        const reply: { value?: { credentials: unknown[] } } = await chrome.runtime.sendMessage({
          route: 'credentials.list',
          request: {},
        });
        return reply.value?.credentials.length === count;
      },
      before + 1,
    );
    await page.close();
  });

  test('is given up where the person says so, after a question', async () => {
    await using issuer = await start({ rounds: 1000 });
    const { page, consent } = await offerIn(issuer, issuer.offer('pre-authorized_code'));
    await clickWhenArmed(consent, text('offer_continue'));
    await named(consent, text('offer_accept'), 'button');
    await clickWhenArmed(consent, text('offer_accept'));
    await untilSays(consent, text('offer_promised'));
    await clickNamed(consent, text('close'), 'button');
    await app.bringToFront();
    await clickNamed(app, text('promised_stop'), 'button');
    await untilSays(app, text('promised_stop_means'));
    expect(await axeAndScreenshot('issuance-promised-stop', app)).toEqual([]);
    await (await app.waitForSelector('dialog .harm'))?.click();
    await expect.poll(async () => (await askWallet(app, 'issuance.list', {})).promised).toEqual([]);
    await page.close();
  });
});

describe('new copies', () => {
  test('come when the person presses, and the issuer hears of a deletion where they say so', async () => {
    await using issuer = await start();
    const { page, consent } = await offerIn(issuer, issuer.offer('pre-authorized_code'));
    await clickWhenArmed(consent, text('offer_continue'));
    await named(consent, text('offer_accept'), 'button');
    await clickWhenArmed(consent, text('offer_accept'));
    expect(await ended(page, 'offer')).toEqual({ value: { accepted: true, credentials: 3 } });
    await noWindow();
    const { credentials } = await askWallet(app, 'credentials.list', {});
    const { id = '' } = credentials.find(({ issuer: { origin } }) => origin === issuer.origin) ?? {};
    await app.bringToFront();
    await app.goto(opened.url(`app.html#/credentials/${id}`));
    await named(app, text('renew'), 'button');
    expect(await axeAndScreenshot('issuance-renew', app)).toEqual([]);
    await clickNamed(app, text('renew'), 'button');
    await untilSays(app, text('renew_done_other', '3'));
    expect(await axe(app)).toEqual([]);

    await clickNamed(app, text('credential_delete'), 'button');
    await untilSays(app, text('credential_delete_tell', new URL(issuer.origin).host));
    await app.focus('dialog input[type="checkbox"]');
    await app.keyboard.press('Space');
    expect(await axeAndScreenshot('issuance-delete-tell', app)).toEqual([]);
    await (await app.waitForSelector('dialog .harm'))?.click();
    await expect.poll(() => issuer.notifications.at(-1)).toMatchObject({ event: 'credential_deleted' });
    await page.close();
  });
});

test('a locked vault asks nobody', async () => {
  await using issuer = await start({ rounds: 1000 });
  const { page, consent } = await offerIn(issuer, issuer.offer('pre-authorized_code'));
  await clickWhenArmed(consent, text('offer_continue'));
  await named(consent, text('offer_accept'), 'button');
  await clickWhenArmed(consent, text('offer_accept'));
  await untilSays(consent, text('offer_promised'));
  await clickNamed(consent, text('close'), 'button');
  await askWallet(app, 'wallet.lock', {});
  const polls = () => issuer.asked.filter(({ path }) => path === '/deferred').length;
  expect(polls()).toBe(0);
  await opened.startWorker();
  const alarms = await (await opened.worker()).evaluate(() => chrome.alarms.getAll());
  expect(alarms.map(({ name }) => name)).not.toContain('promises');
  await askWallet(app, 'wallet.unlock', { password: PASSWORD });
  await expect.poll(polls).toBeGreaterThan(0);
  await page.close();
});
