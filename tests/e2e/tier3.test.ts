import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { untilNoWindow } from './scene.ts';
import { begin, ended } from './page-calls.ts';
import { startTinyIssuer } from './tiny-issuer.ts';
import {
  type ExtensionBrowser,
  PASSWORD,
  askWallet,
  axe,
  clickNamed,
  clickWhenArmed,
  createVault,
  deny,
  dumpStorage,
  fill,
  findNamed,
  named,
  openBrowser,
  screenshot,
  serve,
  text,
  until,
  untilSays,
} from './setup/harness.ts';
import { virtualPasskeys } from './virtual-passkey.ts';

const LABEL = 'Blood type';
const VALUE = 'AB Rh negative, Kell positive';

let opened: ExtensionBrowser;
let app: Page;

beforeAll(async () => {
  opened = await openBrowser();
  app = await opened.openApp();
  await createVault(app);
  await app.reload();
});

afterEach(async () => {
  for (const consent of await opened.consentPages()) await consent.close();
});

afterAll(() => opened.close());

test('a fact is locked away with the password, and its value is in no list and in no store', async () => {
  await app.goto(opened.url('app.html#/data/new'));
  await fill(app, text('data_label'), LABEL);
  await fill(app, text('data_value'), VALUE);
  await choose(text('tier_3'));
  await choose(text('compartment_health'));
  await clickNamed(app, text('save'), 'button');
  await untilSays(app, text('opener_missing'));
  await fill(app, text('password'), `${PASSWORD}?`);
  await clickNamed(app, text('save'), 'button');
  await until(app, () => document.querySelector('.problem') !== null);
  expect((await askWallet(app, 'attributes.list', {})).attributes).toEqual([]);

  await fill(app, text('password'), PASSWORD);
  await clickNamed(app, text('save'), 'button');
  await named(app, text('data_show', LABEL), 'button');
  const { attributes } = await askWallet(app, 'attributes.list', {});
  expect(attributes).toMatchObject([{ label: LABEL, tier: 3, compartment: 'health' }]);
  expect(JSON.stringify(attributes)).not.toContain(VALUE);
  expect(await app.$eval('body', ({ textContent }) => textContent)).not.toContain(VALUE);
  expect((await dumpStorage(app)).find(VALUE)).toEqual([]);
});

test('it is shown in the consent window alone, after the right password, and gone when that closes', async () => {
  const consent = await show();
  expect(await consent.$eval('body', ({ textContent }) => textContent)).toContain(LABEL);
  expect(await axe(consent)).toEqual([]);
  await screenshot('consent-open', consent);
  await fill(consent, text('password'), 'not the password');
  await consent.keyboard.press('Enter');
  await until(consent, () => document.querySelector('.problem') !== null);
  expect(await consent.$eval('body', ({ textContent }) => textContent)).not.toContain(VALUE);

  await fill(consent, text('password'), PASSWORD);
  await clickNamed(consent, text('open_show'), 'button');
  await untilSays(consent, VALUE);
  expect(await consent.$$('input')).toEqual([]);
  expect(await axe(consent)).toEqual([]);
  await screenshot('consent-opened', consent);
  expect((await dumpStorage(app)).find(VALUE)).toEqual([]);
  expect(await app.$eval('body', ({ textContent }) => textContent)).not.toContain(VALUE);

  await clickNamed(consent, text('open_hide'), 'button');
  await untilNoWindow(opened);
  expect((await dumpStorage(app)).find(VALUE)).toEqual([]);
  expect((await askWallet(app, 'requests.list', {})).waiting).toEqual([]);
});

test('it is hidden after a minute, whoever still looks', async () => {
  const consent = await show();
  await fill(consent, text('password'), PASSWORD);
  await consent.evaluate(() => {
    const real = window.setTimeout.bind(window);
    const sixtyTimesFaster = (then: () => void, after = 0) => real(then, after < 60_000 ? after : after / 60);
    Object.assign(window, { setTimeout: sixtyTimesFaster });
  });
  await clickNamed(consent, text('open_show'), 'button');
  await untilSays(consent, VALUE);
  await untilNoWindow(opened);
});

test('it is hidden as soon as the vault locks', async () => {
  const consent = await show();
  await fill(consent, text('password'), PASSWORD);
  await clickNamed(consent, text('open_show'), 'button');
  await untilSays(consent, VALUE);
  await askWallet(app, 'wallet.lock', {});
  await untilNoWindow(opened);
  await askWallet(app, 'wallet.unlock', { password: PASSWORD });
});

