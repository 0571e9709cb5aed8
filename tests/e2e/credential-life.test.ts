import type { Page } from 'puppeteer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { signList, statusClaim, statusList } from '../fixtures/credentials/status-list.ts';
import { begin, ended } from './page-calls.ts';
import {
  type ExtensionBrowser,
  askWallet,
  axeAndScreenshot,
  clickNamed,
  clickWhenArmed,
  createVault,
  findNamed,
  named,
  openBrowser,
  text,
  untilSays,
} from './setup/harness.ts';
import { type TinyIssuer, startTinyIssuer } from './tiny-issuer.ts';

const LIST = '/statuslists/1';
const COPIES = 3;
const INVALID = 1;

let opened: ExtensionBrowser;
let app: Page;
let issuer: TinyIssuer;
/** The status list token that the issuer answers with; empty: it has none. */
let list: string;

beforeEach(async () => {
  let issued = 0;
  list = '';
  [opened, issuer] = await Promise.all([
    openBrowser(),
    startTinyIssuer(
      {
        payload: ({ origin }) => statusClaim(issued++, origin + LIST),
        routes: () => ({
          [LIST]: () =>
            list === ''
              ? { status: 503, body: '' }
              : { headers: { 'content-type': 'application/statuslist+jwt' }, body: list },
        }),
      },
      { copies: COPIES },
    ),
  ]);
  app = await opened.openApp();
  await createVault(app);
  await takeOffer();
  const { credentials } = await askWallet(app, 'credentials.list', {});
  await app.bringToFront();
  await app.goto(opened.url(`app.html#/credentials/${credentials[0]?.id ?? ''}`));
  await app.reload();
  await named(app, text('credential_revocation'), 'heading');
});

afterEach(async () => {
  await opened.close();
  await issuer[Symbol.asyncDispose]();
});

test('the issuer is asked when the person asks, and the answer stands on the screen', async () => {
  await untilSays(app, text('credential_not_asked'));
  expect(await axeAndScreenshot('app-credential-not-asked', app)).toEqual([]);
  expect(asked()).toBe(0);
  await publish({});
  await clickNamed(app, text('credential_check'), 'button');
  await untilSays(app, text('credential_not_revoked', ''));
  expect(asked()).toBe(1);
  expect(await axeAndScreenshot('app-credential-valid', app)).toEqual([]);
});

test('a revoked credential says so, is offered to no site, and is asked about no more', async () => {
  await publish(Object.fromEntries(Array.from({ length: COPIES }, (_, place) => [place, INVALID])));
  await clickNamed(app, text('credential_check'), 'button');
  await untilSays(app, text('credential_revoked'));
  expect(await findNamed(app, text('credential_check'), 'button')).toBeNull();
  expect(await axeAndScreenshot('app-credential-revoked', app)).toEqual([]);
  expect((await askWallet(app, 'credentials.list', {})).credentials).toMatchObject([{ state: 'revoked' }]);

  const page = await opened.browser.newPage();
  await page.goto(issuer.origin);
  const appears = opened.nextConsent();
  const request = { claims: ['age_over_21'], nonce: 'R'.repeat(22), purpose: 'To come in' };
  await begin(page, 'proof', `signet.requestProof(${JSON.stringify(request)})`);
  const consent = await appears;
  await named(consent, text('nothing_title'), 'heading');
  expect(await findNamed(consent, text('allow_once'), 'button')).toBeNull();
});

test('an issuer that does not answer, and a list that somebody else signed, change nothing', async () => {
  for (const forged of [false, true]) {
    if (forged) {
      await using stranger = await startTinyIssuer();
      await publish({ 0: INVALID }, stranger);
    }
    await clickNamed(app, text('credential_check'), 'button');
    await app.waitForSelector('.problem');
    await untilSays(app, text('credential_not_asked'));
    await named(app, text('credential_check'), 'button');
  }
  expect(await axeAndScreenshot('app-credential-unanswered', app)).toEqual([]);
  expect((await askWallet(app, 'credentials.list', {})).credentials).toMatchObject([{ state: 'active' }]);
});

