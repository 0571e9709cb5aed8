import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { begin, ended, outcomeOf } from '../../e2e/page-calls.ts';
import { untilNoWindow } from '../../e2e/scene.ts';
import { clickWhenArmed, deny, fill, text, untilSays } from '../../e2e/setup/harness.ts';
import type { Members } from './foreign-verifier.ts';
import { believe, only } from './foreign-verifier.ts';
import { openRegistry } from './registry.ts';
import { specVerifier } from './spec-verifier/index.ts';
import type { IssuerTerms, TheirIssuer } from './their-issuer/index.ts';
import { startTheirIssuer } from './their-issuer/index.ts';
import type { Wallet } from './their-issuer/wallet.ts';
import { BY_CREATE, EACH_WAY, openWallet, take, untilRefused } from './their-issuer/wallet.ts';

let wallet: Wallet;

beforeAll(async () => {
  wallet = await openWallet();
});
afterAll(() => wallet[Symbol.asyncDispose]());
afterEach(() => wallet.leave());

const headerOf = (jwt: string): Members =>
  JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()) as Members; // the issuer has verified it

describe.each(EACH_WAY)('by %s, an issuer made of other people’s software', (_, way) => {
  const received = async (terms: IssuerTerms, code?: string): Promise<TheirIssuer> => {
    const issuer = await startTheirIssuer(terms);
    const page = await wallet.visit(issuer);
    const before = await wallet.holdings();
    await take(await wallet.offerIn(page, way, await issuer.offer()), code);
    expect(await ended(page, 'offer')).toEqual(way.accepted(terms.batchSize ?? 3));
    expect(await wallet.holdings()).toEqual({ ...before, copies: before.copies + (terms.batchSize ?? 3) });
    expect(issuer.refusals).toEqual([]);
    return issuer;
  };

  test('gives a batch, each to a key of its own', async () => {
    await using issuer = await received({ batchSize: 5 });
    expect(new Set(issuer.proofs.map((proof) => JSON.stringify(headerOf(proof)['jwk']))).size).toBe(5);
  });

  test('gives it for the code that it sent the person', async () => {
    await using issuer = await received({ transactionCode: '471199' }, '471199');
    const token = issuer.asked().find(({ path }) => path === '/token');
    expect(new URLSearchParams(token?.body).get('tx_code')).toBe('471199');
  });

  test('gives it encrypted', async () => {
    await using issuer = await received({ encrypted: true });
    const sent = issuer.asked().find(({ path }) => path === '/credential');
    expect(sent?.headers['content-type']).toBe('application/jwt');
  });

  test('hears that it arrived', async () => {
    await using issuer = await received({});
    await expect.poll(() => issuer.notifications.map(({ event }) => event)).toEqual(['credential_accepted']);
  });

  test('is asked nothing before the first yes, and hears no more of a no than anybody', async () => {
    await using issuer = await startTheirIssuer();
    const page = await wallet.visit(issuer);
    await deny(await wallet.offerIn(page, way, await issuer.offer()));
    expect(await ended(page, 'offer')).toMatchObject(way.refused);
    expect(issuer.asked()).toEqual([]);
  });

  test('is seen to lie, which is said in the window, and nothing is kept', async () => {
    const stranger = await exportJWK((await generateKeyPair('ES256')).publicKey);
    await using issuer = await startTheirIssuer({ holder: stranger });
    const page = await wallet.visit(issuer);
    const before = await wallet.holdings();
    const consent = await wallet.offerIn(page, way, await issuer.offer());
    await take(consent);
    await untilRefused(page, consent, way);
    expect(await wallet.holdings()).toEqual(before);
  });
});

