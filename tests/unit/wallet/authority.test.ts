import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AuthorityGrant, PublicPaserk } from '../../../lib/capabilities/index.ts';
import { memoryLedger, readCapability, readOffer, signOffer, signRevocation } from '../../../lib/capabilities/index.ts';
import type { Json, JsonRequest } from '../../../lib/core/index.ts';
import { parseOrigin } from '../../../lib/core/index.ts';
import type { AuthorityWaiting } from '../../../lib/messaging/contract.ts';
import { checkAuthority } from '../../../lib/sdk/index.ts';
import { createOwnHandlers } from '../../../lib/wallet/index.ts';
import { keyNumber } from '../../fixtures/capabilities.ts';
import { OTHER, SHOP, forkWith } from '../../fixtures/licensed-wallet.ts';
import { PURCHASE, Spender, emptyMachine, forgetRequests } from '../../fixtures/spending-wallet.ts';
import { Fuse, mortal } from '../../fixtures/vault/dying.ts';
import type { Machine } from '../../fixtures/vault/machine.ts';
import { PASSWORD } from '../../fixtures/wallet.ts';

const BANK = parseOrigin('https://bank.example', 'origin');
const BANK_KEY = keyNumber(7);
const AUDITOR = keyNumber(8);
const STRANGER = keyNumber(9);
const DAY = 86_400;
const GRANT: AuthorityGrant = { permissions: ['purchase'], max_amount: 20_000, unit: 'minor', currency: 'USD' };

let prepared: Machine;
let machine: Machine;
let wallet: Spender;
let fetched: string[];
/** What the bank publishes. */
let published: Json;

beforeAll(async () => {
  prepared = await emptyMachine();
});

beforeEach(async () => {
  machine = await forkWith(prepared);
  wallet = await Spender.on(machine);
  fetched = [];
  published = { keys: [BANK_KEY.publicKey], name: 'A bank' };
});

/** Our own pages, with the bank on the network. */
const online = (worker = wallet) =>
  createOwnHandlers(() =>
    Promise.resolve({
      ...worker.services,
      fetchJson: ({ url }: JsonRequest) => {
        fetched.push(url);
        return Promise.resolve({ ok: true as const, body: published });
      },
    }),
  );

interface OfferChanges {
  readonly person?: PublicPaserk;
  readonly key?: typeof BANK_KEY;
  readonly lifetime?: number;
  readonly grants?: readonly AuthorityGrant[];
  readonly coSigners?: readonly (typeof BANK_KEY)[];
}

/** An offer of the bank’s to this wallet. */
async function offer(changes: OfferChanges = {}): Promise<string> {
  const { person = await wallet.keyFor(BANK), key = BANK_KEY, lifetime = 30 * DAY } = changes;
  const draft = { authority: BANK, person, grants: changes.grants ?? [GRANT], lifetime };
  return signOffer(draft, key, changes.coSigners ?? [], machine.clock.now);
}

const brings = (text: string, how: string = BANK) => wallet.takes('offerCredential', { authority_offer: text }, how);

async function shown(): Promise<AuthorityWaiting['state']> {
  const [waiting] = (await wallet.route('requests.list', {})).waiting;
  if (waiting?.kind !== 'authority') throw new Error('No authority offers anything.');
  return waiting.state;
}

async function reviewed() {
  const state = await shown();
  if (state.step !== 'review') throw new Error(state.step);
  return state;
}

/** The bank’s page brings an offer, and the person takes it. */
async function accepts(text: string, how: string = BANK): Promise<void> {
  const { request, outcome } = await brings(text, how);
  expect(outcome).toBe('ask');
  await online()['requests.continueAuthority']({ requestId: request.id });
  const { digest } = await reviewed();
  await wallet.route('requests.acceptAuthority', { requestId: request.id, digest });
  expect(wallet.services.queue.get(request.id)?.state).toMatchObject({ answer: { result: { accepted: true } } });
}

const offersNow = async () => (await wallet.route('authorities.list', {})).offers;
const trustedNow = async () => (await wallet.route('authorities.list', {})).trusted;

