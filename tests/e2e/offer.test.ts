import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestIssuer } from '../fixtures/credentials/test-issuer.ts';
import { begin, ended, isPending, outcomeOf } from './page-calls.ts';
import { copiesLeft, entriesOf } from './scene.ts';
import {
  askWallet,
  clickWhenArmed,
  createVault,
  deny,
  fill,
  named,
  openBrowser,
  serve,
  text,
  untilSays,
} from './setup/harness.ts';
import type { ExtensionBrowser, TestServer } from './setup/harness.ts';
import type { Lies } from './tiny-issuer.ts';
import { holderIn, startTinyIssuer } from './tiny-issuer.ts';

let opened: ExtensionBrowser;
let app: Page;
/** A server that nobody may be led to. */
let canary: TestServer;

beforeAll(async () => {
  [opened, canary] = await Promise.all([openBrowser(), serve()]);
  app = await opened.openApp();
  await createVault(app);
});
afterAll(async () => {
  await opened.close();
  await canary.close();
});
afterEach(async () => {
  await expect.poll(() => opened.consentPages()).toEqual([]);
  expect(canary.received).toEqual([]);
});

async function visit(url: string): Promise<Page> {
  const page = await opened.browser.newPage();
  await page.goto(url);
  return page;
}

/** Hands an offer to the wallet; returns the window once it asks its first question. */
async function offerIn(page: Page, offer: object): Promise<Page> {
  const appears = opened.nextConsent();
  await begin(page, 'offer', `signet.offerCredential(${JSON.stringify(offer)})`);
  const consent = await appears;
  await named(consent, text('offer_continue'), 'button');
  return consent;
}

const shown = (consent: Page): Promise<string> => consent.evaluate(() => document.body.innerText);

describe('before the person’s click', () => {
  test('nobody is asked anything, by value or by reference, and the window names the issuer’s host', async () => {
    await using issuer = await startTinyIssuer();
    const page = await visit(issuer.origin);
    const offers = [{ credential_offer: issuer.offer }, { credential_offer_uri: `${issuer.origin}/offer?id=1` }];
    for (const offer of offers) {
      const consent = await offerIn(page, offer);
      expect(await shown(consent)).toContain(new URL(issuer.origin).host);
      await deny(consent);
      expect(await ended(page, 'offer')).toMatchObject({ code: 4001 });
    }
    expect(issuer.received).toEqual([]);
    await page.close();
  });

  test('an offer at another origin is named as that origin, and that one too is asked nothing', async () => {
    await using issuer = await startTinyIssuer();
    const page = await visit(issuer.origin);
    const consent = await offerIn(page, { credential_offer_uri: `${canary.origin('127.0.0.1')}/offer` });
    expect(await shown(consent)).toContain(new URL(canary.origin('127.0.0.1')).host);
    await consent.close();
    expect(await ended(page, 'offer')).toMatchObject({ code: 4001 });
    expect(issuer.received).toEqual([]);
    await page.close();
  });
});

test('an authorization server at another origin is named, and asked nothing before another click', async () => {
  await using issuer = await startTinyIssuer({
    issuerMetadata: () => ({ authorization_servers: [canary.origin()] }),
  });
  const page = await visit(issuer.origin);
  const consent = await offerIn(page, { credential_offer: issuer.offer });
  await clickWhenArmed(consent, text('offer_continue'));
  await untilSays(consent, text('offer_ask_further_title'));
  expect(await shown(consent)).toContain(new URL(canary.origin()).host);
  await deny(consent);
  expect(await ended(page, 'offer')).toMatchObject({ code: 4001 });
  await page.close();
});

