import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { memoryLedger, readCapability } from '../../../lib/capabilities/index.ts';
import type { Json } from '../../../lib/core/index.ts';
import { MemoryReplayStore, checkAuthority, proveHolder } from '../../../lib/sdk/index.ts';
import { OTHER, SHOP, forkWith } from '../../fixtures/licensed-wallet.ts';
import { PURCHASE, Spender, emptyMachine, merchantKeys } from '../../fixtures/spending-wallet.ts';
import type { Machine } from '../../fixtures/vault/machine.ts';
import { PASSWORD } from '../../fixtures/wallet.ts';

let prepared: Machine;
let machine: Machine;
let wallet: Spender;
let holder: Awaited<ReturnType<typeof merchantKeys>>;
let token: string;
let jti: string;

beforeAll(async () => {
  prepared = await emptyMachine();
  holder = await merchantKeys();
  const first = await Spender.on(prepared);
  ({ token } = await first.buys({ ...PURCHASE, max_amount: 10, unit: 1, holder_jwk: holder.jwk }));
  ({ jti } = readCapability(token).claims);
  await first.route('wallet.touch', {});
});

beforeEach(async () => {
  machine = await forkWith(prepared);
  wallet = await Spender.on(machine);
});

const units = (amount: number | string, more: object = {}) => ({
  ...PURCHASE,
  max_amount: amount,
  release_of: jti,
  ...more,
});
const takes = (amount: number | string, more: object = {}, how: string = SHOP) =>
  wallet.takes('requestCapability', units(amount, more), how);

/** A merchant who counts what it takes. */
async function merchant() {
  const ledger = memoryLedger({ capacity: 10, skew: 30_000, clock: machine.clock.read, completeSince: 0 });
  const replay = new MemoryReplayStore({ capacity: 10, clock: machine.clock.read });
  const key = await wallet.keyFor(SHOP);
  return async (amount: number, unit: string) => {
    const nonce = crypto.randomUUID().replaceAll('-', '');
    const use = { method: 'POST', url: `${SHOP}/pay`, action: 'purchase', amount, currency: 'USD' };
    const now = new Date(machine.clock.now);
    const proof = await proveHolder(token, use, { key: holder.privateKey, nonce, now });
    return checkAuthority(token, {
      ...{ action: 'purchase', amount, currency: 'USD', audience: SHOP, issuers: [{ key }], ledger, unit },
      proof: { proof, method: 'POST', url: use.url, nonce, replay },
      now,
    });
  };
}

describe('units of a budget', () => {
  test('are released without a window, one after the other, and taken by the merchant to the last', async () => {
    const take = await merchant();
    for (const [amount, left] of [
      [3, '7.00'],
      [6, '1.00'],
      [1, '0.00'],
    ] as const) {
      const { outcome, request } = await takes(amount);
      expect(outcome).toBe('answered');
      expect(await take(amount, wallet.given(request).token)).toMatchObject({ allowed: true, remaining: left });
      machine.clock.now += 10_000; // a page may ask so often
    }
    expect((await takes(1)).outcome).toBe('refused');
    expect(await wallet.held()).toMatchObject([{ state: 'used', spent: '10.00', remaining: '0.00' }]);
    expect((await wallet.kinds()).slice(0, 4)).toEqual([
      'capability.refused',
      ...Array<string>(3).fill('capability.units'),
    ]);
    expect(wallet.wallet.shown()).toBe(0);
  });

  test('count against no limit a second time: the whole counted when the budget was released', async () => {
    await wallet.limit({ currency: 'USD', per: 'day', amount: '10' });
    expect((await takes(10)).outcome).toBe('answered');
    expect((await wallet.route('limits.get', {})).limits).toMatchObject([{ spent: '10.00', left: '0.00' }]);
  });

  test('are for a purpose of any words, and wait for the unlock of a locked vault', async () => {
    await wallet.route('wallet.lock', {});
    const { outcome, request } = await takes(2, { purpose: 'An article' });
    expect(outcome).toBe('ask');
    const [waiting] = (await wallet.route('requests.list', {})).waiting;
    expect(waiting).toMatchObject({ state: { step: 'locked' }, terms: { release: true, amount: '2.00' } });
    await wallet.route('wallet.unlock', { password: PASSWORD });
    expect(wallet.given(request).token).toMatch(/\.2$/);
  });

  test('cannot be allowed as a token is', async () => {
    await wallet.route('wallet.lock', {});
    const { request } = await takes(2);
    const allowed = wallet.route('requests.allowCapability', { requestId: request.id, digest: '' });
    await expect(allowed).rejects.toMatchObject({ reason: 'bad_request' });
  });
});