/** A shop that takes what the bank answers for. */
function atShop(standing: string | undefined, isRevoked?: (jti: string) => boolean) {
  const ledger = memoryLedger({ capacity: 10, skew: 30_000, clock: machine.clock.read, completeSince: 0 });
  const bank = { authority: BANK, keys: [BANK_KEY.publicKey], ...(isRevoked === undefined ? {} : { isRevoked }) };
  return {
    ...{ action: 'purchase', amount: 80, currency: 'USD', audience: SHOP, issuers: [bank], ledger },
    ...(standing === undefined ? {} : { standing }),
    now: new Date(machine.clock.now),
  };
}

describe('an authority’s offer', () => {
  test('is asked about before anything is fetched, reviewed, and stands once it is accepted', async () => {
    const text = await offer({ coSigners: [AUDITOR] });
    const { request, outcome } = await brings(text);
    expect(outcome).toBe('ask');
    expect(await shown()).toEqual({ step: 'ask' });
    expect(fetched).toEqual([]);
    await online()['requests.continueAuthority']({ requestId: request.id });
    expect(fetched).toEqual([`${BANK}/.well-known/signet-authority.json`]);
    const state = await reviewed();
    expect(state).toMatchObject({
      grants: [{ permissions: ['purchase'], amount: '200.00', currency: 'USD' }],
      ...{ trusted: false, expiresAt: machine.clock.now + 30 * DAY * 1000 },
    });
    expect(state.keys).toHaveLength(1);
    expect(state.coSigners).toHaveLength(1);
    await wallet.route('requests.acceptAuthority', { requestId: request.id, digest: state.digest });
    expect(await offersNow()).toMatchObject([
      { id: readOffer(text).claims.jti, authority: BANK, state: 'accepted', since: machine.clock.now },
    ]);
    expect(await trustedNow()).toMatchObject([{ authority: BANK, since: machine.clock.now }]);
    expect((await wallet.log())[0]).toMatchObject({ kind: 'authority.accepted', subject: BANK });
  });

  test('lets a shop that trusts the bank, and has never seen the wallet, take a token', async () => {
    await accepts(await offer());
    const request = await wallet.wants(PURCHASE);
    const { standings } = await wallet.shown(request);
    expect(standings).toMatchObject([{ authority: BANK, grants: [{ amount: '200.00' }] }]);
    await wallet.says(request);
    const { token, standing } = wallet.given(request);
    expect(await checkAuthority(token, atShop(undefined))).toMatchObject({ reasons: [{ reason: 'untrusted_issuer' }] });
    expect(await checkAuthority(token, atShop(standing))).toMatchObject({ allowed: true });
    expect(await wallet.held()).toMatchObject([{ authority: BANK }]);
  });

  test('is shown with a token that it covers alone, and not where the person says so', async () => {
    await accepts(await offer({ grants: [{ ...GRANT, audiences: [parseOrigin(SHOP, 'origin')] }] }));
    const standingsOf = async (spec: object, how: string = SHOP) =>
      (await wallet.shown(await wallet.wants({ ...PURCHASE, ...spec }, how))).standings.length;
    expect(await standingsOf({ max_amount: '200.01' })).toBe(0);
    await forgetRequests(wallet);
    expect(await standingsOf({ currency: 'EUR' })).toBe(0);
    await forgetRequests(wallet);
    expect(await standingsOf({ kind: 'rent' })).toBe(0);
    await forgetRequests(wallet);
    expect(await standingsOf({ domain: OTHER }, OTHER)).toBe(0);
    await forgetRequests(wallet);
    const request = await wallet.wants(PURCHASE);
    await wallet.says(request, 'none');
    expect(wallet.given(request)).not.toHaveProperty('standing');
    expect((await wallet.held())[0]).not.toHaveProperty('authority');
  });

  test('of an authority on the list is reviewed at once, wherever it comes from', async () => {
    await accepts(await offer());
    fetched = [];
    const { request, outcome } = await brings(await offer(), SHOP);
    expect(outcome).toBe('ask');
    const { digest, trusted } = await reviewed();
    expect(trusted).toBe(true);
    await wallet.route('requests.acceptAuthority', { requestId: request.id, digest });
    expect(fetched).toEqual([]);
    expect(await offersNow()).toHaveLength(2);
    expect(await trustedNow()).toHaveLength(1);
  });

  test('of an authority whose clock is half a minute fast is heard', async () => {
    machine.clock.now += 29_000;
    const text = await offer();
    machine.clock.now -= 29_000;
    await accepts(text);
    const { token, standing } = await wallet.buys(PURCHASE);
    expect(await checkAuthority(token, atShop(standing))).toMatchObject({ allowed: true });
  });

  test('waits while the vault is locked, and shows whose it is', async () => {
    const text = await offer();
    await wallet.route('wallet.lock', {});
    expect((await brings(text)).outcome).toBe('ask');
    expect(await shown()).toEqual({ step: 'locked' });
    await wallet.route('wallet.unlock', { password: PASSWORD });
    expect(await shown()).toEqual({ step: 'ask' });
  });

  test('is kept by a worker that dies at any write with its trust, its entry and its answer, or not at all', async () => {
    const text = await offer();
    for (let writes = 0; ; writes++) {
      machine = await forkWith(prepared);
      wallet = await Spender.on(machine);
      const { request } = await brings(text);
      await online()['requests.continueAuthority']({ requestId: request.id });
      const { digest } = await reviewed();
      const fuse = new Fuse(writes);
      const dying = await Spender.on(machine, mortal(machine, fuse));
      await dying.route('requests.acceptAuthority', { requestId: request.id, digest }).catch(() => undefined);
      wallet = await Spender.on(machine);
      const count = wallet.phaseOf(request) === 'answered' ? 1 : 0;
      expect(await offersNow()).toHaveLength(count);
      expect(await trustedNow()).toHaveLength(count);
      expect((await wallet.kinds()).filter((kind) => kind === 'authority.accepted')).toHaveLength(count);
      if (!fuse.burnt) return;
    }
  });
});

