import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Spend, SpendDecision, SpendLimit } from '../../../../lib/capabilities/ledger/spending/index.ts';
import {
  SpendCounter,
  countSpend,
  forgetReleased,
  limitsFor,
  readLimits,
  readReleased,
  saveLimits,
} from '../../../../lib/capabilities/ledger/spending/index.ts';
import type { UnusedClaims } from '../../../../lib/capabilities/receipt/index.ts';
import { signReceipt } from '../../../../lib/capabilities/receipt/index.ts';
import { noteRestored } from '../../../../lib/vault/backup/restored.ts';
import { MemoryBackend, MemoryKeyValue, OpenVault } from '../../../../lib/vault/index.ts';
import type { Merchant } from '../../../fixtures/capabilities/merchant.ts';
import { newMerchant } from '../../../fixtures/capabilities/merchant.ts';
import { BAR, SHOP } from '../../../fixtures/capabilities/permissions.ts';
import type { BareStores } from '../../../fixtures/vault/bare-vault.ts';
import { bareKeys, bareStores, reopen } from '../../../fixtures/vault/bare-vault.ts';
import { Fuse, mortal } from '../../../fixtures/vault/dying.ts';
import { outcomeOf } from '../../../fixtures/vault/kill-points.ts';
import { WitnessBackend } from '../../../fixtures/vault/witness-backend.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 20);
const NOON = Date.UTC(2026, 10, 24, 12);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let vault: OpenVault;
let counter: SpendCounter;
let merchant: Merchant;

beforeAll(async () => {
  merchant = await newMerchant();
});

beforeEach(() => {
  vault = OpenVault.empty(bareStores(), bareKeys());
  counter = new SpendCounter(vault);
});

const daily = (amount: number, changes: Partial<SpendLimit> = {}): SpendLimit => ({
  ...{ currency: 'USD', per: 'day', amount },
  ...changes,
});

const limitTo = (...limits: readonly SpendLimit[]): Promise<void> => limitIn(vault, limits);

const limitIn = (target: OpenVault, limits: readonly SpendLimit[], at = NOON - DAY): Promise<void> =>
  target.transact((tx) => {
    saveLimits(tx, limits, at);
    return Promise.resolve();
  });

const spendOf = (jti: string, amount: number, changes: Partial<Spend> = {}): Spend => ({
  ...{ jti, amount, audience: SHOP, currency: 'USD', at: NOON, merchantPublicKey: merchant.publicKey },
  ...changes,
});

const said = (decision: SpendDecision): string => (decision.allowed ? 'yes' : `no, ${decision.left} left`);

/** Spends one after the other; ids are made up. */
async function spend(...spends: readonly (readonly [number, Partial<Spend>?])[]): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const [amount, changes] of spends) {
    answers.push(said(await counter.spend(spendOf(crypto.randomUUID(), amount, changes))));
  }
  return answers;
}

const spentOf = async (target: OpenVault, changes: Partial<Spend> = {}): Promise<readonly number[]> =>
  (await limitsFor(target, spendOf('', 0, changes))).map(({ spent }) => spent);

