import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startBank } from '../../demo/bank/server.ts';
import type { Running } from '../../demo/http.ts';
import type { RunningIssuer } from '../../demo/issuer/server.ts';
import { startIssuer } from '../../demo/issuer/server.ts';
import type { RunningShop } from '../../demo/shop/server.ts';
import { startShop } from '../../demo/shop/server.ts';
import { readChain, readOffer, signReceipt } from '../../lib/capabilities/index.ts';
import type { Json } from '../../lib/core/index.ts';
import type { AuthorityWaiting, CapabilityWaiting } from '../../lib/messaging/contract.ts';
import type { OwnHandlers } from '../../lib/messaging/own-router.ts';
import type { CapabilitySpec } from '../../lib/sdk/index.ts';
import { proveHolder } from '../../lib/sdk/index.ts';
import { createOwnHandlers } from '../../lib/wallet/index.ts';
import type { Licence } from '../fixtures/driving-licence.ts';
import { cookieOf, licenceOf, post, present } from '../fixtures/driving-licence.ts';
import type { TestWallet } from '../fixtures/wallet.ts';
import { PASSWORD, createTestWallet } from '../fixtures/wallet.ts';

const CASK = { 'founders-cask': 1 };

interface Answered {
  readonly token: string;
  readonly standing?: string;
}

interface Rung {
  readonly spec: CapabilitySpec;
  readonly nonce: string;
}