describe('the refusal of units', () => {
  /** What the page hears, when it hears it. */
  async function answer(act: () => Promise<{ request: { id: string }; outcome: string }>) {
    const { request, outcome } = await act();
    expect(outcome).toBe('refused');
    machine.clock.now += 6_000;
    await wallet.services.queue.expire();
    return wallet.services.queue.get(request.id)?.state;
  }

  const nothing = () => Promise.resolve();
  type Hopeless = [about: string, before: () => Promise<unknown>, spec: () => Json, how?: string];
  const HOPELESS: Hopeless[] = [
    ['of more than is left', nothing, () => units(11)],
    ['of part of a unit', nothing, () => units('0.50')],
    ['of another currency', nothing, () => units(1, { currency: 'EUR' })],
    ['of another kind', nothing, () => units(1, { kind: 'rent' })],
    ['of a token that never was', nothing, () => units(1, { release_of: 'AAAAAAAAAAAAAAAAAAAAAA' })],
    ['of an id in another spelling', nothing, () => units(1, { release_of: `${jti.slice(0, -1)}_` })],
    ['to another site', nothing, () => units(1, { domain: OTHER }), OTHER],
    ['of a budget that the person revoked', () => wallet.route('capabilities.revoke', { id: jti }), () => units(1)],
    ['of a budget whose time is over', () => Promise.resolve((machine.clock.now += 86_400_000)), () => units(1)],
    [
      'that a rule forbids',
      () =>
        wallet.route('policy.saveRule', {
          rule: { effect: 'deny', subject: { site: SHOP }, action: 'spend', claims: ['purchase'] },
        }),
      () => units(1),
    ],
  ];

  test.each<Hopeless>(HOPELESS)(
    '%s is one of a kind, and takes as long as a person',
    async (_, before, spec, how = SHOP) => {
      await before();
      if ((await wallet.route('wallet.status', {})).vault === 'locked') {
        await wallet.route('wallet.unlock', { password: PASSWORD }); // a day has passed
      }
      const state = await answer(() => wallet.takes('requestCapability', spec(), how));
      expect(state).toEqual({
        phase: 'answered',
        answer: { ok: false, error: { code: 4001, message: 'The request was not granted.' } },
      });
      expect(await wallet.kinds()).not.toContain('capability.units');
      expect(await wallet.held()).toMatchObject([{ spent: '0.00' }]);
    },
  );

  test('of a token that is no budget is the same', async () => {
    const once = readCapability((await wallet.buys(PURCHASE)).token).claims.jti;
    expect((await takes(1, { release_of: once })).outcome).toBe('refused');
  });
});

test('a budget of the most units is grown again within a blink', async () => {
  const large = { ...PURCHASE, max_amount: '655.36', unit: '0.01', holder_jwk: holder.jwk };
  const { claims } = readCapability((await wallet.buys(large)).token);
  const start = performance.now();
  const { outcome, request } = await takes('655.36', { release_of: claims.jti });
  expect(outcome).toBe('answered');
  expect(wallet.given(request).token).toMatch(/\.65536$/);
  expect(performance.now() - start).toBeLessThan(2_000);
});