describe('a limit', () => {
  test('of 200 a day denies the third of three tokens of 80, and says what is left', async () => {
    await limitTo(daily(200));
    expect(await spend([80], [80], [80], [40], [1])).toEqual(['yes', 'yes', 'no, 40 left', 'yes', 'no, 0 left']);
  });

  test('of 200 a day denies one of three tokens of 80 that are asked for at once', async () => {
    await limitTo(daily(200));
    const answers = await Promise.all(['a', 'b', 'c'].map((jti) => counter.spend(spendOf(jti, 80))));
    expect(answers.map(said).sort()).toEqual(['no, 40 left', 'yes', 'yes']);
  });

  test('of a day begins again at midnight UTC', async () => {
    await limitTo(daily(100));
    const midnight = Date.UTC(2026, 10, 25);
    expect(await spend([100, { at: midnight - 1 }], [1, { at: midnight - 1 }], [100, { at: midnight }])).toEqual([
      ...['yes', 'no, 0 left', 'yes'],
    ]);
  });

  test('of a month lasts to its end, whatever the day', async () => {
    await limitTo(daily(100, { per: 'month' }));
    const [first, last, next] = [Date.UTC(2026, 10, 1), Date.UTC(2026, 11, 1) - 1, Date.UTC(2026, 11, 1)];
    expect(await spend([60, { at: first }], [60, { at: last }], [60, { at: next }])).toEqual([
      'yes',
      'no, 40 left',
      'yes',
    ]);
  });

  test('of a token counts nothing', async () => {
    await limitTo(daily(100, { per: 'token' }));
    expect(await spend([100], [101], [100])).toEqual(['yes', 'no, 100 left', 'yes']);
  });

  test('for one origin leaves others alone, and one for all counts them together', async () => {
    await limitTo(daily(100, { audience: SHOP }), daily(150));
    const other = { audience: BAR };
    expect(await spend([100], [1], [50, other], [1, other])).toEqual(['yes', 'no, 0 left', 'yes', 'no, 0 left']);
  });

  test('in one currency says nothing of another', async () => {
    await limitTo(daily(100), daily(5, { currency: 'EUR' }));
    expect(await spend([100], [5, { currency: 'EUR' }], [1000, { currency: 'CHF' }], [1, { currency: 'EUR' }])).toEqual(
      [...['yes', 'yes', 'yes', 'no, 0 left']],
    );
  });

  test('counts what was released before it was set', async () => {
    await spend([70]);
    await limitTo(daily(100));
    expect(await spend([31], [30])).toEqual(['no, 30 left', 'yes']);
  });

  test('that was lowered below what is spent leaves nothing', async () => {
    await spend([70]);
    await limitTo(daily(50));
    expect(await spend([1], [0])).toEqual(['no, 0 left', 'yes']);
  });

  test('is met first where it leaves least', async () => {
    await limitTo(daily(100, { per: 'month' }), daily(60), daily(80, { per: 'token' }));
    await spend([50]);
    const decision = await counter.spend(spendOf('a', 55));
    expect(decision).toEqual({ allowed: false, limit: daily(60), spent: 50, left: 10, restored: false });
  });

  test('denied leaves everything as it was', async () => {
    await limitTo(daily(100));
    await spend([101], [101]);
    expect(await spentOf(vault)).toEqual([0]);
    expect(await spend([100])).toEqual(['yes']);
  });

  test('is not passed by a clock that is put back and forth', async () => {
    await limitTo(daily(100));
    const days = Array.from({ length: 80 }, (_, i) => NOON + i * DAY);
    for (const at of days) expect(await spend([100, { at }])).toEqual(['yes']);
    expect(await spend([1, { at: days.at(-1) ?? 0 }])).toEqual(['no, 0 left']);
    await expect(spend([1, { at: NOON }])).rejects.toMatchObject({ reason: 'bad_request', field: 'at' });
  });

  test.each([
    ['an amount with a fraction', [daily(0.5)]],
    ['a negative amount', [daily(-1)]],
    ['no currency', [daily(1, { currency: 'usd' })]],
    ['another period', [{ ...daily(1), per: 'week' }]],
    ['a host for an origin', [daily(1, { audience: 'shop.example' })]],
    ['a member without a meaning', [{ ...daily(1), hours: 1 }]],
    ['too many', Array.from({ length: 257 }, () => daily(1))],
    ['no list', null],
  ])('is not saved with %s', async (_, limits) => {
    await limitTo(daily(7));
    const save = limitIn(vault, limits as readonly SpendLimit[]); // as a screen may send it
    await expect(save).rejects.toMatchObject({ reason: 'bad_request' });
    expect(await readLimits(vault)).toEqual({ limits: [daily(7)], at: NOON - DAY });
  });
});

describe('a token', () => {
  test('is counted once: it is not released again under the same id', async () => {
    await counter.spend(spendOf('a', 10));
    await expect(counter.spend(spendOf('a', 10))).rejects.toMatchObject({ reason: 'consumed' });
    await limitTo(daily(100));
    expect(await spentOf(vault)).toEqual([10]);
  });

  test.each([
    ['amount', 0.5],
    ['amount', -1],
    ['amount', Number.NaN],
    ['amount', '80'],
    ['amount', Number.MAX_SAFE_INTEGER + 1],
    ['currency', 'usd'],
    ['currency', '__proto__'],
    ['audience', 'shop.example'],
    ['at', Number.NaN],
    ['at', 8.64e15],
    ['jti', ''],
    ['merchantPublicKey', new Uint8Array(31)],
  ])('is not counted with a %s of %s', async (name, value) => {
    const odd = { ...spendOf('a', 1), [name]: value };
    await expect(counter.spend(odd)).rejects.toMatchObject({ reason: 'bad_request' });
    expect(await readReleased(vault, 'a')).toBeUndefined();
  });

  test('that sums cannot hold is refused', async () => {
    await spend([Number.MAX_SAFE_INTEGER]);
    await expect(spend([1])).rejects.toMatchObject({ reason: 'bad_request', field: 'amount' });
  });

  test('is counted in the transaction that grants it, and goes with that', async () => {
    const work = vault.transact(async (tx) => {
      expect(await countSpend(tx, spendOf('a', 10))).toEqual({ allowed: true });
      throw new Error('the grant failed');
    });
    await expect(work).rejects.toThrow('the grant failed');
    await limitTo(daily(100));
    expect(await spentOf(vault)).toEqual([0]);
  });

  test('is not released where nobody knows whether it was counted', async () => {
    const backend = new WitnessBackend(new MemoryBackend());
    const stores = bareStores(backend);
    const own = OpenVault.empty(stores, bareKeys());
    await limitIn(own, [daily(100)]);
    backend.mishaps.push('unheard');
    await expect(new SpendCounter(own).spend(spendOf('a', 60))).rejects.toMatchObject({ reason: 'storage_failed' });
    expect(await spentOf(await reopen(stores))).toEqual([60]);
  });
});