describe('the bank and the till, with a wallet before them', () => {
  let issuer: RunningIssuer;
  let licence: Licence;
  let bank: Running;
  let shop: RunningShop;
  let wallet: TestWallet;
  let own: OwnHandlers;
  let guest: string;

  beforeAll(async () => {
    issuer = await startIssuer();
    licence = await licenceOf('ada', issuer);
  });
  afterAll(() => issuer.close());

  beforeEach(async () => {
    bank = await startBank();
    shop = await startShop({
      issuers: [{ issuer: issuer.origin, type: issuer.licenceType }],
      banks: [bank.origin],
      host: '127.0.0.1',
    });
    wallet = await createTestWallet();
    own = createOwnHandlers(() => Promise.resolve(wallet.services));
    await own['wallet.create']({ password: PASSWORD, mark: { shape: 'star', colour: 'blue' } });
    guest = await comeIn();
    return async () => {
      await shop.close();
      await bank.close();
    };
  });

  async function comeIn(): Promise<string> {
    const arrived = await post(`${shop.origin}/arrive`, { way: 'claims' });
    const { nonce } = (await arrived.json()) as { readonly nonce: string }; // our own shop
    const proof = present(licence, { audience: shop.origin, nonce, at: Date.now() });
    return cookieOf(await post(`${shop.origin}/enter`, { proof }, { Cookie: cookieOf(arrived) }));
  }

  /** How the wallet answered a call, once it did. */
  function settled(requestId: string) {
    const request = wallet.delivered.findLast(({ id }) => id === requestId);
    if (request?.state.phase !== 'answered') throw new Error('The wallet gave no answer.');
    return request.state.answer;
  }

  async function waitingFor<K extends 'capability' | 'authority'>(kind: K, requestId: string) {
    const { waiting } = await own['requests.list']({});
    const found = waiting.find((one) => one.requestId === requestId && one.kind === kind);
    if (found === undefined) throw new Error(`No window asks about ${kind}.`);
    return found as K extends 'capability' ? CapabilityWaiting : AuthorityWaiting; // the kind was just compared
  }

  /** The person allows what a page asks for, with the first who stands behind them. */
  async function allow(spec: object, origin: string): Promise<Answered> {
    const { id: requestId } = await wallet.ask('requestCapability', spec as Json, origin); // as pages send it
    const { state } = await waitingFor('capability', requestId);
    if (state.step !== 'ready') throw new Error(`The window is at ${state.step}.`);
    const { digest, standings } = state.plan;
    const [first] = standings;
    await own['requests.allowCapability']({ requestId, digest, ...(first !== undefined && { standing: first.id }) });
    const answer = settled(requestId);
    if (!answer.ok) throw new Error('The wallet refused.');
    return answer.result as unknown as Answered; // what the page API promises
  }

  /** The bank's page: it asks for a key, and hands its offer over. */
  async function enrol(): Promise<{ readonly offer: string; readonly cookie: string }> {
    const about = await fetch(`${bank.origin}/limit`);
    const { spec } = (await about.json()) as { readonly spec: CapabilitySpec }; // our own bank
    const response = await post(`${bank.origin}/enrol`, { token: (await allow(spec, bank.origin)).token });
    const { held } = (await response.json()) as { readonly held: { readonly offer: string } }; // our own bank
    return { offer: held.offer, cookie: cookieOf(response) };
  }

  const handOver = async (offer: Json, origin: string): Promise<string> =>
    (await wallet.ask('offerCredential', offer, origin)).id;

  async function takeLimit(): Promise<{ readonly offer: string; readonly cookie: string }> {
    const granted = await enrol();
    const requestId = await handOver({ authority_offer: granted.offer }, bank.origin);
    await own['requests.continueAuthority']({ requestId });
    const { state } = await waitingFor('authority', requestId);
    if (state.step !== 'review') throw new Error(`The window is at ${state.step}.`);
    await own['requests.acceptAuthority']({ requestId, digest: state.digest });
    expect(settled(requestId)).toMatchObject({ ok: true, result: { accepted: true, credentials: 0 } });
    return granted;
  }

  async function ringUp(basket: object): Promise<Rung> {
    const response = await post(`${shop.origin}/order`, { basket }, { Cookie: guest });
    return (await response.json()) as Rung; // our own shop
  }

  async function newHolder() {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
    const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey);
    return { key: pair.privateKey, jwk: { kty: 'EC', crv: 'P-256', x, y } };
  }

  /** The shop's page: rings up, asks the wallet. */
  async function allowFor(basket: object) {
    const [order, holder] = [await ringUp(basket), await newHolder()];
    return { order, holder, given: await allow({ ...order.spec, holder_jwk: holder.jwk }, shop.origin) };
  }

  /** The shop's page: hands in what the wallet gave. */
  async function handIn({ order, holder, given }: Awaited<ReturnType<typeof allowFor>>) {
    const url = `${shop.origin}/checkout`;
    const body = JSON.stringify({ nonce: order.nonce, token: given.token, standing: given.standing });
    const { kind: action, max_amount: amount = 0, currency = '' } = order.spec;
    const use = { method: 'POST', url, action, amount, currency, body };
    const proof = await proveHolder(given.token, use, { key: holder.key, nonce: order.nonce });
    const headers = { 'Content-Type': 'application/json', Cookie: guest, 'Signet-Proof': proof };
    const sent = await fetch(url, { method: 'POST', headers, body });
    return (await sent.json()) as Readonly<Record<string, unknown>>; // our own shop
  }

  const buy = async (basket: object) => handIn(await allowFor(basket));

  const takeBack = async (cookie: string): Promise<string> => {
    const response = await post(`${bank.origin}/take-back`, {}, { Cookie: cookie });
    return ((await response.json()) as { readonly revocation: string }).revocation; // our own bank
  };

  test('the wallet asks the bank for its keys once the person says so, and shows what it offers', async () => {
    const { offer } = await enrol();
    const requestId = await handOver({ authority_offer: offer }, bank.origin);
    expect(await waitingFor('authority', requestId)).toMatchObject({ authority: bank.origin, state: { step: 'ask' } });
    await own['requests.continueAuthority']({ requestId });
    expect((await waitingFor('authority', requestId)).state).toMatchObject({
      ...{ step: 'review', trusted: false, coSigners: [] },
      grants: [{ permissions: ['purchase'], amount: '200.00', currency: 'USD' }],
    });
  });

  test('a bottle of 150 USD is sold to who the bank stands behind, and the receipt is kept', async () => {
    await takeLimit();
    const bought = await buy(CASK);
    expect(bought).toMatchObject({ paid: true, amount: '150.00' });

    const requestId = await handOver({ receipt: String(bought['receipt']) }, shop.origin);
    await wallet.services.desk.considerAll(wallet.services);
    expect(settled(requestId)).toMatchObject({ ok: true, result: { accepted: true, credentials: 0 } });
    const { capabilities } = await own['capabilities.list']({});
    expect(capabilities.find(({ audience }) => audience === shop.origin)).toMatchObject({
      ...{ state: 'used', spent: '150.00', remaining: '0.00', authority: bank.origin },
      receipts: [{ amount: '150.00', currency: 'USD', items: '1 × Founder’s Cask', raw: bought['receipt'] }],
    });
  });

  test('the same permission buys nothing more', async () => {
    await takeLimit();
    const allowed = await allowFor(CASK);
    expect(await handIn(allowed)).toMatchObject({ paid: true });
    expect(await handIn({ ...allowed, order: await ringUp(CASK) })).toMatchObject({ paid: false, reason: 'used' });
  });

  test('nothing is sold to who nobody stands behind', async () => {
    const { given } = await allowFor(CASK);
    expect(given).not.toHaveProperty('standing');
    expect(await buy(CASK)).toMatchObject({ paid: false, reason: 'untrusted_issuer', banks: [bank.origin] });
  });

  test('what the shop gives back counts against no limit any more', async () => {
    await own['limits.save']({ limits: [{ currency: 'USD', per: 'day', amount: '200.00' }] });
    const refused = await buy(CASK);
    expect((await own['limits.get']({})).limits).toMatchObject([{ spent: '150.00', left: '50.00' }]);
    await handOver({ receipt: String(refused['receipt']) }, shop.origin);
    await wallet.services.desk.considerAll(wallet.services);
    expect((await own['limits.get']({})).limits).toMatchObject([{ spent: '0.00', left: '200.00' }]);
    expect((await own['capabilities.list']({})).capabilities).toMatchObject([
      { state: 'returned', returned: '150.00', remaining: '0.00' },
    ]);
  });

  test('the bank is not brought up for more than it stands behind', async () => {
    await takeLimit();
    expect((await allowFor({ 'founders-cask': 2 })).given).not.toHaveProperty('standing');
    expect(await buy({ 'founders-cask': 2 })).toMatchObject({ paid: false, reason: 'untrusted_issuer' });
  });

  test('what the bank took back counts at once, though the wallet was not told', async () => {
    const { cookie } = await takeLimit();
    const allowed = await allowFor(CASK);
    await takeBack(cookie);
    expect(await handIn(allowed)).toMatchObject({ paid: false, reason: 'revoked' });
    expect(await buy(CASK)).toMatchObject({ paid: false, reason: 'revoked' });
  });

  test('a wallet that was told shows the bank to nobody any more', async () => {
    const { cookie } = await takeLimit();
    const requestId = await handOver({ authority_offer: await takeBack(cookie) }, bank.origin);
    await wallet.services.desk.considerAll(wallet.services);
    expect(settled(requestId)).toMatchObject({ ok: true });
    expect((await own['authorities.list']({})).offers).toMatchObject([{ authority: bank.origin, state: 'revoked' }]);
    expect((await allowFor(CASK)).given).not.toHaveProperty('standing');
  });

  test('a receipt that the shop did not sign is not kept, nor one that another site brings', async () => {
    await takeLimit();
    const allowed = await allowFor(CASK);
    const bought = await handIn(allowed);
    const { jti } = readChain(allowed.given.token).root.claims;
    const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify']);
    if (!('privateKey' in pair)) throw new Error('Ed25519 keys come in pairs.');
    const words = { audience: shop.origin, currency: 'USD', at: Date.now(), items: 'Nothing' };
    const forged = await signReceipt({ type: 'paid', jti, amount: 1, ...words }, pair.privateKey);
    for (const [receipt, origin] of [
      [forged, shop.origin],
      [String(bought['receipt']), 'https://elsewhere.example'],
    ] as const) {
      const requestId = await handOver({ receipt }, origin);
      await wallet.services.desk.considerAll(wallet.services);
      expect(wallet.services.queue.get(requestId)?.state.phase).toBe('refusing');
    }
    const { capabilities } = await own['capabilities.list']({});
    expect(capabilities.flatMap(({ receipts }) => receipts)).toEqual([]);
  });

  test('bank and shop are shown different keys; what they have in common is the bank’s own word', async () => {
    const { offer } = await takeLimit();
    const { given } = await allowFor(CASK);
    const { iss } = readChain(given.token).root.claims;
    const { sub, jti } = readOffer(offer).claims;
    expect(iss).not.toBe(sub);
    expect(given.token).not.toContain(jti);
    expect(given.standing?.split('~')[0]).toBe(offer);
  });
});