test('what it gave is shown to a verifier that was written from the text', async () => {
  await using issuer = await startTheirIssuer();
  const page = await wallet.visit(issuer);
  await take(await wallet.offerIn(page, BY_CREATE, await issuer.offer()));
  await ended(page, 'offer');
  await untilNoWindow(wallet.opened);
  const registry = await openRegistry();
  const verifier = specVerifier({
    ...{ origin: issuer.origin, vct: issuer.vct, registry },
    believed: [await believe(issuer.origin)],
    certificate: await registry.certificateFor('localhost'),
  });
  const question = await verifier.ask({ claims: ['member'], enc: 'A256GCM' });
  const appears = wallet.opened.nextConsent();
  await begin(
    page,
    'get',
    `navigator.credentials.get({ digital: { requests: [${JSON.stringify(question.call)}] } })
      .then(({ protocol, data }) => ({ protocol, data }))`,
  );
  await clickWhenArmed(await appears, text('allow_once'));
  const outcome = await ended(page, 'get');
  if (!('value' in outcome)) throw new Error(outcome.message);
  expect(only(await question.verify(outcome.value as never)).disclosed).toEqual({ member: true }); // made by the call above
});

test('a wrong code can be corrected, and only that', async () => {
  await using issuer = await startTheirIssuer({ transactionCode: '471199' });
  const page = await wallet.visit(issuer);
  const consent = await wallet.offerIn(page, BY_CREATE, await issuer.offer());
  await take(consent, '000000');
  await untilSays(consent, 'did not accept this code');
  await fill(consent, text('offer_code'), '471199');
  await clickWhenArmed(consent, text('offer_accept'));
  expect(await ended(page, 'offer')).toEqual(BY_CREATE.accepted());
});

test('a nonce that was used before is made good by the next one', async () => {
  const given: string[] = [];
  await using issuer = await startTheirIssuer({
    lie: (path, honest) => {
      if (path !== '/nonce') return honest;
      given.push(String(honest['c_nonce']));
      return given.length === 1 ? { c_nonce: 'used-before' } : honest;
    },
  });
  const page = await wallet.visit(issuer);
  await take(await wallet.offerIn(page, BY_CREATE, await issuer.offer()));
  expect(await ended(page, 'offer')).toEqual(BY_CREATE.accepted());
  expect(given).toHaveLength(2);
});