describe('what was unused', () => {
  const receiptFor = (changes: Partial<UnusedClaims> = {}, by: Merchant = merchant): Promise<string> =>
    signReceipt(
      { ...{ type: 'unused', jti: 'a', audience: SHOP, unused: 80, currency: 'USD', at: NOON }, ...changes },
      by.signer,
    );

  beforeEach(async () => {
    await limitTo(daily(100), daily(100, { per: 'month' }), daily(100, { audience: SHOP }));
    await counter.spend(spendOf('a', 80));
  });

  test('comes back when the merchant says so: to the day, the month and the origin', async () => {
    expect(await counter.returnUnused(await receiptFor())).toBe(80);
    expect(await spentOf(vault)).toEqual([0, 0, 0]);
    expect(await spend([100])).toEqual(['yes']);
  });

  test('comes back in part where a part was used', async () => {
    expect(await counter.returnUnused(await receiptFor({ unused: 30 }))).toBe(30);
    expect(await spentOf(vault)).toEqual([50, 50, 50]);
  });

  test('comes back once', async () => {
    await counter.returnUnused(await receiptFor({ unused: 30 }));
    for (const receipt of [await receiptFor({ unused: 30 }), await receiptFor({ unused: 50, at: NOON + 1 })]) {
      await expect(counter.returnUnused(receipt)).rejects.toMatchObject({ reason: 'consumed' });
    }
    const ended = await Promise.allSettled([1, 2].map(async () => counter.returnUnused(await receiptFor())));
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await spentOf(vault)).toEqual([50, 50, 50]);
  });

  test('comes back once of two receipts at the same time', async () => {
    const receipt = await receiptFor();
    const ended = await Promise.allSettled([1, 2, 3].map(() => counter.returnUnused(receipt)));
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await spentOf(vault)).toEqual([0, 0, 0]);
  });

  test.each([
    ['more than was released', { unused: 81 }],
    ['of another currency', { currency: 'EUR' }],
    ['of another merchant', { audience: BAR }],
  ])('does not come back as %s', async (_, changes) => {
    await expect(counter.returnUnused(await receiptFor(changes))).rejects.toMatchObject({ field: 'receipt' });
    expect(await spentOf(vault)).toEqual([80, 80, 80]);
  });

  test('does not come back on anybody else’s word', async () => {
    const stranger = await receiptFor({}, await newMerchant());
    await expect(counter.returnUnused(stranger)).rejects.toMatchObject({ field: 'receipt' });
    expect(await spentOf(vault)).toEqual([80, 80, 80]);
  });

  test('does not come back by a receipt for what was paid', async () => {
    const paid = { type: 'paid', jti: 'a', audience: SHOP, amount: 0, currency: 'USD', at: NOON, items: '-' } as const;
    const receipt = await signReceipt(paid, merchant.signer);
    await expect(counter.returnUnused(receipt)).rejects.toMatchObject({ field: 'receipt' });
    expect(await spentOf(vault)).toEqual([80, 80, 80]);
  });

  test('does not come back of a token that nobody released, or that no merchant’s key was agreed on for', async () => {
    await expect(counter.returnUnused(await receiptFor({ jti: 'b' }))).rejects.toMatchObject({ reason: 'not_found' });
    await counter.spend({ jti: 'b', amount: 10, audience: SHOP, currency: 'USD', at: NOON });
    await expect(counter.returnUnused(await receiptFor({ jti: 'b', unused: 10 }))).rejects.toMatchObject({
      field: 'receipt',
    });
  });

  test('does not come back of a token that is forgotten, and what it took stays counted', async () => {
    await vault.transact((tx) => forgetReleased(tx, 'a'));
    await expect(counter.returnUnused(await receiptFor())).rejects.toMatchObject({ reason: 'not_found' });
    expect(await spentOf(vault)).toEqual([80, 80, 80]);
  });

  test('comes back to the day on which it was released, not to the day on which it is said', async () => {
    await spend([20, { at: NOON + DAY, audience: BAR }]);
    await counter.returnUnused(await receiptFor({ at: NOON + DAY }));
    expect(await spentOf(vault, { at: NOON + DAY, audience: BAR })).toEqual([20, 20]);
  });

  test('of long ago changes no day that is still kept', async () => {
    const limit = daily(100);
    await limitTo(limit);
    for (let n = 1; n <= 70; n++) await spend([10, { at: NOON + n * DAY }]);
    expect(await counter.returnUnused(await receiptFor())).toBe(80);
    expect(await spentOf(vault, { at: NOON + 70 * DAY })).toEqual([10]);
  });
});