test('a credential that its issuer lets fade says so before it is taken, and ends with its last use', async () => {
  await using fading = await startTinyIssuer({
    claims: { nickname: 'Finch' },
    payload: ({ origin }) => ({ vct: `${origin}/fading` }),
    issuerMetadata: (origin) => fadingMetadata(origin, { uses: 2, phases: [{ phase: 'fading', after_uses: 1 }] }),
  });
  const page = await opened.browser.newPage();
  await page.goto(fading.origin);
  const appears = opened.nextConsent();
  await begin(page, 'offer', `signet.offerCredential({ credential_offer: ${JSON.stringify(fading.offer)} })`);
  const offer = await appears;
  await clickWhenArmed(offer, text('offer_continue'));
  await named(offer, text('offer_accept'), 'button');
  await untilSays(offer, text('decay_uses_other', '2'));
  expect(await axeAndScreenshot('consent-offer-fading', offer)).toEqual([]);
  await clickWhenArmed(offer, text('offer_accept'));
  await ended(page, 'offer');

  const stateOf = async () => {
    const { credentials } = await askWallet(app, 'credentials.list', {});
    return credentials.find(({ vct }) => vct === `${fading.origin}/fading`);
  };
  expect(await stateOf()).toMatchObject({ state: 'active', phase: 'fresh', decay: { uses: 2 } });
  for (const phase of ['fading', 'over']) {
    const asks = opened.nextConsent();
    const request = { claims: ['nickname'], nonce: phase.padEnd(22, 'D'), purpose: `To come in, ${phase}` };
    await begin(page, phase, `signet.requestProof(${JSON.stringify(request)})`);
    await clickWhenArmed(await asks, text('allow_once'));
    expect(await ended(page, phase)).toMatchObject({ value: { claims: { nickname: 'Finch' } } });
    expect(await stateOf()).toMatchObject({ phase });
    if (phase === 'over') break;
    await app.bringToFront();
    await app.goto(opened.url(`app.html#/credentials/${(await stateOf())?.id ?? ''}`));
    await app.reload();
    await untilSays(app, text('phase_fading'));
    expect(await axeAndScreenshot('app-credential-fading', app)).toEqual([]);
    await page.bringToFront();
  }
  expect(await stateOf()).toMatchObject({ state: 'consumed' });
});

/** Metadata of an issuer whose credential holds a nickname alone, and fades. */
const fadingMetadata = (origin: string, signet_decay: object) => ({
  credential_configurations_supported: {
    age: {
      format: 'dc+sd-jwt',
      vct: `${origin}/fading`,
      cryptographic_binding_methods_supported: ['jwk'],
      proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
      credential_metadata: { display: [{ name: 'Day pass' }], claims: [{ path: ['nickname'] }] },
      signet_decay,
    },
  },
});

/** How often the issuer was asked for its list. */
const asked = (): number => issuer.received.filter(({ path }) => path === LIST).length;

/** The list that the issuer gives from now on. @param by whose key signs it */
async function publish(values: Readonly<Record<number, number>>, by = issuer): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const payload = { sub: issuer.origin + LIST, iat: now - 60, exp: now + 3600 };
  list = await signList(by.key, statusList(2, 64, values), { payload });
}

async function takeOffer(): Promise<void> {
  const page = await opened.browser.newPage();
  await page.goto(issuer.origin);
  const appears = opened.nextConsent();
  await begin(page, 'offer', `signet.offerCredential({ credential_offer: ${JSON.stringify(issuer.offer)} })`);
  const consent = await appears;
  await clickWhenArmed(consent, text('offer_continue'));
  await clickWhenArmed(consent, text('offer_accept'));
  expect(await ended(page, 'offer')).toMatchObject({ value: { accepted: true, credentials: COPIES } });
  await page.close();
}
