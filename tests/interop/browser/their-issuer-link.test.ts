import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { untilNoWindow } from '../../e2e/scene.ts';
import { clickNamed, clickWhenArmed, deny, fill, named, text, until, untilSays } from '../../e2e/setup/harness.ts';
import type { Grant, IssuerTerms, TheirIssuer } from './their-issuer/index.ts';
import { refuse, startTheirIssuer } from './their-issuer/index.ts';
import type { Wallet } from './their-issuer/wallet.ts';
import { openWallet, signIn } from './their-issuer/wallet.ts';

let wallet: Wallet;

beforeAll(async () => {
  wallet = await openWallet();
});
afterAll(() => wallet[Symbol.asyncDispose]());
afterEach(async () => {
  for (const consent of await wallet.opened.consentPages()) await consent.close();
  await wallet.leave();
});

/** Pastes a link on the screen for it. */
async function paste(link: string): Promise<void> {
  const { app, opened } = wallet;
  await app.goto('about:blank');
  await app.goto(opened.url('app.html#/link'));
  await app.bringToFront();
  await (await named(app, text('link_field'), 'textbox')).focus();
  await app.keyboard.sendCharacter(link);
  await clickNamed(app, text('link_look'), 'button');
}

/** Pastes a link and goes on, having seen whose it is. @returns the window in which the person decides */
async function follow(link: string, issuer: TheirIssuer): Promise<Page> {
  await paste(link);
  await named(wallet.app, text('link_says_offer', new URL(issuer.origin).host), 'heading');
  expect(issuer.asked()).toEqual([]);
  const appears = wallet.opened.nextConsent();
  await clickNamed(wallet.app, text('link_continue'), 'button');
  return appears;
}

const KINDS = {
  'that holds the offer': (issuer: TheirIssuer, grant?: Grant) => issuer.link(grant),
  'to where the offer is kept': (issuer: TheirIssuer, grant?: Grant) => issuer.linkByReference(grant),
} as const;