describe('after a backup was put back', () => {
  const restoreAt = (at: number): Promise<void> =>
    vault.transact((tx) => noteRestored(tx, { at, backup: { size: 1, root: '', time: at }, erased: [] }));

  test('a day and a month count as full until they have passed', async () => {
    await limitTo(daily(100));
    await restoreAt(NOON);
    expect(await spend([1], [1, { at: NOON - DAY }], [100, { at: NOON + DAY }])).toEqual([
      'no, 0 left',
      'no, 0 left',
      'yes',
    ]);
    await limitTo(daily(1000, { per: 'month' }));
    const next = Date.UTC(2026, 11, 1);
    expect(await spend([1, { at: next - 1 }], [1, { at: next }])).toEqual(['no, 0 left', 'yes']);
    expect(await limitsFor(vault, spendOf('', 0))).toMatchObject([{ spent: 100, left: 0, restored: true }]);
  });

  test('a limit of a token is what it was', async () => {
    await limitTo(daily(100, { per: 'token' }));
    await restoreAt(NOON);
    expect(await spend([100], [101])).toEqual(['yes', 'no, 100 left']);
  });

  test('limits that the person saved since count what is known', async () => {
    await limitTo(daily(100));
    await spend([30]);
    await restoreAt(NOON);
    await limitIn(vault, [daily(100)], NOON + 1);
    expect(await spend([71], [70])).toEqual(['no, 70 left', 'yes']);
  });
});

