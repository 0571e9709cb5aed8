import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ProofWaiting } from '../../lib/messaging/contract.ts';
import { certify, createParty } from '../fixtures/credentials/test-certificates.ts';
import type { DigitalShop, SeenCredential } from './digital-calls.ts';
import { beginSeen, digitalShop } from './digital-calls.ts';
import { ended } from './page-calls.ts';
import { createReaper } from './reaper.ts';
import type { Scene } from './scene.ts';
import { entriesOf, openScene, untilArmed, untilNoWindow } from './scene.ts';
import {
  approve,
  askWallet,
  axeAndScreenshot,
  clickNamed,
  clickWhenArmed,
  findNamed,
  named,
  serve,
  text,
  untilSays,
} from './setup/harness.ts';

let scene: Scene;
let page: Page;
let shop: DigitalShop;
/** Consent windows that were opened since the test began. */
let windows: number;

beforeAll(async () => {
  scene = await openScene();
  scene.opened.browser.on('targetcreated', (target) => {
    if (target.url().includes('consent.html')) windows += 1;
  });
});
afterAll(() => scene[Symbol.asyncDispose]());

beforeEach(async () => {
  page = await scene.visit();
  shop = digitalShop({ origin: scene.site.origin(), issuer: scene.issuer });
  windows = 0;
});
afterEach(() => scene.leave());

/** Asks by the browser's own function, and returns the window that asks the person. */
async function askInWindow(options: object, name = 'get', button = text('allow_once')): Promise<Page> {
  const appears = scene.opened.nextConsent();
  await beginSeen(page, name, options);
  const consent = await appears;
  await named(consent, button, 'button');
  await consent.bringToFront();
  return consent;
}

/** What the page got. */
async function got(name = 'get'): Promise<SeenCredential> {
  const outcome = await ended(page, name);
  if (!('value' in outcome)) throw new Error(`The call ended with ${outcome.name}: ${outcome.message}`);
  return outcome.value as SeenCredential; // made by `beginSeen`
}

/** The proof that waits, as our own pages see it. */
async function waiting(): Promise<ProofWaiting> {
  const [first] = (await askWallet(scene.app, 'requests.list', {})).waiting;
  if (first?.kind !== 'proof') throw new Error('No proof is waited for.');
  return first;
}

const signerOf = async (names: { readonly dnsNames: readonly string[] }) => {
  const authority = await createParty('Shop Registry of Example');
  const verifier = await createParty('Example Shop Ltd');
  const terms = { ...names, uris: [], notBefore: Date.now() - 86_400_000, notAfter: Date.now() + 86_400_000 };
  const root = await certify(authority, authority, { ...terms, dnsNames: [], authority: true });
  const leaf = await certify(verifier, authority, terms);
  return { key: verifier.keyPair.privateKey, certificates: [leaf], root };
};

const signingKey = async (): Promise<CryptoKeyPair> => (await createParty('Example Shop Ltd')).keyPair;