describe('a page cannot aim the wallet', () => {
  let site: TestServer;
  let page: Page;
  beforeAll(async () => {
    site = await serve({ '/': '<!doctype html><title>site</title>' }, { tls: true });
    page = await visit(site.origin('shop.example'));
  });
  afterAll(async () => {
    await page.close();
    await site.close();
  });

  const grants = { 'urn:ietf:params:oauth:grant-type:pre-authorized_code': { 'pre-authorized_code': 'code' } };
  const offerBy = (credential_issuer: unknown) => ({
    credential_offer: { credential_issuer, credential_configuration_ids: ['age'], grants },
  });
  const addresses = [
    ['a server on the visitor’s machine', () => canary.origin()],
    ['a server on the visitor’s machine, by number', () => canary.origin('127.0.0.1')],
    ['the same in other words', () => `http://127.1:${canary.port}`],
    ['a plain host on the network', () => `http://printer.example:${canary.port}`],
    ['a file', () => 'file:///etc/passwd'],
    ['a script', () => 'javascript:alert(1)'],
    ['data', () => 'data:application/json,{}'],
    ['a page of the browser', () => 'chrome://settings'],
    ['somebody’s password', () => `https://user:secret@shop.example:${site.port}`],
  ] as const;

  test.for(addresses)('at %s, as an issuer or as the place of an offer', async ([, address]) => {
    const calls = [
      [offerBy(address()), 'credential_offer.credential_issuer'],
      [{ credential_offer_uri: address() }, 'credential_offer_uri'],
    ] as const;
    for (const [offer, field] of calls) {
      const outcome = await outcomeOf(page, `signet.offerCredential(${JSON.stringify(offer)})`);
      expect(outcome).toMatchObject({ name: 'SignetError', code: -32602, field });
    }
    expect(site.received.filter(({ path }) => path !== '/' && path !== '/favicon.ico')).toEqual([]);
    expect(await opened.consentPages()).toEqual([]);
  });
});