describe('fifty at once', () => {
  const [each, allowed] = [8, 25];

  const allOver = async (one: SpendCounter, other: SpendCounter): Promise<number> => {
    const asked = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? one : other).spend(spendOf(`t${i}`, each)));
    return (await Promise.all(asked)).filter((decision) => decision.allowed).length;
  };

  test('in one worker spend exactly what is allowed', async () => {
    await limitTo(daily(each * allowed));
    expect(await allOver(counter, counter)).toBe(allowed);
    expect(await spentOf(vault)).toEqual([each * allowed]);
  });

  test('over two workers on one database spend exactly what is allowed', async () => {
    const stores = bareStores();
    const first = OpenVault.empty(stores, bareKeys());
    await limitIn(first, [daily(each * allowed)]);
    const second = await reopen(stores);
    expect(await allOver(new SpendCounter(first), new SpendCounter(second))).toBe(allowed);
    const after = await reopen(stores);
    expect(await spentOf(after)).toEqual([each * allowed]);
    expect(await after.check()).toMatchObject({ missing: 0, altered: 0, strangers: 0 });
  });

  test('with the worker killed between spend no more than is allowed, wherever it dies', async () => {
    let deaths = 0;
    for (let writes = 0, burnt = true; burnt; writes++) {
      const stores = { backend: new MemoryBackend(), local: new MemoryKeyValue(), session: new MemoryKeyValue() };
      await limitIn(OpenVault.empty(stores, bareKeys()), [daily(3 * each)]);
      const fuse = new Fuse(writes);
      const { vault: dying } = await OpenVault.open(mortal(stores, fuse), bareKeys(), undefined);
      let released = 0;
      const spendOn = async (own: OpenVault, from: number) => {
        for (let n = from; n < from + 5; n++) {
          if ((await new SpendCounter(own).spend(spendOf(`t${n}`, each))).allowed) released += 1;
        }
      };
      if ((await outcomeOf(spendOn(dying, 0))) === 'died') deaths += 1;
      burnt = fuse.burnt;
      const before = released;
      const again = await reopen(stores);
      const counted = (await spentOf(again))[0] ?? 0;
      expect(counted).toBeGreaterThanOrEqual(before * each);
      expect(counted).toBeLessThanOrEqual((before + 1) * each);
      await spendOn(again, 100);
      expect(released).toBe(before + (3 * each - counted) / each);
      expect(released).toBeLessThanOrEqual(3);
    }
    expect(deaths).toBeGreaterThan(2);
  });

  test.each([0, 1, 2, 5, 9])(
    'over two workers, of which one is killed at its write %d, spend no more than is allowed',
    async (writes) => {
      const stores = { backend: new MemoryBackend(), local: new MemoryKeyValue(), session: new MemoryKeyValue() };
      await limitIn(OpenVault.empty(stores, bareKeys()), [daily(each * allowed)]);
      const fuse = new Fuse(writes);
      const { vault: dying } = await OpenVault.open(mortal(stores, fuse), bareKeys(), undefined);
      const [first, second] = [new SpendCounter(dying), new SpendCounter(await reopen(stores))];
      const asked = Array.from({ length: 50 }, (_, i) => (i < 20 ? first : second).spend(spendOf(`t${i}`, each)));
      const ended = await Promise.allSettled(asked);
      const released = ended.filter((one) => one.status === 'fulfilled' && one.value.allowed).length;
      const counted = ((await spentOf(await reopen(stores)))[0] ?? 0) / each;
      expect(fuse.burnt).toBe(true);
      expect(counted).toBe(allowed);
      expect(released).toBeLessThanOrEqual(counted);
      expect(released).toBeGreaterThanOrEqual(counted - 1);
    },
  );

  test('after a read of damaged rows is not tried for ever: damage is told', async () => {
    const backend = new MemoryBackend();
    const stores: BareStores = bareStores(backend);
    await limitIn(OpenVault.empty(stores, bareKeys()), [daily(1)]);
    const opened = await reopen(stores);
    const before = await backend.entries('records');
    await backend.batch(
      before.map(([key]) => ({ store: 'records', key, value: undefined })),
      [],
    );
    await expect(new SpendCounter(opened).spend(spendOf('a', 1))).rejects.toMatchObject({ reason: 'vault_damaged' });
  });
});

describe('whatever is spent and returned', () => {
  const act = fc.record({
    amount: fc.nat(120),
    at: fc.constantFrom(NOON, NOON + HOUR, NOON + DAY, NOON + 10 * DAY),
    audience: fc.constantFrom(SHOP, BAR),
    unused: fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined }),
  });

  test('no day and no month is ever over its limit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 12 }), async (acts) => {
        const own = OpenVault.empty(bareStores(), bareKeys());
        const ownCounter = new SpendCounter(own);
        await limitIn(own, [daily(150), daily(250, { per: 'month' }), daily(100, { audience: SHOP })]);
        const held: {
          readonly day: string;
          readonly month: string;
          readonly audience: string;
          readonly amount: number;
        }[] = [];
        for (const [i, { amount, at, audience, unused }] of acts.entries()) {
          const jti = `t${i}`;
          if (!(await ownCounter.spend(spendOf(jti, amount, { at, audience }))).allowed) continue;
          const back = unused === undefined || unused > amount ? 0 : unused;
          if (back > 0) {
            const claims = { type: 'unused', jti, audience, unused: back, currency: 'USD', at } as const;
            await ownCounter.returnUnused(await signReceipt(claims, merchant.signer));
          }
          const iso = new Date(at).toISOString();
          held.push({ day: iso.slice(0, 10), month: iso.slice(0, 7), audience, amount: amount - back });
        }
        const sum = (fits: (one: (typeof held)[number]) => boolean): number =>
          held.filter(fits).reduce((total, { amount }) => total + amount, 0);
        for (const { day, month } of held) {
          expect(sum((one) => one.day === day)).toBeLessThanOrEqual(150);
          expect(sum((one) => one.month === month)).toBeLessThanOrEqual(250);
          expect(sum((one) => one.day === day && one.audience === SHOP)).toBeLessThanOrEqual(100);
        }
        for (const at of [NOON, NOON + DAY]) {
          const day = new Date(at).toISOString().slice(0, 10);
          expect((await spentOf(own, { at }))[0]).toBe(sum((one) => one.day === day));
        }
      }),
      { numRuns: Math.min(numRuns, 100) },
    );
  });
});