describe('a site that never heard of Signet', () => {
  test('gets a DigitalCredential that its own server finds valid', async () => {
    const { request, session } = await shop.ask({ encrypt: false });
    const consent = await askInWindow(request);
    expect(await axeAndScreenshot('digital-plain', consent)).toEqual([]);
    await approve(consent);
    const { data, ...seen } = await got();
    const json = { id: '', type: 'digital', protocol: 'openid4vp-v1-unsigned', data };
    expect(seen).toEqual({
      ...{ isInstance: true, id: '', type: 'digital', protocol: 'openid4vp-v1-unsigned', json },
      tag: '[object DigitalCredential]',
    });
    const result = await shop.verify({ protocol: seen.protocol, data }, session);
    expect(result).toMatchObject({ valid: true, claims: { age_over_21: true } });
  });

  test('gets it encrypted where it asks for that', async () => {
    const { request, session } = await shop.ask();
    const consent = await askInWindow(request);
    expect((await waiting()).encrypted).toBe(true);
    await approve(consent);
    const { protocol, data } = await got();
    expect(Object.keys(data as object)).toEqual(['response']);
    expect(await shop.verify({ protocol, data }, session)).toMatchObject({ valid: true });
  });

  test('gets one answer, and the person is not asked again, after “always for this site”', async () => {
    const consent = await askInWindow((await shop.ask({ encrypt: false })).request);
    await clickNamed(consent, text('grant_always'), 'button');
    await clickWhenArmed(consent, text('grant_allow'));
    await got();
    await untilNoWindow(scene.opened);
    const { request, session } = await shop.ask({ encrypt: false });
    await beginSeen(page, 'again', request);
    const { protocol, data } = await got('again');
    expect(await shop.verify({ protocol, data }, session)).toMatchObject({ valid: true });
    expect(windows).toBe(1);
  });

  test('gets the same bytes from a worker that died between the yes and the answer', async () => {
    await using reaper = await createReaper(scene.opened);
    const { request, session } = await shop.ask();
    const consent = await askInWindow(request);
    await untilArmed(consent);
    await approve(consent);
    await reaper.kill();
    const { protocol, data } = await got();
    expect(await shop.verify({ protocol, data }, session)).toMatchObject({ valid: true });
    expect(await entriesOf(scene.app, 'proof.allowed')).toBeGreaterThan(0);
  });

  test('hears NotAllowedError where the person says no, and where they close the window', async () => {
    const first = await askInWindow((await shop.ask()).request);
    await clickNamed(first, text('deny'), 'button');
    expect(await ended(page, 'get')).toMatchObject({ name: 'NotAllowedError' });
    await untilNoWindow(scene.opened);
    const second = await askInWindow((await shop.ask()).request, 'second');
    await second.close();
    expect(await ended(page, 'second')).toMatchObject({ name: 'NotAllowedError' });
  });
});

describe('a signed request', () => {
  test('shows who signed it, and that nobody the person trusts vouches for it', async () => {
    const signing = await signerOf({ dnsNames: ['localhost'] });
    const { request, session } = await shop.ask({ signing, unsigned: false });
    const consent = await askInWindow(request);
    await untilSays(consent, 'Example Shop Ltd');
    await untilSays(consent, text('verifier_unvouched'));
    expect(await axeAndScreenshot('digital-signed', consent)).toEqual([]);
    await approve(consent);
    const { protocol, data } = await got();
    expect(protocol).toBe('openid4vp-v1-signed');
    expect(await shop.verify({ protocol, data }, session)).toMatchObject({ valid: true });
  });

  test('shows who vouches for it, once the person trusts them', async () => {
    const signing = await signerOf({ dnsNames: ['localhost'] });
    const certificate = Buffer.from(signing.root).toString('base64');
    await askWallet(scene.app, 'trust.add', {
      certificates: [{ certificate, name: 'Shop Registry' }],
      vouchesFor: ['verifiers'],
    });
    const consent = await askInWindow((await shop.ask({ signing, unsigned: false })).request);
    await untilSays(consent, 'Shop Registry of Example');
    expect(await axeAndScreenshot('digital-vouched', consent)).toEqual([]);
  });

  test('for another origin is refused before anybody is asked', async () => {
    const signing = await signerOf({ dnsNames: ['localhost'] });
    const other = digitalShop({ origin: 'https://other.example', issuer: scene.issuer });
    const { request } = await other.ask({ signing, unsigned: false });
    await beginSeen(page, 'get', request);
    expect(await ended(page, 'get')).toMatchObject({ name: 'TypeError' });
    expect(windows).toBe(0);
  });

  test('whose words were changed is refused before anybody is asked', async () => {
    const signing = await signerOf({ dnsNames: ['localhost'] });
    const { request } = await shop.ask({ signing, unsigned: false });
    const [signed] = request.digital.requests;
    const jws = signed?.data['request'];
    if (typeof jws !== 'string') throw new Error('The request is not signed.');
    const [header, payload = '', signature] = jws.split('.');
    const words = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...words, nonce: 'B'.repeat(22) })).toString('base64url');
    const data = { request: [header, forged, signature].join('.') };
    await beginSeen(page, 'get', { digital: { requests: [{ protocol: signed?.protocol, data }] } });
    expect(await ended(page, 'get')).toMatchObject({ name: 'TypeError' });
    expect(windows).toBe(0);
  });
});

