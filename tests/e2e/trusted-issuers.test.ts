import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Party } from '../fixtures/credentials/test-certificates.ts';
import { certify, createParty, x5cOf } from '../fixtures/credentials/test-certificates.ts';
import type { TestIssuer } from '../fixtures/credentials/test-issuer.ts';
import { createTestIssuer } from '../fixtures/credentials/test-issuer.ts';
import { begin, ended } from './page-calls.ts';
import { untilNoWindow } from './scene.ts';
import {
  askWallet,
  axeAndScreenshot,
  chooseFile,
  clickNamed,
  clickWhenArmed,
  createVault,
  findNamed,
  named,
  openBrowser,
  pressNamed,
  serve,
  text,
  untilSays,
} from './setup/harness.ts';
import type { ExtensionBrowser } from './setup/harness.ts';
import { startTinyIssuer } from './tiny-issuer.ts';
import type { TinyIssuer } from './tiny-issuer.ts';

const DAY = 86_400_000;
const times = { notBefore: Date.now() - DAY, notAfter: Date.now() + 30 * DAY };

let opened: ExtensionBrowser;
let app: Page;
let folder: string;
let root: Party;
let rootDer: Uint8Array<ArrayBuffer>;
/** Signs credentials under a certificate of the root's. */
let issuer: TinyIssuer;

beforeAll(async () => {
  [opened, folder, root] = await Promise.all([
    openBrowser(),
    mkdtemp(join(tmpdir(), 'trust-')),
    createParty('Town Root CA'),
  ]);
  rootDer = await certify(root, root, { authority: true, uris: [], ...times });
  const signer = await createTestIssuer();
  const chains = new Map<string, Promise<readonly string[]>>();
  const header = async (origin: string) => {
    const chain = chains.get(origin) ?? chainFor(signer, origin);
    chains.set(origin, chain);
    return { x5c: await chain };
  };
  issuer = await startTinyIssuer({ signer, header });
  app = await opened.openApp();
  await app.setViewport({ width: 1100, height: 900 });
  await createVault(app);
});
afterAll(async () => {
  await opened.close();
  await Promise.all([issuer[Symbol.asyncDispose](), rm(folder, { recursive: true })]);
});

async function chainFor(signer: TestIssuer, origin: string): Promise<readonly string[]> {
  const leaf: Party = { name: 'Town office', kind: 'P-256', keyPair: signer.keyPair };
  return x5cOf(await certify(leaf, root, { uris: [origin], usage: 1, ...times }));
}

/** The person takes the issuer's credential. */
async function receive(): Promise<void> {
  const page = await opened.browser.newPage();
  await page.goto(issuer.origin);
  const appears = opened.nextConsent();
  await begin(page, 'offer', `signet.offerCredential({ credential_offer: ${JSON.stringify(issuer.offer)} })`);
  const consent = await appears;
  await clickWhenArmed(consent, text('offer_continue'));
  await clickWhenArmed(consent, text('offer_accept'));
  await ended(page, 'offer');
  await untilNoWindow(opened);
  await page.close();
}