describe('an offer that is not for the person', () => {
  test.each<[string, () => Promise<string>, string?]>([
    ['made to another key', async () => offer({ person: await wallet.keyFor(SHOP) })],
    [
      'whose time is over',
      async () => {
        const text = await offer({ lifetime: 1 });
        machine.clock.now += 2000;
        return text;
      },
    ],
    [
      'whose time has not come',
      async () => {
        machine.clock.now += 31_000;
        const text = await offer();
        machine.clock.now -= 31_000;
        return text;
      },
    ],
    ['that another site brings', () => offer(), SHOP],
  ])('%s is refused without a window, and nothing is fetched', async (_, make, how = BANK) => {
    const { request, outcome } = await brings(await make(), how);
    expect(outcome).toBe('refused');
    const bank = online();
    await expect(bank['requests.continueAuthority']({ requestId: request.id })).rejects.toMatchObject({
      reason: 'not_found',
    });
    expect(fetched).toEqual([]);
    machine.clock.now += 6_000;
    await wallet.services.queue.expire();
    expect(wallet.services.queue.get(request.id)?.state).toEqual({
      phase: 'answered',
      answer: { ok: false, error: { code: 4001, message: 'The request was not granted.' } },
    });
  });

  test('signed with another key than the list has is refused', async () => {
    await accepts(await offer());
    expect((await brings(await offer({ key: STRANGER }))).outcome).toBe('refused');
  });

  test('that none of the published keys signed fails in the window, and cannot be accepted', async () => {
    const { request } = await brings(await offer({ key: STRANGER }));
    await online()['requests.continueAuthority']({ requestId: request.id });
    expect(await shown()).toMatchObject({ step: 'failed' });
    const accepted = wallet.route('requests.acceptAuthority', { requestId: request.id, digest: '' });
    await expect(accepted).rejects.toMatchObject({ reason: 'changed' });
    expect(await trustedNow()).toEqual([]);
    expect(await wallet.kinds()).toContain('offer.failed');
  });

  test.each<[string, Json]>([
    ['no keys', {}],
    ['an empty list', { keys: [] }],
    ['keys that are none', { keys: ['k4.public.AAAA'] }],
    ['too many keys', { keys: Array<string>(9).fill(BANK_KEY.publicKey) }],
    ['co-signers that did not sign', { keys: [BANK_KEY.publicKey], co_signers: [AUDITOR.publicKey] }],
    ['a list', []],
  ])('of an authority that publishes %s fails', async (_, body) => {
    published = body;
    const { request } = await brings(await offer());
    await online()['requests.continueAuthority']({ requestId: request.id });
    expect(await shown()).toMatchObject({ step: 'failed' });
    expect(await trustedNow()).toEqual([]);
  });

  test('but was answered before, whatever the answer, is refused', async () => {
    const text = await offer();
    await accepts(text);
    expect((await brings(text)).outcome).toBe('refused');
    const declined = await offer();
    const { request } = await brings(declined);
    await wallet.route('requests.deny', { requestId: request.id });
    expect((await wallet.log())[0]).toMatchObject({ kind: 'authority.rejected', subject: BANK });
    expect((await offersNow())[0]).toMatchObject({ state: 'rejected' });
    expect((await brings(declined)).outcome).toBe('refused');
  });

  test('but is no offer at all names the field', async () => {
    for (const text of ['v4.public.AAAA', 'x', (await offer()).slice(0, -3)]) {
      await expect(brings(text)).rejects.toMatchObject({ code: -32602, field: 'authority_offer' });
    }
  });

  test('of an authority on this machine is refused to pages that are not', async () => {
    const local = parseOrigin('http://localhost:8080', 'origin');
    const draft = { authority: local, person: await wallet.keyFor(local), grants: [GRANT], lifetime: DAY };
    const text = await signOffer(draft, BANK_KEY, [], machine.clock.now);
    await expect(brings(text, SHOP)).rejects.toMatchObject({ code: -32602, field: 'authority_offer' });
    expect((await brings(text, local)).outcome).toBe('ask');
  });

  test('that nobody of it signed, and that waits when its authority is taken on the list, goes', async () => {
    const genuine = await brings(await offer());
    const forged = await brings(await offer({ key: STRANGER }));
    expect(forged.outcome).toBe('ask'); // nothing is known of the bank yet
    await online()['requests.continueAuthority']({ requestId: genuine.request.id });
    const { digest } = await reviewed();
    await wallet.route('requests.acceptAuthority', { requestId: genuine.request.id, digest });
    expect(wallet.phaseOf(forged.request)).toBe('refusing');
    expect(await offersNow()).toHaveLength(1);
  });

  test('that nobody of it signed is not accepted where another worker has the authority on the list', async () => {
    const [here, other] = [wallet, await Spender.on(machine)];
    const forged = await brings(await offer({ key: STRANGER }));
    expect(forged.outcome).toBe('ask');
    wallet = other;
    await accepts(await offer());
    wallet = here;
    const note = { label: 'Note', type: 'text', value: 'x', tier: 1 } as const;
    await wallet.route('attributes.save', note).catch(() => undefined); // finds that another wrote
    expect(await shown()).toMatchObject({ step: 'failed' });
    const accepted = wallet.route('requests.acceptAuthority', { requestId: forged.request.id, digest: '' });
    await expect(accepted).rejects.toMatchObject({ reason: 'issuer_refused' });
    expect(await offersNow()).toHaveLength(1);
  });

  test('is not accepted by what was shown before its authority’s keys changed, nor after its time', async () => {
    const { request } = await brings(await offer({ lifetime: 60 }));
    await online()['requests.continueAuthority']({ requestId: request.id });
    const { digest } = await reviewed();
    const accept = (named: string) =>
      wallet.route('requests.acceptAuthority', { requestId: request.id, digest: named });
    await expect(accept('AAAA')).rejects.toMatchObject({ reason: 'changed' });
    machine.clock.now += 60_000;
    await expect(accept(digest)).rejects.toMatchObject({ reason: 'expired' });
    expect(await offersNow()).toEqual([]);
  });
});