test('closing the window, or saying no in it, opens nothing', async () => {
  const first = await show();
  await clickNamed(first, text('cancel'), 'button');
  await untilNoWindow(opened);
  expect((await askWallet(app, 'requests.list', {})).waiting).toEqual([]);

  const second = await show();
  await second.close();
  await expect.poll(async () => (await askWallet(app, 'requests.list', {})).waiting).toEqual([]);
});

test('a passkey opens it as the password does', async () => {
  const consent = await show();
  await virtualPasskeys(consent);
  // The page's own authenticator knows no passkey of another page: one is made here, as Settings does.
  const { salt, userId } = await askWallet(app, 'passkeys.prepare', {});
  const { id, prf } = await makePasskey(consent, salt, userId);
  await askWallet(app, 'passkeys.add', { opener: { password: PASSWORD }, id, prf, name: 'This window' });
  await consent.reload();
  await clickNamed(consent, text('opener_use_passkey'), 'button');
  await clickNamed(consent, text('open_show'), 'button');
  await untilSays(consent, VALUE);
  await clickNamed(consent, text('open_hide'), 'button');
  await untilNoWindow(opened);
  await askWallet(app, 'passkeys.remove', { id });
});

test('a changed value is typed anew: the old one is not put into the form', async () => {
  const { attributes } = await askWallet(app, 'attributes.list', {});
  await app.goto(opened.url(`app.html#/data/${attributes[0]?.id ?? ''}`));
  await named(app, text('data_edit_title'), 'heading');
  expect(await app.$eval('main', ({ textContent }) => textContent)).toContain(text('data_value_hidden'));
  expect(await app.$$eval('input', (inputs) => inputs.map(({ value }) => value).join('|'))).not.toContain(VALUE);
});

test('a credential that holds health data is taken with the password, and a proof from it needs it again', async () => {
  const claims = { blood_type: 'AB negative', given_name: 'Ada', birthdate: '1990-04-01' };
  await using issuer = await startTinyIssuer({
    claims,
    issuerMetadata: (origin) => ({
      credential_configurations_supported: {
        age: {
          format: 'dc+sd-jwt',
          vct: `${origin}/age`,
          cryptographic_binding_methods_supported: ['jwk'],
          proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
          credential_metadata: {
            display: [{ name: 'Donor card' }],
            claims: Object.keys(claims).map((name) => ({ path: [name] })),
          },
        },
      },
    }),
  });
  await using site = await serve({ '/': '<!doctype html><title>site</title>' });
  const page = await opened.browser.newPage();

  await page.goto(issuer.origin);
  let consent = await asks(
    page,
    'offer',
    `signet.offerCredential({ credential_offer: ${JSON.stringify(issuer.offer)} })`,
  );
  await clickWhenArmed(consent, text('offer_continue'));
  await named(consent, text('offer_accept'), 'button');
  await named(consent, text('grant_title', text('compartment_health')), 'heading');
  expect(await axe(consent)).toEqual([]);
  await screenshot('consent-offer-grant', consent);
  expect(await isArmed(consent, text('offer_accept'))).toBe(false);
  await fill(consent, text('password'), PASSWORD);
  await clickWhenArmed(consent, text('offer_accept'));
  expect(await ended(page, 'offer')).toMatchObject({ value: { accepted: true } });
  await untilNoWindow(opened);
  expect((await dumpStorage(app)).find('AB negative')).toEqual([]);

  await page.goto(site.origin());
  const request = { claims: ['blood_type'], nonce: 'A'.repeat(22), purpose: 'To give blood' };
  const asked = `signet.requestProof(${JSON.stringify(request)})`;
  consent = await asks(page, 'proof', asked);
  await named(consent, text('allow_once'), 'button');
  await named(consent, text('grant_title', text('compartment_health')), 'heading');
  expect(await axe(consent)).toEqual([]);
  await screenshot('consent-proof-grant', consent);
  expect(await inSight(consent, '.fact')).toBe(true);
  expect(await isArmed(consent, text('allow_once'))).toBe(false);

  await fill(consent, text('password'), 'not the password');
  await consent.keyboard.press('Enter'); // never a form's default: nothing happens
  await clickWhenArmed(consent, text('allow_once'));
  await until(consent, () => document.querySelector('.grant .problem') !== null);
  expect(await inSight(consent, '.fact')).toBe(true);

  await fill(consent, text('password'), PASSWORD);
  await clickWhenArmed(consent, text('allow_once'));
  expect(await ended(page, 'proof')).toMatchObject({ value: { claims: { blood_type: 'AB negative' } } });
  await untilNoWindow(opened);

  consent = await asks(page, 'again', asked.replace('AAAAA', 'BBBBB'));
  await named(consent, text('grant_title', text('compartment_health')), 'heading');
  await deny(consent);
  expect(await ended(page, 'again')).toMatchObject({ code: 4001 });
  await untilNoWindow(opened);
  await page.close();
});

