import type { Page } from 'puppeteer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verify } from '../../lib/sdk/index.ts';
import { begin, ended } from './page-calls.ts';
import type { ExtensionBrowser, TestServer } from './setup/harness.ts';
import {
  approve,
  armed,
  askWallet,
  axe,
  createVault,
  openBrowser,
  screenshot,
  serve,
  text,
  untilSays,
} from './setup/harness.ts';

const NONCE = 'MDEyMzQ1Njc4OWFiY2RlZg';
const REQUEST = { claims: ['age_over_18'], issuers: ['self'], nonce: NONCE, purpose: 'Read the comments' };

let opened: ExtensionBrowser;
let site: TestServer;

beforeAll(async () => {
  [opened, site] = await Promise.all([openBrowser(), serve({ '/': '<!doctype html><title>site</title>' })]);
  const app = await opened.openApp();
  await createVault(app);
  await askWallet(app, 'attributes.save', { label: 'Birth date', type: 'date', value: '1985-02-03', tier: 2 });
  await app.close();
});

afterAll(async () => {
  await opened.close();
  await site.close();
});

/** Asks in a new page of the site, and returns the window that asks the person. */
async function ask(): Promise<{ readonly page: Page; readonly consent: Page }> {
  const page = await opened.browser.newPage();
  await page.goto(site.origin('localhost'));
  const appears = opened.nextConsent();
  await begin(page, 'proof', `signet.requestProof(${JSON.stringify(REQUEST)})`);
  return { page, consent: await appears };
}

test("the person's own word is shown as what it is, and only a site that takes it verifies it", async () => {
  const { page, consent } = await ask();
  await armed(consent, text('allow_once'));
  await untilSays(consent, text('recognise_same_key'));
  await untilSays(consent, 'birth date');
  await screenshot('consent-own-word', consent);
  expect(await axe(consent)).toEqual([]);
  await approve(consent);
  const { value } = (await ended(page, 'proof')) as { value: { proof: string; claims: object } }; // approved
  expect(value.claims).toEqual({ age_over_18: true });
  const { origin } = new URL(site.origin('localhost'));
  const check = (issuer: string) =>
    verify(value.proof, 'age_over_18', origin, {
      nonce: NONCE,
      issuers: [{ issuer, types: ['tools.signet.self'], ...(issuer === 'self' ? {} : { jwks: KEYS }) }],
    });
  expect(await check('self')).toMatchObject({ valid: true, issuer: 'self', claims: { age_over_18: true } });
  expect(await check('https://issuer.example')).toMatchObject({ valid: false, reason: 'untrusted_issuer' });
  expect(value.proof).not.toContain('1985');
});

/** A key that signed nothing here. */
const KEYS = { keys: [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }] };
