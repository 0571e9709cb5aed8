import { createHash } from 'node:crypto';
import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ended, isPending } from '../../e2e/page-calls.ts';
import { clickWhenArmed, deny, named, text, untilSays } from '../../e2e/setup/harness.ts';
import type { Received } from '../../e2e/setup/harness.ts';
import type { Members } from './foreign-verifier.ts';
import type { IssuerTerms, TheirIssuer } from './their-issuer/index.ts';
import { refuse, startTheirIssuer, withHeader } from './their-issuer/index.ts';
import type { Wallet, Way } from './their-issuer/wallet.ts';
import { BY_CREATE, EACH_WAY, openWallet, signIn, signInPage, untilRefused } from './their-issuer/wallet.ts';

let wallet: Wallet;

beforeAll(async () => {
  wallet = await openWallet();
});
afterAll(() => wallet[Symbol.asyncDispose]());
afterEach(() => wallet.leave());

/** As strict as an issuer can be. */
const STRICT: IssuerTerms = { dpop: 'nonces', withoutScope: true };

interface AtTheDoor {
  readonly page: Page;
  readonly consent: Page;
}

/** An offer that the person wants to sign in for: the window waits for them to go there. */
async function atTheDoor(issuer: TheirIssuer, way: Way = BY_CREATE): Promise<AtTheDoor> {
  const page = await wallet.visit(issuer);
  const consent = await wallet.offerIn(page, way, await issuer.offer('authorization_code'));
  await clickWhenArmed(consent, text('offer_continue'));
  await named(consent, text('offer_sign_in'), 'button');
  return { page, consent };
}

const askedAt = (issuer: TheirIssuer, path: string): readonly Received[] =>
  issuer.asked().filter((received) => received.path === path);

const payloadOf = (jwt: string): Members =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Members; // the issuer has verified it

describe.each(EACH_WAY)('by %s, an issuer with a page to sign in on', (_, way) => {
  test('gives what was offered, for pushed requests and proofs over its own nonces', async () => {
    await using issuer = await startTheirIssuer(STRICT);
    const before = await wallet.holdings();
    const { page, consent } = await atTheDoor(issuer, way);
    await signIn(wallet, consent, issuer);
    expect(await ended(page, 'offer')).toEqual(way.accepted(3));
    expect(await wallet.holdings()).toEqual({ ...before, copies: before.copies + 3 });
    expect(issuer.refusals).toEqual([]);
  });

  test('is said no on its page, which the window says, and nothing is kept', async () => {
    await using issuer = await startTheirIssuer(STRICT);
    const before = await wallet.holdings();
    const { page, consent } = await atTheDoor(issuer, way);
    await signIn(wallet, consent, issuer, 'no');
    await untilSays(consent, 'Nothing was allowed on the issuer’s pages.');
    await untilRefused(page, consent, way);
    expect(askedAt(issuer, '/token')).toEqual([]);
    expect(await wallet.holdings()).toEqual(before);
  });

  test('has its page closed, which leaves the offer open, until the person wants it no more', async () => {
    await using issuer = await startTheirIssuer(STRICT);
    const { page, consent } = await atTheDoor(issuer, way);
    await clickWhenArmed(consent, text('offer_sign_in'));
    await (await signInPage(wallet, issuer)).close();
    await untilSays(consent, text('offer_sign_in_closed'));
    expect(await isPending(page, 'offer')).toBe(true);
    await deny(consent);
    expect(await ended(page, 'offer')).toMatchObject(way.refused);
    expect(askedAt(issuer, '/token')).toEqual([]);
  });
});

