import { beforeAll, describe, expect, test } from 'vitest';
import { narrowToken, signingKeyJwk } from '../../../lib/capabilities/index.ts';
import type { PublicJwk } from '../../../lib/credentials/verifying/index.ts';
import { utf8 } from '../../../lib/core/index.ts';
import type { AuthorityContext, HeldUse } from '../../../lib/sdk/index.ts';
import { MemoryReplayStore, checkAuthority, memoryLedger, proveHolder } from '../../../lib/sdk/index.ts';
import { AGENT, NOW, WALLET, issue, keyNumber } from '../../fixtures/capabilities.ts';
import { BODY, NONCE, PAY, reasonsOf } from '../../fixtures/capabilities/buy.ts';

const clock = () => NOW;
const USE: HeldUse = { ...PAY, action: 'purchase', amount: '10.00', currency: 'USD', body: BODY };

interface Holder {
  readonly key: CryptoKey;
  readonly jwk: PublicJwk;
}

async function newHolder(algorithm: string | EcKeyGenParams): Promise<Holder> {
  const pair = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new Error('such keys come in pairs');
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  // What WebCrypto exports for these algorithms.
  return { key: pair.privateKey, jwk: { kty, crv, x, ...(y === undefined ? {} : { y }) } as PublicJwk };
}

let holder: Holder;
let token: string;

beforeAll(async () => {
  holder = await newHolder('Ed25519');
  token = await issue({ holder: holder.jwk });
});

/** A purchase of 10.00 at the shop, with this proof. */
const buyWith = (shown: string, proof: string, changes: Partial<AuthorityContext> = {}) =>
  checkAuthority(shown, {
    ...{ action: 'purchase', amount: 10, currency: 'USD', audience: 'https://shop.example', now: new Date(NOW) },
    ...{ issuers: [{ key: WALLET.publicKey }], ledger: memoryLedger({ clock, completeSince: 0 }) },
    ...changes,
    proof: { ...PAY, proof, nonce: NONCE, body: BODY, replay: new MemoryReplayStore({ clock }) },
  });

describe('a holder', () => {
  test.each<[string | EcKeyGenParams]>([['Ed25519'], [{ name: 'ECDSA', namedCurve: 'P-256' }]])(
    'proves a use with a key that cannot be exported: %j',
    async (algorithm) => {
      const { key, jwk } = await newHolder(algorithm);
      const own = await issue({ holder: jwk });
      const proof = await proveHolder(own, USE, { key, nonce: NONCE, now: new Date(NOW) });
      expect((await buyWith(own, proof)).allowed).toBe(true);
    },
  );

  test('proves a body that is text as its bytes', async () => {
    const use = { ...USE, body: new TextDecoder().decode(BODY) };
    const proof = await proveHolder(token, use, { key: holder.key, nonce: NONCE, now: new Date(NOW) });
    expect((await buyWith(token, proof)).allowed).toBe(true);
  });

  test('proves what the last token of a chain is bound to', async () => {
    const root = await issue();
    const chain = await narrowToken(root, { holder: holder.jwk, lifetime: 300 }, AGENT, NOW);
    const proof = await proveHolder(chain, USE, { key: holder.key, nonce: NONCE, now: new Date(NOW) });
    expect((await buyWith(chain, proof)).allowed).toBe(true);
    expect(reasonsOf(await buyWith(root, proof))).toEqual(['no_holder_proof']);
  });

  test.each<[string, Partial<HeldUse>]>([
    ['more', { amount: 100 }],
    ['another currency', { currency: 'EUR' }],
    ['another action', { action: 'refund' }],
    ['another method', { method: 'PUT' }],
    ['another address', { url: 'https://shop.example/other' }],
    ['another body', { body: utf8('{"cart":8}') }],
    ['no body', { body: '' }],
  ])('does not prove %s by it', async (_, changes) => {
    const use = { ...USE, ...changes };
    const proof = await proveHolder(token, use, { key: holder.key, nonce: NONCE, now: new Date(NOW) });
    expect(reasonsOf(await buyWith(token, proof))).toEqual(['wrong_use']);
  });

  test('proves nothing about another token, or with another key', async () => {
    const stranger = await newHolder('Ed25519');
    const options = { nonce: NONCE, now: new Date(NOW) };
    const ofAnother = await proveHolder(await issue({ holder: holder.jwk }), USE, { ...options, key: holder.key });
    expect(reasonsOf(await buyWith(token, ofAnother))).toEqual(['wrong_use']);
    const byAnother = await proveHolder(token, USE, { ...options, key: stranger.key });
    expect(reasonsOf(await buyWith(token, byAnother))).toEqual(['no_holder_proof']);
  });

  test('takes the time from the clock', async () => {
    const use = { ...USE };
    const fresh = await issue({ holder: holder.jwk }, WALLET, Date.now());
    const proof = await proveHolder(fresh, use, { key: holder.key, nonce: NONCE });
    const result = await checkAuthority(fresh, {
      ...{ action: 'purchase', amount: 10, currency: 'USD', audience: 'https://shop.example' },
      ...{ issuers: [{ key: WALLET.publicKey }], ledger: memoryLedger({ completeSince: 0 }) },
      proof: { ...PAY, proof, nonce: NONCE, body: BODY, replay: new MemoryReplayStore() },
    });
    expect(result.allowed).toBe(true);
  });

  test.each<[string, string, Partial<HeldUse>]>([
    ['a float for money', 'amount', { amount: 10.5 }],
    ['a negative amount', 'amount', { amount: '-1' }],
    ['an amount without currency', 'currency', { currency: undefined as never }],
    ['a currency without amount', 'currency', { amount: undefined as never }],
    ['a currency that is none', 'currency', { currency: 'XXX' }],
    ['plain http', 'url', { url: 'http://shop.example/pay' }],
    ['no address', 'url', { url: '/pay' }],
    ['a method in small letters', 'proof.htm', { method: 'post' }],
    ['an action of two words', 'proof.act', { action: 'buy it' }],
  ])('is not proven for %s', async (_, field, changes) => {
    const proving = proveHolder(token, { ...USE, ...changes }, { key: holder.key, nonce: NONCE });
    await expect(proving).rejects.toMatchObject({ reason: 'bad_request', field });
  });

  test.each<[string, string]>([
    ['', 'token'],
    ['v4.public.x', 'token'],
    [undefined as never, 'token'],
  ])('is not proven for what is no token: %j', async (text, field) => {
    const proving = proveHolder(text, USE, { key: holder.key, nonce: NONCE });
    await expect(proving).rejects.toMatchObject({ reason: 'bad_request', field });
  });

  test('is not proven with a guessable nonce', async () => {
    const proving = proveHolder(token, USE, { key: holder.key, nonce: 'x' });
    await expect(proving).rejects.toMatchObject({ reason: 'bad_request', field: 'proof.nonce' });
  });

  test('is not proven with a public key, or one of another kind', async () => {
    const keys = await Promise.all([
      crypto.subtle.importKey('jwk', { ...signingKeyJwk(keyNumber(5)) }, 'Ed25519', true, ['verify']),
      crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']),
      newHolder({ name: 'ECDSA', namedCurve: 'P-384' }).then(({ key }) => key),
    ]);
    for (const key of keys) {
      await expect(proveHolder(token, USE, { key, nonce: NONCE })).rejects.toMatchObject({ field: 'key' });
    }
  });
});