describe('an issuer that means harm gets nothing', () => {
  const METADATA = '/.well-known/openid-credential-issuer';
  const SERVER = '/.well-known/oauth-authorization-server';
  const at = (where: string, change: (origin: string) => Members): IssuerTerms => ({
    lie: (path, honest, { origin }) => (path === where ? { ...honest, ...change(origin) } : honest),
  });
  const elsewhere = (path: string): string => `${wallet.canary.origin()}${path}`;

  const early: readonly (readonly [string, () => IssuerTerms])[] = [
    ['that shows the metadata of another', () => at(METADATA, () => ({ credential_issuer: 'https://bank.example' }))],
    [
      'whose credential endpoint is another’s',
      () => at(METADATA, () => ({ credential_endpoint: elsewhere('/credential') })),
    ],
    ['whose nonces are another’s', () => at(METADATA, () => ({ nonce_endpoint: elsewhere('/nonce') }))],
    ['whose notifications go elsewhere', () => at(METADATA, () => ({ notification_endpoint: elsewhere('/note') }))],
    ['whose authorization server speaks for another', () => at(SERVER, () => ({ issuer: 'https://bank.example' }))],
    ['whose codes are to go to another', () => at(SERVER, () => ({ token_endpoint: elsewhere('/token') }))],
    ['that does not know what it offered', () => at(METADATA, () => ({ credential_configurations_supported: {} }))],
  ];
  test.each(early)('%s: no code and no proof leaves the wallet', async (_, terms) => {
    await using issuer = await startTheirIssuer(terms());
    const page = await wallet.visit(issuer);
    const consent = await wallet.offerIn(page, BY_CREATE, await issuer.offer());
    await clickWhenArmed(consent, text('offer_continue'));
    await untilRefused(page, consent);
    expect(issuer.asked().filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  const late: readonly (readonly [string, () => IssuerTerms])[] = [
    [
      'that signs with a key it does not publish',
      () => at('/.well-known/jwt-vc-issuer', () => ({ jwks: { keys: [] } })),
    ],
    ['whose keys are another’s', () => at('/.well-known/jwt-vc-issuer', () => ({ issuer: 'https://bank.example' }))],
    [
      'that gives one credential for many keys',
      () => ({
        lie: (path, honest) => {
          const [first] = (honest['credentials'] as readonly unknown[] | undefined) ?? [];
          return path === '/credential' ? { ...honest, credentials: [first, first, first] } : honest;
        },
      }),
    ],
    ['that gives nothing', () => at('/credential', () => ({ credentials: [] }))],
    ['that gives what is none', () => at('/credential', () => ({ credentials: [{ credential: 'a.b.c~' }] }))],
    ['whose token is for another kind of client', () => at('/token', () => ({ token_type: 'DPoP' }))],
    ['that has no nonce', () => at('/nonce', () => ({ c_nonce: 7 }))],
  ];
  test.each(late)('%s: nothing is kept', async (_, terms) => {
    await using issuer = await startTheirIssuer(terms());
    const page = await wallet.visit(issuer);
    const before = await wallet.holdings();
    const consent = await wallet.offerIn(page, BY_CREATE, await issuer.offer());
    await take(consent);
    await untilRefused(page, consent);
    expect(await wallet.holdings()).toEqual(before);
  });

  test('that was given nonces by an honest one: its proofs are refused there, as they name whom they are for', async () => {
    await using honest = await startTheirIssuer();
    const nonce = (await (await fetch(`${honest.origin}/nonce`, { method: 'POST' })).json()) as Members; // §7
    await using hostile = await startTheirIssuer(at('/nonce', () => nonce));
    const page = await wallet.visit(hostile);
    const consent = await wallet.offerIn(page, BY_CREATE, await hostile.offer());
    await take(consent);
    await untilRefused(page, consent);
    const stolen = hostile.asked().find(({ path }) => path === '/credential')?.body ?? '';
    const { proofs } = JSON.parse(stolen) as { readonly proofs: { readonly jwt: readonly string[] } }; // §8.2
    for (const proof of proofs.jwt) {
      const payload = JSON.parse(Buffer.from(proof.split('.')[1] ?? '', 'base64url').toString()) as Members; // §F.1
      expect(payload).toMatchObject({ aud: hostile.origin, nonce: nonce['c_nonce'] });
    }
  });

  test('whose nonces are all used up: is asked for one more, and then given up on', async () => {
    await using issuer = await startTheirIssuer(at('/nonce', () => ({ c_nonce: 'used-before' })));
    const page = await wallet.visit(issuer);
    const before = await wallet.holdings();
    const consent = await wallet.offerIn(page, BY_CREATE, await issuer.offer());
    await take(consent);
    await untilRefused(page, consent);
    expect(issuer.asked().filter(({ path }) => path === '/credential')).toHaveLength(2);
    expect(issuer.proofs).toEqual([]);
    expect(await wallet.holdings()).toEqual(before);
  });

  const wrong = [
    ['another’s address', () => ({ credential_issuer: 'javascript:alert(1)' })],
    ['no configuration', () => ({ credential_configuration_ids: [] })],
    ['a configuration that is no text', () => ({ credential_configuration_ids: [7] })],
    ['no issuer', () => ({ credential_issuer: undefined })],
  ] as const;
  test.each(wrong)('by an offer of %s: nobody is asked, and the page hears what is wrong', async (_, spoil) => {
    await using issuer = await startTheirIssuer();
    const page = await wallet.visit(issuer);
    const offer = { ...(await issuer.offer()), ...spoil() };
    expect(await outcomeOf(page, BY_CREATE.call(offer))).toMatchObject({ name: 'TypeError' });
    expect(await wallet.opened.consentPages()).toEqual([]);
    expect(issuer.asked()).toEqual([]);
  });
});