describe('an accepted offer', () => {
  let text: string;

  beforeEach(async () => {
    text = await offer();
    await accepts(text);
    await forgetRequests(wallet);
  });

  const standings = async () => (await wallet.shown(await wallet.wants(PURCHASE))).standings;

  test('is taken back by its authority without a window, and nothing is shown under it any more', async () => {
    const { outcome } = await brings(await signRevocation(readOffer(text), BANK_KEY, machine.clock.now));
    expect(outcome).toBe('answered');
    expect(await offersNow()).toMatchObject([{ state: 'revoked' }]);
    expect((await wallet.log())[0]).toMatchObject({ kind: 'authority.revoked', subject: BANK });
    expect(await standings()).toEqual([]);
    expect((await brings(text)).outcome).toBe('refused');
  });

  test('that a shop asks the bank about works no more once that took it back', async () => {
    const { token, standing } = await wallet.buys(PURCHASE);
    const { jti } = readOffer(text).claims;
    const asked = atShop(standing, (id) => id === jti);
    expect(await checkAuthority(token, asked)).toMatchObject({ reasons: [{ reason: 'revoked' }] });
  });

  test.each<[string, () => Promise<string>, string?]>([
    ['a stranger', () => signRevocation(readOffer(text), STRANGER, machine.clock.now)],
    [
      'another site, with the bank’s own words',
      () => signRevocation(readOffer(text), BANK_KEY, machine.clock.now),
      SHOP,
    ],
    ['the bank, of another offer', async () => signRevocation(readOffer(await offer()), BANK_KEY, machine.clock.now)],
  ])('is not taken back by %s', async (_, make, how = BANK) => {
    expect((await brings(await make(), how)).outcome).toBe('refused');
    expect(await offersNow()).toMatchObject([{ state: 'accepted' }]);
  });

  test('is taken back once', async () => {
    const revocation = await signRevocation(readOffer(text), BANK_KEY, machine.clock.now);
    expect((await brings(revocation)).outcome).toBe('answered');
    expect((await brings(revocation)).outcome).toBe('refused');
  });

  test('is not shown with a token where it was given up between the look and the yes', async () => {
    const request = await wallet.wants(PURCHASE);
    const { digest } = await wallet.shown(request);
    const { jti: id } = readOffer(text).claims;
    await (await Spender.on(machine)).route('authorities.giveUp', { id });
    const allowed = wallet.route('requests.allowCapability', { requestId: request.id, digest });
    await expect(allowed).rejects.toMatchObject({ reason: 'changed' });
    expect(await wallet.held()).toEqual([]);
    await wallet.says(request);
    expect(wallet.given(request)).not.toHaveProperty('standing');
  });

  test('is given up by the person, for good', async () => {
    const { jti: id } = readOffer(text).claims;
    await wallet.route('authorities.giveUp', { id });
    expect(await offersNow()).toMatchObject([{ state: 'revoked' }]);
    expect(await standings()).toEqual([]);
    await expect(wallet.route('authorities.giveUp', { id })).rejects.toMatchObject({ reason: 'not_found' });
    await expect(wallet.route('authorities.giveUp', { id: 'x' })).rejects.toMatchObject({ reason: 'not_found' });
  });

  test('goes with the trust in its authority', async () => {
    await wallet.route('authorities.distrust', { authority: BANK });
    expect(await offersNow()).toMatchObject([{ state: 'revoked' }]);
    expect(await trustedNow()).toEqual([]);
    const again = wallet.route('authorities.distrust', { authority: BANK });
    await expect(again).rejects.toMatchObject({ reason: 'not_found' });
    expect((await brings(await offer(), SHOP)).outcome).toBe('refused'); // another’s page is not heard for it any more
  });

  test('ends with a move to a new vault, to whose key it was not made; the trust stays', async () => {
    await wallet.route('wallet.move', { opener: { password: PASSWORD }, password: 'a lantern over other water' });
    expect(await offersNow()).toMatchObject([{ state: 'revoked' }]);
    expect(await trustedNow()).toMatchObject([{ authority: BANK }]);
    expect(await standings()).toEqual([]);
    await forgetRequests(wallet);
    await accepts(await offer()); // the bank offers it to the new key
    const { token, standing } = await wallet.buys(PURCHASE);
    expect(await checkAuthority(token, atShop(standing))).toMatchObject({ allowed: true });
  });

  test('ends by its time', async () => {
    machine.clock.now += 30 * DAY * 1000;
    await wallet.route('wallet.unlock', { password: PASSWORD });
    expect(await offersNow()).toMatchObject([{ state: 'expired' }]);
    expect(await standings()).toEqual([]);
  });

  test('is accepted before each shop for another key, and tells its own key to none but in the offer', async () => {
    const mine = await wallet.buys(PURCHASE);
    const theirs = await wallet.buys({ ...PURCHASE, domain: OTHER }, OTHER);
    expect(mine.standing).not.toBe(theirs.standing);
    const elsewhere = { ...atShop(mine.standing), audience: OTHER };
    expect(await checkAuthority(mine.token, elsewhere)).toMatchObject({ allowed: false });
    expect(await checkAuthority(theirs.token, atShop(theirs.standing))).toMatchObject({ allowed: false });
    expect(readCapability(mine.token).claims.iss).not.toBe(readOffer(text).claims.sub);
  });
});
