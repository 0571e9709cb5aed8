import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { noteRestored } from '../../../../lib/vault/backup/restored.ts';
import type { PolicyBook, PolicyState, Rule, Spent } from '../../../../lib/policy/index.ts';
import {
  confirmRules,
  countUse,
  decide,
  loadStanding,
  stateFor,
  usedUpRules,
  usesOf,
} from '../../../../lib/policy/index.ts';
import { OpenVault } from '../../../../lib/vault/index.ts';
import { bareKeys, bareStores } from '../../../fixtures/vault/bare-vault.ts';
import {
  BAR,
  DAY,
  NOW,
  SHOP,
  contentOf,
  emptyVault,
  inOne,
  newBook,
  requestOf,
  ruleOf,
  saveRules,
} from './book-vault.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 20);
const HOUR = 3_600_000;

let vault: OpenVault;
let book: PolicyBook;

beforeEach(() => {
  vault = emptyVault();
  book = newBook();
});

const use = (at: number, options: { subject?: string; amount?: Spent; maxUses?: number; ruleId?: string } = {}) =>
  inOne(vault, (tx) => countUse(tx, { ruleId: 'shop-age', subject: SHOP, at, ...options }));

const stateAt = async (now: number, subject = SHOP): Promise<PolicyState> =>
  stateFor(vault, { policy: (await book.current(vault)).compiled, subject, claim: 'age_over_21', now });

const reasonAt = async (time: number, subject = SHOP): Promise<string> => {
  const { compiled } = await book.current(vault);
  const state = await stateAt(time, subject);
  return decide(compiled, requestOf(subject, 'age_over_21', time), state, { askable: true }).reason;
};

const restoreAt = (at: number): Promise<void> =>
  inOne(vault, (tx) => noteRestored(tx, { at, backup: { size: 1, root: '', time: at }, erased: [] }));

const counted = (changes: Partial<Rule> = {}): Rule =>
  ruleOf({ when: [{ count: { at_most: 2, seconds: 3600 } }], ...changes });