test('an erased compartment goes when its owner types so, and says what erasing does not reach', async () => {
  await app.goto(opened.url('app.html#/settings/compartments'));
  await app.reload();
  await clickNamed(app, text('compartments_erase', text('compartment_health')), 'button');
  await named(app, text('compartments_erase_title', text('compartment_health')), 'dialog');
  expect(await app.$eval('dialog', ({ textContent }) => textContent)).toContain(text('compartments_erase_cannot'));
  await pressErase();
  await untilSays(app, text('erase_confirm_missing', text('erase_word')));
  expect((await askWallet(app, 'compartments.list', {})).compartments).toMatchObject([{ name: 'health' }]);

  await fill(app, text('erase_confirm', text('erase_word')), text('erase_word'));
  await pressErase();
  await named(app, text('compartments_empty'), 'heading');
  expect((await askWallet(app, 'compartments.list', {})).compartments).toEqual([]);
  const { attributes } = await askWallet(app, 'attributes.list', {});
  expect(attributes.filter(({ tier }) => tier === 3)).toEqual([]);
});

/** Presses the button of the dialog: the list behind it has one of the same words. */
async function pressErase(): Promise<void> {
  const button = await app.waitForSelector('dialog button[type=submit]');
  await button?.click();
}

/** Asks for the locked fact in My data; returns the window that asks who is there. */
async function show(): Promise<Page> {
  await app.bringToFront();
  await app.goto(opened.url('app.html#/data'));
  await named(app, text('data_show', LABEL), 'button');
  const appears = opened.nextConsent();
  await clickNamed(app, text('data_show', LABEL), 'button');
  const consent = await appears;
  await named(consent, text('open_show'), 'button');
  return consent;
}

async function asks(page: Page, name: string, expression: string): Promise<Page> {
  await page.bringToFront();
  const appears = opened.nextConsent();
  await begin(page, name, expression);
  return appears;
}

async function choose(label: string): Promise<void> {
  const radio = await app.waitForSelector(`::-p-xpath(//label[starts-with(normalize-space(), "${label}")]//input)`);
  await radio?.click();
}

async function isArmed(consent: Page, button: string): Promise<boolean> {
  const found = await findNamed(consent, button, 'button');
  return found !== null && (await found.evaluate((element) => element.ariaDisabled !== 'true'));
}

/** Whether all of the element can be seen without scrolling. */
const inSight = (consent: Page, selector: string): Promise<boolean> =>
  consent.$eval(selector, (element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const at = (x: number, y: number) => element.contains(document.elementFromPoint(x, y));
    return at(left + 2, top + 2) && at((left + right) / 2, bottom - 2);
  });

/** Makes a passkey in a page of ours, as lib/platform does. */
function makePasskey(page: Page, salt: string, userId: string): Promise<{ id: string; prf: string }> {
  return page.evaluate(
    async (first, user) => {
      const bytes = (encoded: string) =>
        Uint8Array.from(atob(encoded.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
          character.charCodeAt(0),
        );
      const text = (buffer: ArrayBuffer) =>
        btoa(String.fromCharCode(...new Uint8Array(buffer)))
          .replaceAll('+', '-')
          .replaceAll('/', '_')
          .replace(/=+$/, '');
      const prf = { eval: { first: bytes(first) } };
      const made = await navigator.credentials.create({
        publicKey: {
          challenge: crypto.getRandomValues(new Uint8Array(32)),
          rp: { name: 'Signet' },
          user: { id: bytes(user), name: 'test', displayName: 'test' },
          pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
          authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
          extensions: { prf },
        },
      });
      if (!(made instanceof PublicKeyCredential)) throw new Error('No passkey was made.');
      const used = await navigator.credentials.get({
        publicKey: {
          challenge: crypto.getRandomValues(new Uint8Array(32)),
          userVerification: 'required',
          allowCredentials: [{ type: 'public-key', id: made.rawId }],
          extensions: { prf },
        },
      });
      if (!(used instanceof PublicKeyCredential)) throw new Error('The passkey did not answer.');
      const result = used.getClientExtensionResults().prf?.results?.first;
      if (!(result instanceof ArrayBuffer)) throw new Error('The passkey has no PRF.');
      return { id: text(made.rawId), prf: text(result) };
    },
    salt,
    userId,
  );
}