const pem = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`;

const listOf = (name: string, ...ders: readonly Uint8Array[]): object => ({
  name,
  anchors: ders.map((der, i) => ({ certificate: pem(der), name: `${name} ${i + 1}` })),
});

async function go(hash: string, heading: string): Promise<void> {
  await app.bringToFront();
  await app.goto(opened.url(`app.html${hash}`));
  await app.reload();
  await named(app, heading, 'heading');
}

const goTrust = (): Promise<void> => go('#/trust', text('nav_trust'));

async function fileWith(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const looksAt = async (name: string, content: string | Uint8Array): Promise<void> => {
  await go('#/trust/add', text('trust_add_title'));
  await chooseFile(app, await fileWith(name, content));
  await clickNamed(app, text('trust_look'), 'button');
};

const expectNoFault = async (name: string): Promise<void> => expect(await axeAndScreenshot(name, app)).toEqual([]);
const trusted = () => askWallet(app, 'trust.list', {});
const credential = async () => (await askWallet(app, 'credentials.list', {})).credentials[0];

/** Ends a test: the person trusts nobody. */
async function trustNobody(): Promise<void> {
  const { anchors, lists } = await trusted();
  for (const { id } of anchors) await askWallet(app, 'trust.remove', { id });
  for (const { id } of lists) await askWallet(app, 'trust.removeList', { id });
}

describe('trusted issuers', () => {
  test('says what to do next while there is nobody, and an issuer is vouched for by nobody', async () => {
    await goTrust();
    await untilSays(app, text('trust_empty_next'));
    await expectNoFault('app-trust-empty');
    await receive();
    await go(`#/credentials/${(await credential())?.id ?? ''}`, 'Age');
    await untilSays(app, text('issuer_unvouched_long'));
  });

  test('a certificate is shown before it counts, then vouches by the name that the person gave it, until they stop', async () => {
    await goTrust();
    await pressNamed(app, text('trust_add'));
    await named(app, text('trust_add_title'), 'heading');
    await expectNoFault('app-trust-add');
    await chooseFile(app, await fileWith('root.pem', pem(rootDer)));
    await pressNamed(app, text('trust_look'));
    await named(app, text('trust_review_title'), 'heading');
    await untilSays(app, 'Town Root CA');
    expect((await trusted()).anchors).toEqual([]);
    await expectNoFault('app-trust-review');
    await pressNamed(app, text('trust_confirm'));
    await named(app, text('trust_own'), 'heading');
    await untilSays(app, text('trust_vouches_now_one', '1'));
    await expectNoFault('app-trust');
    expect(await credential()).toMatchObject({ issuer: { vouched: true, voucher: 'Town Root CA' } });

    await go(`#/credentials/${(await credential())?.id ?? ''}`, 'Age');
    await untilSays(app, text('issuer_vouched_long', 'Town Root CA'));
    await expectNoFault('app-credential-vouched');

    await goTrust();
    await clickNamed(app, text('trust_remove'), 'button');
    await untilSays(app, text('trust_remove_lost_one', '1'));
    await expectNoFault('app-trust-remove');
    const dialog = await app.waitForSelector('dialog .button.harm');
    await dialog?.click();
    await untilSays(app, text('trust_empty'));
    expect(await credential()).toMatchObject({ issuer: { vouched: false } });
    const { entries } = await askWallet(app, 'audit.list', { limit: 10 });
    expect(entries.map(({ kind, subject }) => [kind, subject]).slice(0, 2)).toEqual([
      ['trust.removed', 'Town Root CA'],
      ['trust.added', 'Town Root CA'],
    ]);
  });

  test('what cannot vouch for anybody is said to, and cannot be trusted', async () => {
    const leaf = await certify(await createParty('Shop'), root, { uris: [], ...times });
    await looksAt('leaf.der', leaf);
    await untilSays(app, text('trust_unusable'));
    await untilSays(app, 'It is the certificate of one site or issuer');
    await expectNoFault('app-trust-unusable');
    const confirm = await named(app, text('trust_confirm'), 'button');
    expect(await confirm.evaluate((button) => (button as HTMLButtonElement).disabled)).toBe(true);
  });

  test.each([
    ['a large file', 'x'.repeat(1_100_000), () => text('trust_too_large')],
    ['a file of words', 'hello', () => 'There is no certificate in this'],
    [
      'ten thousand certificates',
      JSON.stringify({ name: 'x', anchors: Array.from({ length: 10_000 }, () => 0) }),
      () => 'There are 10000 certificates in this list',
    ],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----', () => 'This is a private key'],
  ])('%s is refused in words, and nothing is trusted', async (_, content, words) => {
    await looksAt('hostile.txt', content);
    await untilSays(app, words());
    expect(await trusted()).toEqual({ anchors: [], lists: [] });
  });

  test('a list without a signature is taken in with a warning, and names who vouches', async () => {
    await looksAt('list.json', JSON.stringify(listOf('Town list', rootDer)));
    await untilSays(app, text('trust_unsigned_means'));
    await expectNoFault('app-trust-list-review');
    expect((await trusted()).lists).toEqual([]);
    await clickNamed(app, text('trust_take_list'), 'button');
    await named(app, text('trust_lists'), 'heading');
    expect(await credential()).toMatchObject({ issuer: { vouched: true, voucher: 'Town list 1' } });
    await expectNoFault('app-trust-lists');
    expect(await findNamed(app, text('look_again'), 'button')).toBeNull();
    await trustNobody();
    expect(await credential()).toMatchObject({ issuer: { vouched: false } });
  });

  test('a signed list is asked for on a click alone, and followed by one of the same key alone', async () => {
    const [maker, stranger] = [await createTestIssuer(), await createTestIssuer()];
    const sign = (by: TestIssuer, list: object): Promise<string> =>
      by.sign(
        { ...list, iat: Math.floor(Date.now() / 1000) - 10 },
        { typ: 'signet-trust-list+jwt', jwk: by.publicJwk },
      );
    let served = await sign(maker, listOf('Union', rootDer));
    await using site = await serve({
      '/list': () => ({ status: 200, headers: { 'content-type': 'application/jwt' }, body: served }),
    });
    const asked = (): number => site.received.filter(({ path }) => path === '/list').length;

    await go('#/trust/add', text('trust_add_title'));
    const address = await named(app, text('trust_address'), 'textbox');
    await address.type(`${site.origin()}/list`);
    expect(asked()).toBe(0);
    await clickNamed(app, text('trust_look'), 'button');
    await untilSays(app, text('trust_signed_means'));
    expect(asked()).toBe(1);
    await clickNamed(app, text('trust_take_list'), 'button');
    await named(app, text('trust_lists'), 'heading');
    expect(asked()).toBe(1);

    served = await sign(stranger, listOf('Union', rootDer));
    await clickNamed(app, text('look_again'), 'button');
    await untilSays(app, 'signed by another key');
    expect(await credential()).toMatchObject({ issuer: { vouched: true } });

    const other = await createParty('Other Root');
    served = await sign(maker, listOf('Union', await certify(other, other, { authority: true, uris: [], ...times })));
    await clickNamed(app, text('look_again'), 'button');
    await untilSays(app, text('trust_list_gone_one', '1'));
    await expectNoFault('app-trust-list-changes');
    expect(await credential()).toMatchObject({ issuer: { vouched: true } });
    await clickNamed(app, text('trust_take_list'), 'button');
    await named(app, text('trust_lists'), 'heading');
    expect(await credential()).toMatchObject({ issuer: { vouched: false } });
    expect(asked()).toBe(3);
    await trustNobody();
  });
});