describe.each(Object.entries(KINDS))('a link %s', (_, linkOf) => {
  async function arrived(issuer: TheirIssuer, before: number): Promise<void> {
    await untilNoWindow(wallet.opened);
    expect(await wallet.holdings()).toEqual({ copies: before + 3, promised: 0 });
    expect(issuer.refusals).toEqual([]);
  }

  test('brings it, and says in the window that it proves nothing about who sent it', async () => {
    await using issuer = await startTheirIssuer();
    const { copies } = await wallet.holdings();
    const consent = await follow(await linkOf(issuer), issuer);
    await untilSays(consent, text('link_came_offer'));
    await clickWhenArmed(consent, text('offer_accept'));
    await arrived(issuer, copies);
  });

  test('brings it for the code that the issuer sent the person', async () => {
    await using issuer = await startTheirIssuer({ transactionCode: '471199', dpop: 'bound' });
    const { copies } = await wallet.holdings();
    const consent = await follow(await linkOf(issuer), issuer);
    await fill(consent, text('offer_code'), '471199');
    await clickWhenArmed(consent, text('offer_accept'));
    await arrived(issuer, copies);
  });

  test('brings it to who signs in', async () => {
    await using issuer = await startTheirIssuer({ dpop: 'nonces', withoutScope: true });
    const { copies } = await wallet.holdings();
    const consent = await follow(await linkOf(issuer, 'authorization_code'), issuer);
    await signIn(wallet, consent, issuer);
    await arrived(issuer, copies);
  });

  test('brings nothing to who does not want it', async () => {
    await using issuer = await startTheirIssuer();
    const before = await wallet.holdings();
    const consent = await follow(await linkOf(issuer), issuer);
    await named(consent, text('offer_accept'), 'button');
    await deny(consent);
    await untilNoWindow(wallet.opened);
    expect(issuer.asked().filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(await wallet.holdings()).toEqual(before);
  });
});

describe('a link that means harm', () => {
  const METADATA = '/.well-known/openid-credential-issuer';
  const SERVER = '/.well-known/oauth-authorization-server';
  /** More than anybody has to say. */
  const ENDLESS = { endless: 'x'.repeat(1_100_000) };
  const swollen = (where: string): IssuerTerms => ({
    lie: (path, honest) => (path === where ? { ...honest, ...ENDLESS } : honest),
  });
  const to = (location: string) => ({ status: 302, headers: { location } });
  const looping = (path: string): IssuerTerms => ({ routes: (origin) => ({ [path]: to(`${origin}${path}?again`) }) });
  const leading = (path: string): IssuerTerms => ({
    routes: () => ({ [path]: to(`${wallet.canary.origin()}${path}`) }),
  });
  const keeping = (offer: object): IssuerTerms => ({
    lie: (path, honest) => (path === '/offer' ? { ...honest, ...offer } : honest),
  });

  const harmful: readonly (readonly [string, () => IssuerTerms])[] = [
    ['an offer without end', () => swollen('/offer')],
    ['an offer that leads round in a circle', () => looping('/offer')],
    ['an offer that leads to another', () => leading('/offer')],
    ['an offer that is gone', () => ({ routes: () => ({ '/offer': refuse('invalid_request', 404) }) })],
    [
      'a page in the place of an offer',
      () => ({ routes: () => ({ '/offer': '<!doctype html><title>offer</title>' }) }),
    ],
    ['an offer of nothing', () => keeping({ credential_configuration_ids: [] })],
    ['an offer of nobody', () => keeping({ credential_issuer: undefined })],
    ['an offer of a script', () => keeping({ credential_issuer: 'javascript:alert(1)' })],
    [
      'an offer that leads on to an offer',
      () => keeping({ credential_issuer: undefined, credential_offer_uri: 'https://bank.example/' }),
    ],
    ['metadata without end', () => swollen(METADATA)],
    ['metadata that lead round in a circle', () => looping(METADATA)],
    ['metadata that lead to another', () => leading(METADATA)],
    ['a server’s metadata without end', () => swollen(SERVER)],
    ['a server’s metadata that lead round in a circle', () => looping(SERVER)],
  ];
  test.each(harmful)('by %s fails in the window, and no code leaves the wallet', async (_, terms) => {
    await using issuer = await startTheirIssuer(terms());
    const before = await wallet.holdings();
    const consent = await follow(await issuer.linkByReference(), issuer);
    await untilSays(consent, text('offer_failed_kept'));
    await clickNamed(consent, text('close'), 'button');
    await untilNoWindow(wallet.opened);
    expect(issuer.asked().filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(issuer.asked().filter(({ path }) => path.endsWith('?again'))).toEqual([]);
    expect(await wallet.holdings()).toEqual(before);
  });

  test('by an offer in another’s name: that one is named first, and then refuses the code', async () => {
    await using other = await startTheirIssuer();
    await using issuer = await startTheirIssuer(keeping({ credential_issuer: other.origin }));
    const before = await wallet.holdings();
    const consent = await follow(await issuer.linkByReference(), issuer);
    await untilSays(consent, text('offer_ask_further_title'));
    await untilSays(consent, new URL(other.origin).host);
    expect(other.asked()).toEqual([]);
    await clickWhenArmed(consent, text('offer_continue'));
    await clickWhenArmed(consent, text('offer_accept'));
    await untilSays(consent, text('offer_failed_kept'));
    expect(other.proofs).toEqual([]);
    expect(issuer.asked().map(({ method }) => method)).toEqual(['GET']);
    expect(await wallet.holdings()).toEqual(before);
  });

  const encoded = (value: unknown): string =>
    encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value));
  const malformed: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['what is not JSON', `credential_offer=${encoded('{"credential_issuer":')}`],
    ['a list', `credential_offer=${encoded([])}`],
    ['no issuer', `credential_offer=${encoded({ credential_configuration_ids: ['pass'] })}`],
    ['an address without a lock', `credential_offer_uri=${encoded('http://bank.example/offer')}`],
    ['a file', `credential_offer_uri=${encoded('file:///etc/passwd')}`],
    [
      'two places',
      `credential_offer_uri=${encoded('https://a.example')}&credential_offer_uri=${encoded('https://b.example')}`,
    ],
    ['an offer and a place', `credential_offer=${encoded({})}&credential_offer_uri=${encoded('https://bank.example')}`],
  ];
  test.each(malformed)('by holding %s is no offer: there is nothing to go on to', async (_, query) => {
    await paste(`openid-credential-offer://?${query}`);
    await until(wallet.app, () => document.querySelector('textarea')?.ariaInvalid === 'true');
    expect(await wallet.app.evaluate(() => document.querySelector('main')?.innerText)).not.toContain(
      text('link_continue'),
    );
  });
});