describe('an honest issuer', () => {
  test('is asked in two steps, sees ten different keys, and neither cookie nor referrer', async () => {
    await using issuer = await startTinyIssuer();
    const page = await visit(issuer.origin);
    await page.evaluate(() => void (document.cookie = 'session=secret; path=/'));
    const consent = await offerIn(page, { credential_offer: issuer.offer });
    await clickWhenArmed(consent, text('offer_continue'));
    await named(consent, text('offer_accept'), 'button');
    expect(new Set(issuer.received.map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(await shown(consent)).toContain(text('offer_unvouched'));

    const before = await copiesLeft(app);
    await clickWhenArmed(consent, text('offer_accept'));
    expect(await ended(page, 'offer')).toEqual({ value: { accepted: true, credentials: 10 } });
    expect(await copiesLeft(app)).toBe(before + 10);

    const asked = issuer.received.find(({ path }) => path === '/credential')?.body ?? '';
    const { proofs } = JSON.parse(asked) as { proofs: { jwt: string[] } }; // the wallet's own request
    expect(new Set(proofs.jwt.map((proof) => JSON.stringify(holderIn(proof)))).size).toBe(10);
    expect(issuer.received.length).toBeGreaterThan(4);
    for (const { headers } of issuer.received) {
      expect(headers.cookie).toBeUndefined();
      expect(headers.referer).toBeUndefined();
    }
    await page.close();
  });

  test('takes the right transaction code after a wrong one', async () => {
    await using issuer = await startTinyIssuer({}, { transactionCode: '4711' });
    const page = await visit(issuer.origin);
    const consent = await offerIn(page, { credential_offer: issuer.offer });
    await clickWhenArmed(consent, text('offer_continue'));
    await fill(consent, text('offer_code'), '0000');
    await clickWhenArmed(consent, text('offer_accept'));
    await untilSays(consent, 'did not accept this code');
    expect(await isPending(page, 'offer')).toBe(true);

    await fill(consent, text('offer_code'), '4711');
    await clickWhenArmed(consent, text('offer_accept'));
    expect(await ended(page, 'offer')).toEqual({ value: { accepted: true, credentials: 10 } });
    await page.close();
  });
});

describe('a dishonest issuer is refused with the reason, in the window and in the log, and nothing is stored', () => {
  let stranger: Awaited<ReturnType<typeof createTestIssuer>>;
  beforeEach(async () => {
    stranger = await createTestIssuer('ES256', 'key');
  });
  const json = { 'content-type': 'application/json' };
  const elsewhere = (path: string) => `${canary.origin()}${path}`;

  /** `step`: after which of the person's two clicks it shows. */
  interface Case {
    readonly lies: () => Lies;
    readonly step: 'continue' | 'accept';
    readonly says: RegExp;
  }
  const refused = 'accept';
  const cases: Readonly<Record<string, Case>> = {
    'a signature of another key': { lies: () => ({ signer: stranger }), step: refused, says: /did not sign/ },
    'another type than was offered': {
      lies: () => ({ payload: ({ origin }) => ({ vct: `${origin}/other` }) }),
      step: refused,
      says: /not of the type/,
    },
    'a credential that has expired': {
      lies: () => ({ payload: ({ now }) => ({ exp: now - 3600 }) }),
      step: refused,
      says: /expired/,
    },
    'a credential that is not valid yet': {
      lies: () => ({ payload: ({ now }) => ({ nbf: now + 3600 }) }),
      step: refused,
      says: /not valid yet/,
    },
    'a key that is not the wallet’s': {
      lies: () => ({ holder: { kty: 'EC', crv: 'P-256', x: stranger.publicJwk.x, y: stranger.publicJwk.y } }),
      step: refused,
      says: /key that is not yours/,
    },
    'another issuer’s name': {
      lies: () => ({ payload: () => ({ iss: 'https://somebody.example' }) }),
      step: refused,
      says: /another issuer/,
    },
    'keys of another issuer': {
      lies: () => ({ keys: () => ({ issuer: 'https://somebody.example' }) }),
      step: refused,
      says: /another issuer/,
    },
    'keys at another origin': {
      lies: () => ({ keys: () => ({ jwks: undefined, jwks_uri: elsewhere('/jwks') }) }),
      step: refused,
      says: /another origin/,
    },
    'metadata of another issuer': {
      lies: () => ({ issuerMetadata: () => ({ credential_issuer: canary.origin() }) }),
      step: 'continue',
      says: /another issuer/,
    },
    'a redirect to another origin': {
      lies: () => ({
        routes: () => ({
          '/.well-known/openid-credential-issuer': { status: 302, headers: { location: elsewhere('/metadata') } },
        }),
      }),
      step: 'continue',
      says: /sent you elsewhere/,
    },
    'a credential endpoint at another origin': {
      lies: () => ({ issuerMetadata: () => ({ credential_endpoint: elsewhere('/credential') }) }),
      step: 'continue',
      says: /not on .* as it should be/,
    },
    'a nonce endpoint at another origin': {
      lies: () => ({ issuerMetadata: () => ({ nonce_endpoint: elsewhere('/nonce') }) }),
      step: 'continue',
      says: /not on .* as it should be/,
    },
    'a token endpoint at another origin': {
      lies: () => ({ serverMetadata: () => ({ token_endpoint: elsewhere('/token') }) }),
      step: 'continue',
      says: /not on .* as it should be/,
    },
    'two megabytes': {
      lies: () => ({
        routes: () => ({
          '/credential': {
            headers: json,
            body: JSON.stringify({ credentials: [{ credential: 'A'.repeat(2_000_000) }] }),
          },
        }),
      }),
      step: refused,
      says: /more than 1000000 bytes/,
    },
    'no JSON': {
      lies: () => ({ routes: () => ({ '/credential': '<!doctype html><title>Welcome</title>' }) }),
      step: refused,
      says: /did not answer in JSON/,
    },
  };

  test.for(Object.entries(cases))('%s', async ([, { lies, step, says }]) => {
    await using issuer = await startTinyIssuer(lies());
    const page = await visit(issuer.origin);
    const before = { copies: await copiesLeft(app), entries: await failures() };
    const consent = await offerIn(page, { credential_offer: issuer.offer });
    // The clicks themselves are the business of the test above.
    const [waiting] = (await askWallet(consent, 'requests.list', {})).waiting;
    const requestId = waiting?.requestId ?? '';
    await askWallet(consent, 'requests.continueOffer', { requestId });
    const [reviewed] = (await askWallet(consent, 'requests.list', {})).waiting;
    if (step === 'accept') {
      if (reviewed?.state.step !== 'review') throw new Error(`The offer is at ${reviewed?.state.step ?? 'no step'}.`);
      const { digest } = reviewed.state;
      await expect(askWallet(consent, 'requests.acceptOffer', { requestId, digest })).rejects.toThrow(says);
    }

    await untilSays(consent, text('offer_failed'));
    expect(await shown(consent)).toMatch(says);
    expect(await isPending(page, 'offer')).toBe(true);
    expect(await copiesLeft(app)).toBe(before.copies);
    expect(await failures()).toBe(before.entries + 1);
    await consent.close();
    expect(await ended(page, 'offer')).toMatchObject({ code: 4001, message: 'The request was not granted.' });
    await page.close();
  });

  const failures = async (): Promise<number> =>
    (await entriesOf(app, 'credential.refused')) + (await entriesOf(app, 'offer.failed'));
});