describe('an issuer with a page to sign in on', () => {
  async function given(terms: IssuerTerms): Promise<TheirIssuer> {
    const issuer = await startTheirIssuer(terms);
    const { page, consent } = await atTheDoor(issuer);
    await signIn(wallet, consent, issuer);
    expect(await ended(page, 'offer')).toEqual(BY_CREATE.accepted());
    expect(issuer.refusals).toEqual([]);
    return issuer;
  }

  test('hears nothing of who wants it before the person goes there', async () => {
    await using issuer = await startTheirIssuer(STRICT);
    const { page, consent } = await atTheDoor(issuer);
    await deny(consent);
    await ended(page, 'offer');
    expect(issuer.asked().filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('sees no more in the address of its page than whose request was pushed', async () => {
    await using issuer = await given({ dpop: 'bound' });
    const opened = issuer.asked().find(({ path }) => path.startsWith('/authorize'));
    const parameters = new URL(opened?.path ?? '', issuer.origin).searchParams;
    expect([...parameters.keys()].sort()).toEqual(['client_id', 'request_uri']);
  });

  test('sees a key proven each time that a token is asked for or shown', async () => {
    await using issuer = await given({ dpop: 'bound' });
    await expect.poll(() => issuer.notifications).toHaveLength(1);
    const PROVEN = ['/token', '/credential', '/notification'];
    const proofs = PROVEN.flatMap((path) => askedAt(issuer, path)).map(({ headers }) =>
      payloadOf(String(headers.dpop)),
    );
    expect(proofs.map(({ htu }) => htu)).toEqual(PROVEN.map((path) => issuer.origin + path));
    expect(new Set(proofs.map(({ jti }) => jti)).size).toBe(PROVEN.length);
  });

  test('gives it where nothing is pushed, to who says in the proofs who asked', async () => {
    await using issuer = await given({ withoutPushing: true });
    const opened = issuer.asked().find(({ path }) => path.startsWith('/authorize'));
    const parameters = new URL(opened?.path ?? '', issuer.origin).searchParams;
    const iss = new Set(issuer.proofs.map((proof) => payloadOf(proof)['iss']));
    expect(iss).toEqual(new Set([parameters.get('client_id')]));
  });

  test('gives it encrypted', async () => {
    await using issuer = await given({ ...STRICT, encrypted: true });
    const types = askedAt(issuer, '/credential').map(({ headers }) => headers['content-type']);
    expect(new Set(types)).toEqual(new Set(['application/jwt']));
  });
});

describe('a way back from signing in', () => {
  const FROM_ANOTHER = 'The answer is from another server than you were sent to.';
  const TO_ANOTHER = 'The answer is to another question than yours.';
  const TWICE = 'The answer says something twice.';
  const forged: readonly (readonly [string, string, (honest: URLSearchParams) => void])[] = [
    ['in the name of another server', FROM_ANOTHER, (back) => back.set('iss', 'https://bank.example')],
    ['in the name of a path of the server', FROM_ANOTHER, (back) => back.set('iss', `${String(back.get('iss'))}/a`)],
    ['in nobody’s name, where a name is promised', FROM_ANOTHER, (back) => back.delete('iss')],
    ['in two names', TWICE, (back) => back.append('iss', 'https://bank.example')],
    ['to another question', TO_ANOTHER, (back) => back.set('state', 'another')],
    ['to no question', TO_ANOTHER, (back) => back.delete('state')],
    ['with two codes', TWICE, (back) => back.append('code', 'another')],
  ];
  test.each(forged)('%s is not taken: no code leaves the wallet', async (_, says, back) => {
    await using issuer = await startTheirIssuer({ dpop: 'bound', back });
    const before = await wallet.holdings();
    const { page, consent } = await atTheDoor(issuer);
    await signIn(wallet, consent, issuer);
    await untilSays(consent, says);
    await untilRefused(page, consent);
    expect([...askedAt(issuer, '/token'), ...askedAt(issuer, '/credential')]).toEqual([]);
    expect(await wallet.holdings()).toEqual(before);
  });

  test('of another server, to which the first one sent the person on, is not taken (mix-up)', async () => {
    await using honest = await startTheirIssuer({ dpop: 'bound' });
    const offered = (await honest.offer('authorization_code')) as unknown as OfferWithState; // as `offer` makes them
    await using hostile = await startTheirIssuer({
      dpop: 'bound',
      detour: async (asked) => {
        const theirs = new URLSearchParams(asked);
        theirs.set('issuer_state', offered.grants.authorization_code.issuer_state);
        return pageOfPushed(honest, theirs);
      },
    });
    const { page, consent } = await atTheDoor(hostile);
    await clickWhenArmed(consent, text('offer_sign_in'));
    await (await signInPage(wallet, honest)).click('#yes');
    await untilSays(consent, FROM_ANOTHER);
    await untilRefused(page, consent);
    expect([...askedAt(hostile, '/token'), ...askedAt(honest, '/token')]).toEqual([]);
  });

  test('with a code that somebody else got is refused by the issuer, and said', async () => {
    const pushed: { body?: URLSearchParams } = {};
    await using issuer = await startTheirIssuer({
      dpop: 'bound',
      back: async (honest) => {
        if (pushed.body !== undefined) return; // the thief’s own way back
        pushed.body = new URLSearchParams(askedAt(issuer, '/par')[0]?.body);
        honest.set('code', await codeOfThief(issuer, pushed.body));
      },
    });
    const before = await wallet.holdings();
    const { page, consent } = await atTheDoor(issuer);
    await signIn(wallet, consent, issuer);
    await untilRefused(page, consent);
    expect(issuer.refusals).toEqual([expect.stringContaining('does not match the expected code challenge')]);
    expect(askedAt(issuer, '/credential')).toEqual([]);
    expect(await wallet.holdings()).toEqual(before);
  });
});

describe('a server that means harm', () => {
  const SERVER = '/.well-known/oauth-authorization-server';
  const at = (where: string, change: () => Members): IssuerTerms => ({
    dpop: 'bound',
    lie: (path, honest) => (path === where ? { ...honest, ...change() } : honest),
  });
  const elsewhere = (path: string): string => `${wallet.canary.origin()}${path}`;

  const early: readonly (readonly [string, () => Members])[] = [
    ['whose page is another’s', () => ({ authorization_endpoint: elsewhere('/authorize') })],
    ['whose page is a script', () => ({ authorization_endpoint: 'javascript:alert(1)' })],
    ['that has no page', () => ({ authorization_endpoint: undefined })],
    ['that has requests pushed to another', () => ({ pushed_authorization_request_endpoint: elsewhere('/par') })],
  ];
  test.each(early)('%s is not gone to, and hears of no request', async (_, change) => {
    await using issuer = await startTheirIssuer(at(SERVER, change));
    const page = await wallet.visit(issuer);
    const consent = await wallet.offerIn(page, BY_CREATE, await issuer.offer('authorization_code'));
    await clickWhenArmed(consent, text('offer_continue'));
    await untilRefused(page, consent);
    expect(issuer.asked().filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  const pushing: readonly (readonly [string, () => IssuerTerms])[] = [
    ['sends a pushed request on to another', () => redirecting('/par')],
    ['has nothing to say to a pushed request', () => at('/par', () => ({ request_uri: undefined }))],
    ['refuses what is pushed', () => ({ ...STRICT, routes: () => ({ '/par': refuse('invalid_request') }) })],
  ];
  test.each(pushing)('that %s has no page opened', async (_, terms) => {
    await using issuer = await startTheirIssuer(terms());
    const { page, consent } = await atTheDoor(issuer);
    await clickWhenArmed(consent, text('offer_sign_in'));
    await untilRefused(page, consent);
    expect(issuer.asked().filter(({ path }) => path.startsWith('/authorize'))).toEqual([]);
  });

  const token: readonly (readonly [string, () => IssuerTerms])[] = [
    ['sends a code on to another', () => redirecting('/token')],
    ['gives a token of a kind that nobody knows', () => at('/token', () => ({ token_type: 'N_A' }))],
    ['gives a token to whoever bears it, for a key', () => at('/token', () => ({ token_type: 'Bearer' }))],
    ['gives a token of no kind', () => at('/token', () => ({ token_type: undefined }))],
    ['gives no token', () => at('/token', () => ({ access_token: undefined }))],
  ];
  test.each(token)('that %s gets no proof', async (_, terms) => {
    await using issuer = await startTheirIssuer(terms());
    const before = await wallet.holdings();
    const { page, consent } = await atTheDoor(issuer);
    await signIn(wallet, consent, issuer);
    await untilRefused(page, consent);
    expect(askedAt(issuer, '/credential')).toEqual([]);
    expect(await wallet.holdings()).toEqual(before);
  });

  const nonces: readonly (readonly [string, string, readonly unknown[]])[] = [
    ['never has enough', 'one-more', [undefined, 'one-more']],
    ['may not be one (RFC 9449 §8.1)', 'one more', [undefined]],
  ];
  test.each(nonces)('that wants a nonce that %s is given up on', async (_, nonce, shown) => {
    const anew = withHeader(refuse('use_dpop_nonce'), 'dpop-nonce', nonce);
    await using issuer = await startTheirIssuer({ dpop: 'bound', routes: () => ({ '/token': anew }) });
    const { page, consent } = await atTheDoor(issuer);
    await signIn(wallet, consent, issuer);
    await untilRefused(page, consent);
    expect(askedAt(issuer, '/token').map(({ headers }) => payloadOf(String(headers.dpop))['nonce'])).toEqual(shown);
  });

  const redirecting = (path: string): IssuerTerms => ({
    dpop: 'bound',
    routes: () => ({ [path]: { status: 307, headers: { location: elsewhere(path) } } }),
  });
});

interface OfferWithState {
  readonly grants: { readonly authorization_code: { readonly issuer_state: string } };
}

/** Pushes a request as a client would. @returns the address of the page to sign in on */
async function pageOfPushed(issuer: TheirIssuer, parameters: URLSearchParams): Promise<string> {
  const response = await fetch(`${issuer.origin}/par`, { method: 'POST', body: parameters });
  const { request_uri: requestUri } = (await response.json()) as { readonly request_uri: string }; // RFC 9126 §2.2
  const query = { client_id: parameters.get('client_id') ?? '', request_uri: requestUri };
  return `${issuer.origin}/authorize?${new URLSearchParams(query).toString()}`;
}

/** Signs in as somebody else does, with a secret of their own. @returns their code */
async function codeOfThief(issuer: TheirIssuer, asTheWallet: URLSearchParams): Promise<string> {
  const parameters = new URLSearchParams(asTheWallet);
  parameters.set('code_challenge', createHash('sha256').update('the thief’s').digest('base64url'));
  const page = await (await fetch(await pageOfPushed(issuer, parameters))).text();
  const ticket = /name="ticket" value="([^"]+)"/.exec(page)?.[1] ?? '';
  const body = new URLSearchParams({ ticket, answer: 'yes' });
  const back = await fetch(`${issuer.origin}/decide`, { method: 'POST', body, redirect: 'manual' });
  return new URL(back.headers.get('location') ?? '').searchParams.get('code') ?? '';
}
