import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunningIssuer } from '../../demo/issuer/server.ts';
import { startIssuer } from '../../demo/issuer/server.ts';
import type { RunningShop } from '../../demo/shop/server.ts';
import { startShop } from '../../demo/shop/server.ts';
import type { Json } from '../../lib/core/index.ts';
import type { OfferWaiting, ProofWaiting } from '../../lib/messaging/contract.ts';
import type { OwnHandlers } from '../../lib/messaging/own-router.ts';
import { createOwnHandlers } from '../../lib/wallet/index.ts';
import { findIn } from '../fixtures/find-in.ts';
import type { TestWallet } from '../fixtures/wallet.ts';
import { PASSWORD, createTestWallet } from '../fixtures/wallet.ts';

const MINUTE = 60_000;

/** What a licence of Ada Lumen's and her card say beside what a door asks. */
const SECRETS = ['Ada', 'Lumen', '1990-05-17', '10117', 'gold', '2019', '33008'];

/** Somebody with a wallet. */
interface Visitor {
  readonly wallet: TestWallet;
  readonly own: OwnHandlers;
}

interface Visit {
  readonly cookie: string;
  readonly request: Record<string, Json>;
}

describe('the doors of the shop, with a wallet before them', () => {
  let minutesLater = 0;
  const now = (): number => Date.now() + minutesLater * MINUTE;
  let issuer: RunningIssuer;
  let shop: RunningShop;
  let ada: Visitor;
  let noa: Visitor;

  beforeAll(async () => {
    issuer = await startIssuer();
    [ada, noa] = await Promise.all([visitor(), visitor()]);
    for (const id of ['driving-licence', 'membership']) await receive(ada, 'ada', id);
    await receive(noa, 'noa', 'driving-licence');
    await receive(noa, 'noa', 'membership-2020');
  }, 2 * MINUTE);
  afterAll(() => issuer.close());

  beforeEach(async () => {
    minutesLater = 0;
    shop = await openShop([{ issuer: issuer.origin, type: issuer.membershipType }]);
    return () => shop.close();
  });

  const openShop = (clubs: { issuer: string; type: string }[]): Promise<RunningShop> =>
    startShop({ issuers: [{ issuer: issuer.origin, type: issuer.licenceType }], clubs, host: '127.0.0.1', now });

  async function visitor(): Promise<Visitor> {
    const wallet = await createTestWallet();
    const own = createOwnHandlers(() => Promise.resolve(wallet.services));
    await own['wallet.create']({ password: PASSWORD, mark: { shape: 'star', colour: 'blue' } });
    return { wallet, own };
  }

  const post = (url: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  async function receive({ wallet, own }: Visitor, person: string, credential: string, from = issuer): Promise<void> {
    const made = await post(`${from.origin}/offers`, { person, credential });
    const { offer } = (await made.json()) as { offer: Json }; // our own issuer
    const { id: requestId } = await wallet.ask('offerCredential', { credential_offer: offer }, from.origin);
    await own['requests.continueOffer']({ requestId });
    const [waiting] = (await own['requests.list']({})).waiting as readonly OfferWaiting[];
    if (waiting?.state.step !== 'review') throw new Error(`not in review: ${JSON.stringify(waiting)}`);
    await own['requests.acceptOffer']({ requestId, digest: waiting.state.digest });
  }

  const cookieOf = (response: Response): string => response.headers.get('Set-Cookie')?.split(';')[0] ?? '';

  async function arrive(way: string): Promise<Visit> {
    const response = await post(`${shop.origin}/arrive`, { way });
    return { cookie: cookieOf(response), request: (await response.json()) as Visit['request'] }; // our own shop
  }

  const enter = ({ cookie }: Visit, answer: object): Promise<Response> =>
    post(`${shop.origin}/enter`, answer, { Cookie: cookie });

  /** What the wallet answers once its person says yes; undefined when it has nothing to answer with. */
  async function answer({ wallet, own }: Visitor, { request }: Visit, site = shop.origin) {
    const { id: requestId } = await wallet.ask('requestProof', request, site);
    const { waiting } = await own['requests.list']({});
    const view = waiting.find((one): one is ProofWaiting => one.requestId === requestId && one.kind === 'proof');
    const plan = view?.state.step === 'ready' ? view.state.plans[0] : undefined;
    if (plan === undefined) {
      await own['requests.deny']({ requestId });
      return undefined;
    }
    await own['requests.allowProof']({ requestId, digest: plan.digest });
    const settled = wallet.delivered.findLast(({ id }) => id === requestId);
    if (settled?.state.phase !== 'answered' || !settled.state.answer.ok) throw new Error('The wallet gave no answer.');
    return settled.state.answer.result as { readonly proof: string }; // what the page API promises for `claims`
  }

  /** Goes in by a door and returns how the shop answered. */
  async function walkIn(visitorThere: Visitor, way: string): Promise<Response> {
    const visit = await arrive(way);
    const given = await answer(visitorThere, visit);
    if (given === undefined) throw new Error('The wallet has nothing to answer with.');
    return enter(visit, { proof: given.proof });
  }

  const statusOf = async (room: string, cookie: string): Promise<number> =>
    (await fetch(`${shop.origin}/${room}`, { headers: { Cookie: cookie } })).status;

  test('asks for an age by a range proof about the sealed date, and for membership by proofs that nobody can link', async () => {
    const [{ request: range }, { request: member }] = await Promise.all([arrive('range'), arrive('member')]);
    const from = { issuers: [issuer.origin] };
    expect(range).toEqual({
      ...from,
      claims: [{ name: 'birth_date', age_at_least: 21 }],
      types: [issuer.licenceType],
      formats: ['bulletproof'],
      nonce: range['nonce'],
      purpose: 'Buy wine',
    });
    expect(member).toEqual({
      ...from,
      claims: ['member'],
      types: [issuer.membershipType],
      formats: ['bbs', 'bbs+'],
      nonce: member['nonce'],
      purpose: 'Sit at the members’ table',
    });
  });

  test('opens to a range proof, and learned that she was born early enough and nothing else', async () => {
    const entered = await walkIn(ada, 'range');
    expect(await entered.json()).toEqual({ welcome: true });
    const [result] = shop.checked;
    const today = new Date().toISOString().slice(0, 10);
    expect(result).toMatchObject({
      valid: true,
      format: 'bulletproof',
      claims: { birth_date: { age_at_least: 21, as_of: today } },
      scope: ['birth_date'],
    });
    expect(await statusOf('shelf', cookieOf(entered))).toBe(200);
    expect(findIn(shop.received(), SECRETS)).toEqual([]);
  });

  test.each([
    ['a card', 'bbs', () => ada],
    ['a card of the 2020 edition', 'bbs+', () => noa],
  ] as const)('opens to %s, and learned of a member and nothing else', async (_, format, who) => {
    const entered = await walkIn(who(), 'member');
    expect(await entered.json()).toEqual({ welcome: true });
    expect(shop.checked).toMatchObject([
      { valid: true, format, holder: 'none', claims: { member: true }, scope: ['member'] },
    ]);
    expect(await statusOf('evenings', cookieOf(entered))).toBe(200);
    expect(findIn(shop.received(), [...SECRETS, 'junior', '2024'])).toEqual([]);
  });

  test('lets nobody reach the wine by a card, nor the members’ table by an age', async () => {
    const [member, grown] = [await walkIn(noa, 'member'), await walkIn(ada, 'range')];
    expect(await statusOf('shelf', cookieOf(member))).toBe(403);
    expect(await statusOf('evenings', cookieOf(grown))).toBe(403);
  });

  test('gets no answer from the wallet of who is 18', async () => {
    expect(await answer(noa, await arrive('range'))).toBeUndefined();
    expect(await answer(noa, await arrive('claims'))).toBeUndefined();
  });

  describe('turns away', () => {
    // A proof that cannot be linked is bound to site and nonce by one hash: which of them is wrong does not show.
    test.each([
      ['range', 'wrong_nonce'],
      ['member', 'bad_signature'],
    ])('a proof of another visit, at the door “%s” (%s)', async (way, reason) => {
      const [visit, other] = [await arrive(way), await arrive(way)];
      const { proof } = (await answer(ada, other)) ?? {};
      expect(await (await enter(visit, { proof })).json()).toMatchObject({ welcome: false, reason });
    });

    test.each([
      ['range', 'wrong_audience'],
      ['member', 'bad_signature'],
    ])('a proof made for another site, at the door “%s” (%s)', async (way, reason) => {
      const visit = await arrive(way);
      const { proof } = (await answer(ada, visit, 'https://elsewhere.example')) ?? {};
      expect(await (await enter(visit, { proof })).json()).toMatchObject({ welcome: false, reason });
    });

    test.each(['range', 'member'])('a proof that was shown already, at the door “%s”', async (way) => {
      const visit = await arrive(way);
      const { proof } = (await answer(ada, visit)) ?? {};
      expect((await enter(visit, { proof })).status).toBe(200);
      expect(await (await enter(visit, { proof })).json()).toMatchObject({ welcome: false, reason: 'wrong_nonce' });
    });

    test('a card at the door for who is over 21, and a licence at the members’ door', async () => {
      const [age, member] = [await arrive('claims'), await arrive('member')];
      const nonces = { age: age.request['nonce'] ?? '', member: member.request['nonce'] ?? '' };
      const card = await answer(ada, { ...age, request: { ...member.request, nonce: nonces.age } });
      const licence = await answer(ada, { ...member, request: { ...age.request, nonce: nonces.member } });
      expect(await (await enter(age, { proof: card?.proof })).json()).toMatchObject({ reason: 'no_holder_proof' });
      expect((await enter(member, { proof: licence?.proof })).status).toBe(403);
    });

    test('a card that expired', async () => {
      minutesLater = 20 * 7 * 24 * 60;
      const visit = await arrive('member');
      const { proof } = (await answer(ada, visit)) ?? {};
      expect(await (await enter(visit, { proof })).json()).toMatchObject({ reason: 'expired' });
    });

    test('whoever comes to a door that is not there, or closed', async () => {
      expect((await post(`${shop.origin}/arrive`, { way: 'window' })).status).toBe(404);
      expect((await post(`${shop.origin}/arrive`, { way: 'toString' })).status).toBe(404);
      await shop.close();
      shop = await openShop([]);
      expect((await post(`${shop.origin}/arrive`, { way: 'member' })).status).toBe(404);
    });
  });

  test('learns of a club’s key when it is published, however early it asked', async () => {
    await using club = await lateClub();
    await shop.close();
    shop = await openShop([{ issuer: club.origin, type: club.membershipType }]);
    await arrive('member');
    const member = await visitor();
    await receive(member, 'ada', 'membership', club);
    expect(await (await walkIn(member, 'member')).json()).toEqual({ welcome: true });
  });
});

async function lateClub(): Promise<RunningIssuer & AsyncDisposable> {
  const club = await startIssuer();
  return { ...club, [Symbol.asyncDispose]: () => club.close() };
}