describe('a request signed under did:web', () => {
  test('asks nobody before the person lets it, and then shows who it is', async () => {
    const { publicKey, privateKey } = await signingKey();
    await using host = await serve({}, { tls: true });
    const did = `did:web:verifier.example%3A${host.port}`;
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
    const document = {
      id: did,
      verificationMethod: [{ id: `${did}#0`, type: 'JsonWebKey', controller: did, publicKeyJwk: { kty, crv, x, y } }],
    };
    host.route('/.well-known/did.json', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(document),
    });
    const { request, session } = await shop.ask({ signing: { key: privateKey, did }, unsigned: false });
    const consent = await askInWindow(request, 'get', text('look_up_continue'));
    await untilSays(consent, `verifier.example:${host.port}`);
    expect(await axeAndScreenshot('digital-look-up', consent)).toEqual([]);
    expect(host.received).toEqual([]);
    await clickWhenArmed(consent, text('look_up_continue'));
    await named(consent, text('allow_once'), 'button');
    await untilSays(consent, did);
    expect(host.received.map(({ path }) => path)).toEqual(['/.well-known/did.json']);
    await approve(consent);
    const { protocol, data } = await got();
    expect(await shop.verify({ protocol, data }, session)).toMatchObject({ valid: true });
  });

  test('that names another key than it is signed with cannot be allowed', async () => {
    const [signer, another] = [await signingKey(), await signingKey()];
    await using host = await serve({}, { tls: true });
    const did = `did:web:verifier.example%3A${host.port}`;
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', another.publicKey);
    const method = { id: `${did}#0`, type: 'JsonWebKey', controller: did, publicKeyJwk: { kty, crv, x, y } };
    host.route('/.well-known/did.json', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: did, verificationMethod: [method] }),
    });
    const { request } = await shop.ask({ signing: { key: signer.privateKey, did }, unsigned: false });
    const consent = await askInWindow(request, 'get', text('look_up_continue'));
    await clickWhenArmed(consent, text('look_up_continue'));
    await untilSays(consent, text('consent_failed'));
    expect(await findNamed(consent, text('allow_once'), 'button')).toBeNull();
    await clickNamed(consent, text('close'), 'button');
    expect(await ended(page, 'get')).toMatchObject({ name: 'NotAllowedError' });
  });
});

describe('a payment', () => {
  const transactionData = [{ type: 'signet.payment', amount: '12.00', currency: 'USD', payee: 'Example Shop' }];

  test('is the first thing to read, is bound to the yes, and is never allowed for later', async () => {
    const { request, session } = await shop.ask({ transactionData });
    const consent = await askInWindow(request);
    await untilSays(consent, '$12.00');
    await untilSays(consent, 'Example Shop');
    expect(await findNamed(consent, text('grant_always'), 'button')).toBeNull();
    expect(await axeAndScreenshot('digital-payment', consent)).toEqual([]);
    await approve(consent);
    const { protocol, data } = await got();
    expect(await shop.verify({ protocol, data }, session)).toMatchObject({
      valid: true,
      transactions: [{ data: transactionData[0] }],
    });
  });

  test('is asked about although the site may always learn what it takes', async () => {
    const consent = await askInWindow((await shop.ask({ encrypt: false })).request);
    await clickNamed(consent, text('grant_always'), 'button');
    await clickWhenArmed(consent, text('grant_allow'));
    await got();
    await untilNoWindow(scene.opened);
    const paying = await askInWindow((await shop.ask({ transactionData })).request, 'pay');
    await untilSays(paying, '$12.00');
    await clickNamed(paying, text('deny'), 'button');
    expect(await ended(page, 'pay')).toMatchObject({ name: 'NotAllowedError' });
  });

  test('of a kind that Signet cannot show is refused before anybody is asked', async () => {
    const { request } = await shop.ask({ transactionData: [{ type: 'strange.deed', what: 'anything' }] });
    await beginSeen(page, 'get', request);
    expect(await ended(page, 'get')).toMatchObject({ name: 'NotSupportedError' });
    expect(windows).toBe(0);
  });
});

describe('two calls', () => {
  test('at once are one too many: the second fails, the first goes on', async () => {
    const consent = await askInWindow((await shop.ask({ encrypt: false })).request);
    await beginSeen(page, 'second', (await shop.ask({ encrypt: false })).request);
    expect(await ended(page, 'second')).toMatchObject({ name: 'NotAllowedError' });
    await consent.bringToFront();
    await approve(consent);
    await got();
  });
});