describe('a use', () => {
  test('counts for its rule and its subject, and for no other', async () => {
    await saveRules(vault, book, [
      counted({ subject: { domain: 'example' } }),
      counted({ id: 'other', subject: { any: true } }),
    ]);
    await use(NOW);
    await use(NOW + 1, { subject: BAR });
    await use(NOW + 2, { subject: BAR });
    expect(await usesOf(vault, 'shop-age')).toEqual({ uses: 3, lastUsedAt: NOW + 2 });
    expect(await usesOf(vault, 'shop-age', SHOP)).toEqual({ uses: 1, lastUsedAt: NOW });
    expect(await usesOf(vault, 'other')).toEqual({ uses: 0 });
    const state = await stateAt(NOW + 3, BAR);
    expect(state.uses('shop-age', BAR, 0)).toBe(2);
    expect(state.uses('other', BAR, 0)).toBe(0);
    expect(state.uses('shop-age', BAR, NOW + 2)).toBe(1);
  });

  test('beyond the last is refused, and changes nothing', async () => {
    await use(NOW, { maxUses: 1 });
    const before = await contentOf(vault);
    await expect(use(NOW + 1, { maxUses: 1 })).rejects.toMatchObject({ reason: 'changed' });
    expect(await contentOf(vault)).toEqual(before);
  });

  test('adds up what is spent, by currency, and refuses what cannot be added up', async () => {
    const limit = { spend: { at_most: 500, currency: 'EUR', seconds: 3600 } };
    await saveRules(vault, book, [ruleOf({ when: [limit] })]);
    await use(NOW, { amount: { minor: 200, currency: 'EUR' } });
    await use(NOW + 1, { amount: { minor: 100, currency: 'USD' } });
    await use(NOW + HOUR, { amount: { minor: 50, currency: 'EUR' } });
    const state = await stateAt(NOW + HOUR);
    expect(state.spent('shop-age', SHOP, 'EUR', 0)).toBe(250);
    expect(state.spent('shop-age', SHOP, 'EUR', NOW + 1)).toBe(50);
    expect(state.spent('shop-age', SHOP, 'USD', NOW)).toBe(100);
    expect(state.spent('shop-age', SHOP, 'CHF', NOW)).toBe(0);
    expect(state.spent('shop-age', SHOP, 'constructor', 0)).toBe(0);
    const before = await contentOf(vault);
    for (const amount of [
      { minor: -1, currency: 'EUR' },
      { minor: 0.5, currency: 'EUR' },
      { minor: Number.NaN, currency: 'EUR' },
      { minor: Number.MAX_SAFE_INTEGER, currency: 'EUR' },
      { minor: 1, currency: 'constructor' },
      { minor: 1, currency: 'eur' },
    ]) {
      await expect(use(NOW + 2, { amount })).rejects.toMatchObject({ reason: 'bad_request', field: 'amount' });
    }
    expect(await contentOf(vault)).toEqual(before);
  });

  test('is not known of a rule that does not count, nor of another subject', async () => {
    await saveRules(vault, book, [ruleOf(), counted({ id: 'bar', subject: { site: BAR } })]);
    const state = await stateAt(NOW);
    expect(state.uses('shop-age', SHOP, 0)).toBeUndefined();
    expect(state.uses('bar', SHOP, 0)).toBeUndefined();
    expect(state.uses('bar', BAR, 0)).toBeUndefined();
    expect(state.spent('no-rule', SHOP, 'EUR', 0)).toBeUndefined();
  });

  test('of long ago counts in all, and is unknown in a window that is longer than uses are kept', async () => {
    await use(NOW);
    await use(NOW + 40 * DAY);
    await saveRules(vault, book, [counted({ when: [{ count: { at_most: 5, seconds: 100 * 86_400 } }] })]);
    const state = await stateAt(NOW + 40 * DAY);
    expect(state.uses('shop-age', SHOP, 0)).toBe(2);
    expect(state.uses('shop-age', SHOP, NOW - 60 * DAY)).toBe(2);
    expect(state.uses('shop-age', SHOP, NOW + 1)).toBe(1);
    await use(NOW + 41 * DAY);
    expect((await stateAt(NOW + 41 * DAY)).uses('shop-age', SHOP, NOW + 1)).toBe(2);
  });

  test('is kept for as long as any rule looks back', async () => {
    await saveRules(vault, book, [counted({ when: [{ count: { at_most: 5, seconds: 100 * 86_400 } }] })]);
    for (const days of [0, 1, 60, 99, 150]) await use(NOW + days * DAY);
    const state = await stateAt(NOW + 150 * DAY);
    expect(state.uses('shop-age', SHOP, NOW + 50 * DAY)).toBe(3);
    expect(state.uses('shop-age', SHOP, NOW + 10)).toBeUndefined();
  });

  test('is counted exactly or not at all, whatever the times', async () => {
    const moment = fc.integer({ min: 1, max: 200 * 24 }).map((hours) => NOW + hours * HOUR);
    await fc.assert(
      fc.asyncProperty(fc.array(moment, { maxLength: 8 }), moment, async (times, since) => {
        const [fresh, freshBook] = [emptyVault(), newBook()];
        const { compiled: policy } = await saveRules(fresh, freshBook, [counted()]);
        for (const at of times) await inOne(fresh, (tx) => countUse(tx, { ruleId: 'shop-age', subject: SHOP, at }));
        const state = await stateFor(fresh, { policy, subject: SHOP, claim: 'email', now: NOW });
        const said = state.uses('shop-age', SHOP, since);
        const truth = times.filter((at) => at >= since).length;
        expect([truth, undefined]).toContain(said);
        if (since >= Math.max(...times) - 31 * DAY) expect(said).toBe(truth);
        expect(state.uses('shop-age', SHOP, 0)).toBe(times.length);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a permit', () => {
  test('is used as often as it says, and then the person is asked', async () => {
    await saveRules(vault, book, [ruleOf({ obligations: { max_uses: 2 } })]);
    for (const n of [0, 1]) {
      expect(await reasonAt(NOW + n)).toBe('permitted');
      await use(NOW + n, { maxUses: 2 });
    }
    expect(await reasonAt(NOW + 2)).toBe('obligation');
    expect(await usedUpRules(vault, (await book.current(vault)).set)).toEqual(new Set(['shop-age']));
  });

  test('is used within its rate', async () => {
    await saveRules(vault, book, [counted()]);
    await use(NOW);
    await use(NOW + 1);
    expect(await reasonAt(NOW + 2)).toBe('obligation');
    expect(await reasonAt(NOW + HOUR + 1)).toBe('permitted');
  });

  test('that was confirmed asks again later', async () => {
    await saveRules(vault, book, [ruleOf({ obligations: { ask_again_after: 3600 } })]);
    expect(await reasonAt(NOW + HOUR)).toBe('obligation');
    await inOne(vault, (tx) => confirmRules(tx, ['shop-age'], NOW + HOUR));
    expect(await reasonAt(NOW + 2 * HOUR - 1)).toBe('permitted');
    expect(await reasonAt(NOW + 2 * HOUR)).toBe('obligation');
  });

  test('keeps its count and counts as confirmed when the person changes it', async () => {
    await saveRules(vault, book, [ruleOf({ obligations: { max_uses: 2, ask_again_after: 3600 } })]);
    await use(NOW);
    await use(NOW);
    await saveRules(vault, book, [ruleOf({ obligations: { max_uses: 3, ask_again_after: 3600 } })], { at: NOW + DAY });
    const state = await stateAt(NOW + DAY);
    expect(state.confirmedAt('shop-age')).toBe(NOW + DAY);
    expect(state.uses('shop-age', SHOP, 0)).toBe(2);
    expect(await reasonAt(NOW + DAY)).toBe('permitted');
  });

  test('that comes with an import counts as confirmed then, not when it was made', async () => {
    await saveRules(vault, book, [ruleOf({ made: { at: NOW - 900 * DAY, by: 'import' } })], { at: NOW });
    expect((await stateAt(NOW)).confirmedAt('shop-age')).toBe(NOW);
  });

  test.each(['constructor', '__proto__', 'toString'])('may be called %s', async (id) => {
    await saveRules(vault, book, [counted({ id })]);
    expect((await stateAt(NOW)).confirmedAt(id)).toBeUndefined();
    await inOne(vault, (tx) => confirmRules(tx, [id], NOW + 1));
    await use(NOW, { ruleId: id });
    const state = await stateAt(NOW);
    expect(state.confirmedAt(id)).toBe(NOW + 1);
    expect(state.uses(id, SHOP, 0)).toBe(1);
  });
});

describe('after a restore', () => {
  test('a permit asks once more, and a denial stays one', async () => {
    await saveRules(vault, book, [ruleOf(), ruleOf({ id: 'never', effect: 'deny', subject: { site: BAR } })]);
    await restoreAt(NOW + 1);
    expect(await reasonAt(NOW + 2)).toBe('restored');
    expect(await reasonAt(NOW + 2, BAR)).toBe('denied');
    await inOne(vault, (tx) => confirmRules(tx, ['shop-age'], NOW + 3));
    expect(await reasonAt(NOW + 4)).toBe('permitted');
  });

  test('a window counts as full until it has passed, confirmed or not', async () => {
    const spend = { spend: { at_most: 500, currency: 'EUR', seconds: 3600 } };
    await saveRules(vault, book, [counted(), counted({ id: 'spending', when: [spend] })]);
    await restoreAt(NOW + 1);
    await inOne(vault, (tx) => confirmRules(tx, ['shop-age', 'spending'], NOW + 2));
    const state = await stateAt(NOW + 3);
    expect(state.uses('shop-age', SHOP, NOW)).toBe(Number.MAX_SAFE_INTEGER);
    expect(state.spent('spending', SHOP, 'EUR', NOW)).toBe(Number.MAX_SAFE_INTEGER);
    expect(await reasonAt(NOW + HOUR)).toBe('obligation');
    expect(await reasonAt(NOW + HOUR + 1)).toBe('permitted');
  });

  test('a window under a “not” is not known, for there full would permit', async () => {
    const odd = counted({ when: [{ any: [{ not: { count: { at_most: 2, seconds: 3600 } } }] }] });
    await saveRules(vault, book, [odd]);
    await restoreAt(NOW + 1);
    await inOne(vault, (tx) => confirmRules(tx, ['shop-age'], NOW + 2));
    expect((await stateAt(NOW + 3)).uses('shop-age', SHOP, NOW)).toBeUndefined();
    expect(await reasonAt(NOW + 3)).not.toBe('permitted');
  });

  test('a rule that was made since counts as ever', async () => {
    await restoreAt(NOW - 1);
    await saveRules(vault, book, [counted()]);
    expect((await stateAt(NOW)).uses('shop-age', SHOP, NOW - HOUR)).toBe(0);
    expect(await reasonAt(NOW)).toBe('permitted');
  });
});

describe('two at once', () => {
  test('cannot both have the last use: one of two workers is told that something changed', async () => {
    const stores = bareStores();
    const rule = ruleOf({ obligations: { max_uses: 1 } });
    await saveRules(emptyVault(stores), book, [rule]);
    const worker = async () => {
      const { vault: own } = await OpenVault.open(stores, bareKeys(), undefined);
      const ownBook = newBook();
      return own.transact(async (tx) => {
        const { compiled: policy } = await ownBook.current(tx);
        const state = (await loadStanding(tx, { policy, subject: SHOP, now: NOW })).of('age_over_21');
        const decision = decide(policy, requestOf(SHOP, 'age_over_21'), state, { askable: true });
        if (decision.verdict !== 'PERMIT') throw new Error('asks');
        await countUse(tx, { ruleId: rule.id, subject: SHOP, at: NOW, maxUses: 1 });
      });
    };
    const ended = await Promise.allSettled([worker(), worker(), worker()]);
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { vault: after } = await OpenVault.open(stores, bareKeys(), undefined);
    expect(await usesOf(after, rule.id)).toEqual({ uses: 1, lastUsedAt: NOW });
  });

  test('transactions of one worker each see what the one before counted', async () => {
    const tries = Array.from({ length: 5 }, () => use(NOW, { maxUses: 2 }));
    const ended = await Promise.allSettled(tries);
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(await usesOf(vault, 'shop-age')).toMatchObject({ uses: 2 });
  });
});
