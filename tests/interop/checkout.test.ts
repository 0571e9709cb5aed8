import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startBank } from '../../demo/bank/server.ts';
import type { Running } from '../../demo/http.ts';
import type { RunningIssuer } from '../../demo/issuer/server.ts';
import { startIssuer } from '../../demo/issuer/server.ts';
import { Orders, priceBasket } from '../../demo/shop/orders.ts';
import type { RunningShop } from '../../demo/shop/server.ts';
import { startShop } from '../../demo/shop/server.ts';
import { readChain, verifyReceipt } from '../../lib/capabilities/index.ts';
import { fromBase64url } from '../../lib/core/index.ts';
import type { PublicJwk } from '../../lib/credentials/index.ts';
import type { CapabilitySpec, HeldUse } from '../../lib/sdk/index.ts';
import { proveHolder } from '../../lib/sdk/index.ts';
import type { Licence } from '../fixtures/driving-licence.ts';
import { cookieOf, licenceOf, post, present } from '../fixtures/driving-licence.ts';
import { Shopper } from '../fixtures/shopper.ts';

const MINUTE = 60_000;
const CASK = { 'founders-cask': 1 };

interface Rung {
  readonly spec: CapabilitySpec;
  readonly nonce: string;
}

interface Holder {
  readonly key: CryptoKey;
  readonly jwk: PublicJwk;
}

/** What is handed in at the till. */
interface Payment extends Rung {
  readonly token: string;
  readonly standing?: string;
  readonly holder: Holder;
}

describe('the till of the shop', () => {
  let minutesLater = 0;
  const now = (): number => Date.now() + minutesLater * MINUTE;
  let issuer: RunningIssuer;
  let licence: Licence;
  let bank: Running;
  let shop: RunningShop;
  let ada: Shopper;
  /** What the bank signed for Ada, and her cookie there. */
  let granted: { readonly offer: string; readonly cookie: string };
  /** Ada's cookie in the shop. */
  let guest: string;

  beforeAll(async () => {
    issuer = await startIssuer();
    licence = await licenceOf('ada', issuer);
  });
  afterAll(() => issuer.close());

  beforeEach(async () => {
    minutesLater = 0;
    ada = new Shopper();
    bank = await startBank({ now });
    shop = await openShop([bank.origin]);
    granted = await standingOf(ada);
    guest = await comeIn();
    return async () => {
      await shop.close();
      await bank.close();
    };
  });

  const openShop = (banks: readonly string[]): Promise<RunningShop> =>
    startShop({ issuers: [{ issuer: issuer.origin, type: issuer.licenceType }], banks, host: '127.0.0.1', now });

  async function standingOf(who: Shopper): Promise<{ readonly offer: string; readonly cookie: string }> {
    const about = await fetch(`${bank.origin}/limit`);
    const { spec } = (await about.json()) as { readonly spec: CapabilitySpec }; // our own bank
    const response = await post(`${bank.origin}/enrol`, { token: await who.allow(spec, now()) });
    const { held } = (await response.json()) as { readonly held: { readonly offer: string } }; // our own bank
    return { offer: held.offer, cookie: cookieOf(response) };
  }

  async function comeIn(): Promise<string> {
    const arrived = await post(`${shop.origin}/arrive`, { way: 'claims' });
    const { nonce } = (await arrived.json()) as { readonly nonce: string }; // our own shop
    const proof = present(licence, { audience: shop.origin, nonce, at: now() });
    return cookieOf(await post(`${shop.origin}/enter`, { proof }, { Cookie: cookieOf(arrived) }));
  }

  const order = (basket: unknown, cookie = guest): Promise<Response> =>
    post(`${shop.origin}/order`, { basket }, { Cookie: cookie });

  const ringUp = async (basket: object): Promise<Rung> => (await (await order(basket)).json()) as Rung; // our own shop

  async function newHolder(): Promise<Holder> {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
    const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey);
    return { key: pair.privateKey, jwk: { kty: 'EC', crv: 'P-256', x, y } };
  }

  /** What a wallet under the bank and its page come with. */
  async function payFor(basket: object, { standing = true, spec = {} } = {}): Promise<Payment> {
    const [rung, holder] = [await ringUp(basket), await newHolder()];
    const token = await ada.allow({ ...rung.spec, ...spec }, now(), holder.jwk);
    if (!standing) return { ...rung, holder, token };
    return { ...rung, holder, token, standing: await ada.stand(granted.offer, bank.origin, shop.origin, now()) };
  }

  const bodyOf = ({ nonce, token, standing }: Payment): string => JSON.stringify({ nonce, token, standing });

  const useOf = (payment: Payment): HeldUse => {
    const { kind: action, max_amount: amount = 0, currency = '' } = payment.spec;
    return { method: 'POST', url: `${shop.origin}/checkout`, action, amount, currency, body: bodyOf(payment) };
  };

  /** @param signed what the proof is for, where it is not this payment */
  const prove = (payment: Payment, signed: Partial<HeldUse> = {}, { nonce = payment.nonce } = {}) =>
    proveHolder(
      payment.token,
      { ...useOf(payment), ...signed },
      { key: payment.holder.key, nonce, now: new Date(now()) },
    );

  async function handIn(payment: Payment, { proof, cookie = guest }: { proof?: string; cookie?: string } = {}) {
    const headers = {
      ...{ 'Content-Type': 'application/json', Cookie: cookie },
      ...(proof !== undefined && { 'Signet-Proof': proof }),
    };
    const sent = await fetch(`${shop.origin}/checkout`, { method: 'POST', headers, body: bodyOf(payment) });
    return { status: sent.status, answer: (await sent.json()) as Record<string, unknown> }; // our own shop
  }

  const pay = async (payment: Payment) => handIn(payment, { proof: await prove(payment) });

  test('rings up by its own prices, and says what to ask the wallet for', async () => {
    const { spec, nonce } = await ringUp({ 'night-orchard': 2, 'slow-meadow': 1 });
    expect(spec).toEqual({
      kind: 'purchase',
      max_amount: '53.00',
      currency: 'USD',
      domain: shop.origin,
      one_time: true,
      purpose: 'Buy 1 × Slow Meadow, 2 × Night Orchard',
      receipt_jwk: { kty: 'OKP', crv: 'Ed25519', x: spec.receipt_jwk?.x },
    });
    expect(Buffer.from(nonce, 'base64url').length).toBeGreaterThanOrEqual(16);
    expect((await ringUp({ 'slow-meadow': 1 })).nonce).not.toBe(nonce);
  });

  test('sells a bottle of 150 USD to a wallet under the bank, and signs a receipt for it', async () => {
    const payment = await payFor(CASK);
    const { answer } = await pay(payment);
    expect(answer).toMatchObject({ paid: true, amount: '150.00', currency: 'USD', items: '1 × Founder’s Cask' });

    const { jti } = readChain(payment.token).root.claims;
    const key = fromBase64url(payment.spec.receipt_jwk?.x ?? '');
    expect(await verifyReceipt(String(answer['receipt']), key)).toMatchObject({
      ...{ type: 'paid', jti, audience: shop.origin, amount: 15_000, currency: 'USD', items: '1 × Founder’s Cask' },
    });
    expect(shop.sales).toMatchObject([{ jti, amount: '150.00', receipt: answer['receipt'] }]);
    expect(shop.judged).toMatchObject([{ allowed: true, remaining: '0.00' }]);
  });

  test('serves a script to its page that proves the holder’s key as the SDK wants it', async () => {
    const script = await fetch(`${shop.origin}/signet.js`);
    expect(script.headers.get('Content-Type')).toContain('text/javascript');
    await using file = await moduleOf(await script.text());
    const inPage = (await import(file.url)) as { readonly proveHolder: typeof proveHolder };
    const payment = await payFor(CASK);
    const proof = await inPage.proveHolder(payment.token, useOf(payment), { ...payment.holder, nonce: payment.nonce });
    expect((await handIn(payment, { proof })).answer).toMatchObject({ paid: true });
  });

  test('sells again for another permission', async () => {
    await pay(await payFor(CASK));
    expect((await pay(await payFor(CASK))).answer).toMatchObject({ paid: true });
    expect(new Set(shop.sales.map(({ jti }) => jti)).size).toBe(2);
  });

  test('sells once, of twenty who hand in one permission at the same time', async () => {
    const first = await payFor(CASK);
    const copies = await Promise.all(
      Array.from({ length: 20 }, async () => ({ ...first, ...(await ringUp(CASK)), token: first.token })),
    );
    const outcomes = await Promise.all(copies.map(pay));
    expect(outcomes.filter(({ answer }) => answer['paid'] === true)).toHaveLength(1);
    expect(outcomes.filter(({ answer }) => answer['reason'] === 'used')).toHaveLength(19);
    expect(shop.sales).toHaveLength(1);
  });

  describe('gives back', () => {
    const unusedIn = async ({ receipt }: Record<string, unknown>, { spec }: Rung): Promise<unknown> =>
      typeof receipt === 'string' ? verifyReceipt(receipt, fromBase64url(spec.receipt_jwk?.x ?? '')) : undefined;

    test('a permission that nobody stands behind, by a receipt that says so, and never takes it afterwards', async () => {
      const payment = await payFor(CASK);
      const { jti } = readChain(payment.token).root.claims;
      const { answer } = await pay({ ...payment, standing: '' });
      expect(answer).toMatchObject({ paid: false, reason: 'untrusted_issuer' });
      expect(await unusedIn(answer, payment)).toMatchObject({
        ...{ type: 'unused', jti, audience: shop.origin, unused: 15_000, currency: 'USD' },
      });
      expect((await pay({ ...payment, ...(await ringUp(CASK)) })).answer).toMatchObject({ reason: 'used' });
    });

    test('what is for more than the bank stands behind, and what the bank took back', async () => {
      const large = await payFor({ 'founders-cask': 2 });
      expect(await unusedIn((await pay(large)).answer, large)).toMatchObject({ unused: 30_000 });
      const payment = await payFor(CASK);
      await post(`${bank.origin}/take-back`, {}, { Cookie: granted.cookie });
      expect(await unusedIn((await pay(payment)).answer, payment)).toMatchObject({ unused: 15_000 });
    });

    test('nothing that was used', async () => {
      const payment = await payFor(CASK);
      await pay(payment);
      const { answer } = await pay({ ...payment, ...(await ringUp(CASK)), standing: '' });
      expect(answer).toMatchObject({ reason: 'untrusted_issuer' });
      expect(answer).not.toHaveProperty('receipt');
    });

    test('nothing twice', async () => {
      const payment = await payFor(CASK, { standing: false });
      await pay(payment);
      expect((await pay({ ...payment, ...(await ringUp(CASK)) })).answer).not.toHaveProperty('receipt');
    });

    test('nothing that is for another shop, or that its own key did not sign', async () => {
      const elsewhere = await payFor(CASK, { standing: false, spec: { domain: 'https://elsewhere.example' } });
      expect((await pay(elsewhere)).answer).not.toHaveProperty('receipt');
      const payment = await payFor(CASK, { standing: false });
      const [version, purpose, body = '', footer] = payment.token.split('.');
      const bytes = Buffer.from(body, 'base64url');
      bytes[bytes.length - 1] = Number(bytes.at(-1)) ^ 1;
      const token = [version, purpose, bytes.toString('base64url'), footer].join('.');
      expect((await pay({ ...payment, token })).answer).not.toHaveProperty('receipt');
    });

    test('nothing to who does not show that it is theirs', async () => {
      const payment = await payFor(CASK, { standing: false });
      expect((await handIn(payment)).answer).not.toHaveProperty('receipt');
      const stranger = { ...payment, ...(await ringUp(CASK)), holder: await newHolder() };
      expect((await pay(stranger)).answer).not.toHaveProperty('receipt');
      const { answer } = await pay({ ...payment, ...(await ringUp(CASK)) });
      expect(await unusedIn(answer, payment)).toMatchObject({ unused: 15_000 });
    });

    test('nothing where no money was to move', async () => {
      const { nonce } = await ringUp(CASK);
      const payment = await payFor(CASK, { standing: false });
      const token = await ada.allow({ kind: 'purchase', domain: shop.origin, purpose: 'Look around' }, now());
      const { answer } = await handIn({ ...payment, nonce, token });
      expect(answer).toMatchObject({ reason: 'untrusted_issuer' });
      expect(answer).not.toHaveProperty('receipt');
    });
  });

  describe('sells nothing', () => {
    const expectRefused = async (payment: Payment, reason: string, how: Parameters<typeof handIn>[1] = {}) => {
      const before = shop.sales.length;
      const { status, answer } = await handIn(payment, { proof: await prove(payment), ...how });
      expect({ status, reason: answer['reason'] }).toEqual({ status: 403, reason });
      expect(answer).not.toHaveProperty('amount');
      expect(answer['why']).toMatch(/\.$/);
      expect(shop.sales).toHaveLength(before);
      return answer;
    };

    test('to a wallet that nobody stands behind, and says who could', async () => {
      const answer = await expectRefused(await payFor(CASK, { standing: false }), 'untrusted_issuer');
      expect(answer['banks']).toEqual([bank.origin]);
    });

    test('to a wallet whose bank is another one', async () => {
      const other = await startBank({ now });
      try {
        const about = (await (await fetch(`${other.origin}/limit`)).json()) as { readonly spec: CapabilitySpec }; // our own bank
        const enrolled = await post(`${other.origin}/enrol`, { token: await ada.allow(about.spec, now()) });
        const { held } = (await enrolled.json()) as { readonly held: { readonly offer: string } }; // our own bank
        const standing = await ada.stand(held.offer, other.origin, shop.origin, now());
        await expectRefused({ ...(await payFor(CASK)), standing }, 'untrusted_issuer');
      } finally {
        await other.close();
      }
    });

    test('to a stranger who shows what the bank signed for Ada', async () => {
      const [payment, stranger] = [await payFor(CASK), new Shopper()];
      const token = await stranger.allow(payment.spec, now(), payment.holder.jwk);
      await expectRefused({ ...payment, token }, 'untrusted_issuer');
    });

    test('for a limit that was taken before another shop', async () => {
      const standing = await ada.stand(granted.offer, bank.origin, 'https://elsewhere.example', now());
      await expectRefused({ ...(await payFor(CASK)), standing }, 'untrusted_issuer');
    });

    test('for more than the bank stands behind', async () => {
      const answer = await expectRefused(await payFor({ 'founders-cask': 2 }), 'over_grant');
      expect(answer['banks']).toEqual([bank.origin]);
    });

    test('for a permission that was used', async () => {
      const payment = await payFor(CASK);
      await pay(payment);
      await expectRefused({ ...payment, ...(await ringUp(CASK)), token: payment.token }, 'used');
    });

    test('once the bank took its limit back, though the wallet knows nothing of it', async () => {
      const payment = await payFor(CASK);
      await post(`${bank.origin}/take-back`, {}, { Cookie: granted.cookie });
      const answer = await expectRefused(payment, 'revoked');
      expect(answer['banks']).toEqual([bank.origin]);
    });

    test('while the bank does not say whether its limit stands, and takes nothing of the permission', async () => {
      const payment = await payFor(CASK);
      await bank.close();
      const { status, answer } = await pay(payment);
      expect({ status, said: Object.keys(answer) }).toEqual({ status: 503, said: ['error'] });
      expect(shop.judged).toEqual([]);

      bank = await startBank({ port: Number(new URL(bank.origin).port), now });
      // Another start, another key: it never granted this.
      expect((await pay({ ...payment, ...(await ringUp(CASK)), token: payment.token })).status).toBe(503);
      expect(shop.sales).toEqual([]);
    });

    test('without a proof of the holder’s key', async () => {
      const payment = await payFor(CASK);
      const { answer } = await handIn(payment);
      expect(answer).toMatchObject({ reason: 'no_holder_proof' });
    });

    test('for a proof by another key', async () => {
      const payment = await payFor(CASK);
      const proof = await prove({ ...payment, holder: await newHolder() });
      await expectRefused(payment, 'no_holder_proof', { proof });
    });

    test('for a proof of another sum, method, address or body', async () => {
      const others: Partial<HeldUse>[] = [
        { amount: 10 },
        { currency: 'EUR' },
        { method: 'PUT' },
        { url: `${shop.origin}/order` },
        { action: 'enrol' },
        { body: '{}' },
      ];
      for (const signed of others) {
        const payment = await payFor(CASK);
        await expectRefused(payment, 'wrong_use', { proof: await prove(payment, signed) });
      }
    });

    test('for a proof that answers another order', async () => {
      const [payment, other] = [await payFor(CASK), await ringUp(CASK)];
      const proof = await prove(payment, {}, { nonce: other.nonce });
      await expectRefused(payment, 'wrong_nonce', { proof });
    });

    test('for an order that was answered already, well or badly', async () => {
      const payment = await payFor(CASK);
      await handIn(payment);
      await expectRefused(payment, 'wrong_nonce');
    });

    test('for another guest’s order, which stays theirs', async () => {
      const [payment, other] = [await payFor(CASK), await comeIn()];
      await expectRefused(payment, 'wrong_nonce', { cookie: other });
      expect((await pay(payment)).answer).toMatchObject({ paid: true });
    });

    test('after a quarter of an hour', async () => {
      const payment = await payFor(CASK);
      minutesLater = 16;
      await expectRefused(payment, 'wrong_nonce');
      const again = await ringUp(CASK);
      await expectRefused({ ...payment, nonce: again.nonce }, 'expired');
    });

    test('for a permission of a smaller sum, another currency, another purpose or another kind', async () => {
      const others: [string, Partial<CapabilitySpec>][] = [
        ['over_amount', { max_amount: '149.99' }],
        ['wrong_currency', { currency: 'EUR' }],
        ['wrong_purpose', { purpose: 'Buy bread' }],
        ['wrong_action', { kind: 'enrol' }],
      ];
      for (const [reason, spec] of others) await expectRefused(await payFor(CASK, { spec }), reason);
    });

    test('for what is no permission at all', async () => {
      const payment = await payFor(CASK);
      for (const token of ['', 'k4.public.none', 'v'.repeat(100_000)]) {
        const { nonce } = await ringUp(CASK);
        const { answer } = await handIn({ ...payment, nonce, token });
        expect(answer).toMatchObject({ reason: 'malformed' });
      }
    });

    test('to whoever did not come in by the door for wine', async () => {
      const payment = await payFor(CASK);
      for (const cookie of ['', 'guest=guess', 'guest=']) {
        await expectRefused(payment, 'not_inside', { cookie });
        expect((await order(CASK, cookie)).status).toBe(403);
      }
    });

    test.each([
      ['nothing', undefined],
      ['an empty basket', {}],
      ['a bottle it does not have', { 'slow-meadow': 1, ambrosia: 1 }],
      ['a name of JavaScript’s own', { constructor: 1 }],
      ['no bottle', { 'slow-meadow': 0 }],
      ['less than none', { 'slow-meadow': -1 }],
      ['half a bottle', { 'slow-meadow': 1.5 }],
      ['a number in words', { 'slow-meadow': '1' }],
      ['a lorry', { 'slow-meadow': 13 }],
    ])('out of a basket with %s', async (_, basket) => {
      expect([400, 404]).toContain((await order(basket)).status);
    });

    test('for a form that another site submits', async () => {
      for (const path of ['order', 'checkout']) {
        const form = { method: 'POST', headers: { Cookie: guest }, body: JSON.stringify({ basket: CASK }) };
        expect((await fetch(`${shop.origin}/${path}`, form)).status).toBe(415);
      }
    });

    test('while a thousand baskets wait, until their quarter of an hour is over', () => {
      const orders = new Orders(now);
      const basket = { ...priceBasket(CASK), guest };
      for (let placed = 0; placed < 1000; placed += 1) orders.place(basket);
      expect(() => orders.place(basket)).toThrow('The till is busy. Nothing was taken.');
      minutesLater = 15;
      expect(orders.take(orders.place(basket), guest)).toMatchObject(basket);
    });

    test('where it knows no bank', async () => {
      await shop.close();
      shop = await openShop([]);
      guest = await comeIn();
      expect(await (await fetch(`${shop.origin}/till`)).json()).toEqual({ open: false, banks: [] });
      expect((await order(CASK)).status).toBe(404);
    });
  });
});

/** A script as a module that Node imports. */
async function moduleOf(script: string) {
  const folder = await mkdtemp(join(tmpdir(), 'signet-page-script-'));
  const file = join(folder, 'signet.mjs');
  await writeFile(file, script);
  return { url: pathToFileURL(file).href, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}
