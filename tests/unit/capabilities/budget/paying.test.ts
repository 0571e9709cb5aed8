import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Unit } from '../../../../lib/capabilities/budget/index.ts';
import { MAX_BUDGET_LENGTH, checkUnit, leadsTo, nothingSpent } from '../../../../lib/capabilities/budget/index.ts';
import {
  PayerChain,
  forgetBudget,
  openBudget,
  readSpentIndex,
  releaseUnits,
  vaultIndexStore,
} from '../../../../lib/capabilities/budget/paying/index.ts';
import { SecretBytes, fromBase64url } from '../../../../lib/core/index.ts';
import { noteRestored } from '../../../../lib/vault/backup/restored.ts';
import { MemoryBackend, MemoryKeyValue, OpenVault } from '../../../../lib/vault/index.ts';
import { SlowIndexStore } from '../../../fixtures/capabilities/slow-index.ts';
import { bareKeys, bareStores, reopen } from '../../../fixtures/vault/bare-vault.ts';
import { Fuse, mortal } from '../../../fixtures/vault/dying.ts';
import { outcomeOf } from '../../../fixtures/vault/kill-points.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 20);
const BUDGET = 'jti-1';

const budgetOf = (length: number) => PayerChain.create({ unit: 25, currency: 'USD', length });
const seedOf = (fill: number): SecretBytes => SecretBytes.take(new Uint8Array(32).fill(fill));
const fulfilled = (ended: readonly PromiseSettledResult<Unit>[]): readonly Unit[] =>
  ended.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));

describe('the payer’s chain', () => {
  test('gives for each index the unit that a merchant takes, in any order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1200 }), fc.array(fc.nat(), { maxLength: 12 }), (length, tries) => {
        const { terms, chain } = budgetOf(length);
        for (const index of [1, length, ...tries.map((n) => (n % length) + 1)]) {
          const unit = { index, link: chain.linkAt(index) };
          expect(checkUnit(terms, nothingSpent(terms), unit)).toMatchObject({ ok: true, amount: 25 * index });
        }
      }),
      { numRuns },
    );
  });

  test.each([255, 256, 257, 511, 512, 513])('gives every one of %d units, each leading to the one before', (length) => {
    const { terms, chain } = budgetOf(length);
    let last = fromBase64url(terms.commitment);
    for (let index = 1; index <= length; index++) {
      const link = chain.linkAt(index);
      expect(leadsTo(link, 1, last)).toBe(true);
      last = link;
    }
  });

  test('of 65,536 units is as good at its end as at its beginning', () => {
    const { terms, chain } = budgetOf(MAX_BUDGET_LENGTH);
    const last = { index: MAX_BUDGET_LENGTH - 1, link: chain.linkAt(MAX_BUDGET_LENGTH - 1) };
    expect(checkUnit(terms, last, { index: MAX_BUDGET_LENGTH, link: chain.linkAt(MAX_BUDGET_LENGTH) }).ok).toBe(true);
    expect(checkUnit(terms, nothingSpent(terms), { index: 1, link: chain.linkAt(1) }).ok).toBe(true);
  });

  test('is the same again from its seed', () => {
    const { terms, seed, chain } = budgetOf(700);
    const again = PayerChain.open(seed, terms);
    for (const index of [1, 188, 189, 700]) expect(again.linkAt(index)).toEqual(chain.linkAt(index));
  });

  test('is not opened with the seed of another, nor for another length', () => {
    const { terms, seed } = budgetOf(20);
    const refused = expect.objectContaining({ reason: 'internal' }) as Error;
    expect(() => PayerChain.open(seedOf(1), terms)).toThrow(refused);
    expect(() => PayerChain.open(seed, { ...terms, length: 21 })).toThrow(refused);
  });

  test.each([0, -1, 1.5, MAX_BUDGET_LENGTH + 1, Number.NaN, Infinity])('is never of %d units', (length) => {
    expect(() => budgetOf(length)).toThrow(expect.objectContaining({ field: 'length' }) as Error);
  });

  test.each([0, 21, -1, 0.5, Number.NaN, Infinity])('has no unit %d where it has twenty', (index) => {
    const { chain } = budgetOf(20);
    expect(() => chain.linkAt(index)).toThrow(expect.objectContaining({ field: 'index' }) as Error);
  });

  test('has another seed each time, of 32 bytes, which nothing prints', () => {
    const [one, other] = [budgetOf(3), budgetOf(3)];
    expect(one.terms.commitment).not.toEqual(other.terms.commitment);
    expect(one.seed).toHaveLength(32);
    expect(() => JSON.stringify(one.seed)).toThrow();
    expect(JSON.stringify(one.chain)).toBe('{}');
  });

  test('gives nothing once it is forgotten', () => {
    const { chain, seed } = budgetOf(300);
    chain.linkAt(1);
    chain.dispose();
    chain.dispose();
    expect(() => chain.linkAt(1)).toThrow(expect.objectContaining({ reason: 'locked' }) as Error);
    expect(seed.expose().some((byte) => byte !== 0)).toBe(true);
  });

  test('does not lend out its own memory', () => {
    const { chain } = budgetOf(10);
    const handed = chain.linkAt(4);
    const before = handed.slice();
    handed.fill(0);
    expect(chain.linkAt(4)).toEqual(before);
  });
});

describe('units are released', () => {
  test('one after the other, from the commitment towards the seed', async () => {
    const { terms, chain } = budgetOf(5);
    const store = new SlowIndexStore();
    let last = nothingSpent(terms);
    for (const units of [1, 3, 1]) {
      const unit = await releaseUnits({ budget: BUDGET, chain, store, units });
      const check = checkUnit(terms, last, unit);
      expect(check).toMatchObject({ ok: true, units });
      last = unit;
    }
    const more = releaseUnits({ budget: BUDGET, chain, store, units: 1 });
    await expect(more).rejects.toMatchObject({ reason: 'consumed' });
    expect(store.written).toEqual([1, 4, 5]);
  });

  test('only after the index is stored: a store that fails releases nothing', async () => {
    const { chain } = budgetOf(5);
    const store = new SlowIndexStore();
    store.advance = () => Promise.reject(new Error('the disk is full'));
    await expect(releaseUnits({ budget: BUDGET, chain, store, units: 1 })).rejects.toThrow('the disk is full');
    let stored = 0;
    store.advance = (_, __, to) => {
      stored = to;
      return Promise.reject(new Error('the answer was lost'));
    };
    await expect(releaseUnits({ budget: BUDGET, chain, store, units: 1 })).rejects.toThrow('the answer was lost');
    expect(stored).toBe(1);
  });

  test('never more than there are, and then not a part of them', async () => {
    const { chain } = budgetOf(5);
    const store = new SlowIndexStore();
    await expect(releaseUnits({ budget: BUDGET, chain, store, units: 6 })).rejects.toMatchObject({
      reason: 'consumed',
    });
    expect(store.written).toEqual([]);
  });

  test.each([0, -1, 0.5, Number.NaN, Infinity])('not in a number of %d', async (units) => {
    const { chain } = budgetOf(5);
    const release = releaseUnits({ budget: BUDGET, chain, store: new SlowIndexStore(), units });
    await expect(release).rejects.toMatchObject({ reason: 'bad_request', field: 'units' });
  });

  test('not over a store that goes back, or holds what is no index', async () => {
    const { chain } = budgetOf(5);
    for (const index of [6, -1, 0.5, Number.NaN]) {
      const store = new SlowIndexStore();
      store.indexes.set(BUDGET, index);
      await expect(releaseUnits({ budget: BUDGET, chain, store, units: 1 })).rejects.toMatchObject({
        reason: 'internal',
      });
    }
    const forgetful = new SlowIndexStore();
    forgetful.indexes.set(BUDGET, 3);
    forgetful.advance = () => {
      forgetful.indexes.set(BUDGET, 1);
      return Promise.resolve(false);
    };
    const release = releaseUnits({ budget: BUDGET, chain, store: forgetful, units: 1 });
    await expect(release).rejects.toMatchObject({ reason: 'internal' });
  });

  test('not for ever tried, where others are always quicker', async () => {
    const { chain } = budgetOf(5);
    const store = new SlowIndexStore();
    store.advance = () => Promise.resolve(false);
    await expect(releaseUnits({ budget: BUDGET, chain, store, units: 1 })).rejects.toMatchObject({ reason: 'changed' });
  });

  test('to fifty who ask at once exactly as many as there are, in whatever order the store answers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 60 }), async (s, length) => {
        const { terms, chain } = budgetOf(length);
        const store = new SlowIndexStore(() => s.schedule(Promise.resolve()));
        const asked = Array.from({ length: 50 }, () => releaseUnits({ budget: BUDGET, chain, store, units: 1 }));
        const ended = Promise.allSettled(asked);
        await s.waitFor(ended);
        const units = fulfilled(await ended);
        const indexes = units.map(({ index }) => index).sort((a, b) => a - b);
        expect(indexes).toEqual(Array.from({ length: Math.min(50, length) }, (_, i) => i + 1));
        for (const unit of units) expect(checkUnit(terms, nothingSpent(terms), unit).ok).toBe(true);
      }),
      { numRuns: Math.min(numRuns, 200) },
    );
  });
});

describe('a budget in the vault', () => {
  const openIn = (vault: OpenVault, at = 1000): Promise<void> => vault.transact((tx) => openBudget(tx, BUDGET, at));

  test('is spent by fifty at once over two workers exactly as far as it goes', async () => {
    const stores = bareStores();
    const first = OpenVault.empty(stores, bareKeys());
    await openIn(first);
    const second = await reopen(stores);
    const { terms, seed, chain } = budgetOf(30);
    const other = PayerChain.open(seed, terms);
    const asked = Array.from({ length: 50 }, (_, i) =>
      i % 2 === 0
        ? releaseUnits({ budget: BUDGET, chain, store: vaultIndexStore(first), units: 1 })
        : releaseUnits({ budget: BUDGET, chain: other, store: vaultIndexStore(second), units: 1 }),
    );
    const ended = await Promise.allSettled(asked);
    const indexes = fulfilled(ended).map(({ index }) => index);
    expect([...indexes].sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    for (const one of ended) if (one.status === 'rejected') expect(one.reason).toMatchObject({ reason: 'consumed' });
    expect(await readSpentIndex(await reopen(stores), BUDGET)).toBe(30);
  });

  test('never releases a unit twice, wherever the worker dies', async () => {
    const { terms, seed } = budgetOf(4);
    let deaths = 0;
    for (let writes = 0, burnt = true; burnt; writes++) {
      const stores = { backend: new MemoryBackend(), local: new MemoryKeyValue(), session: new MemoryKeyValue() };
      await openIn(OpenVault.empty(stores, bareKeys()));
      const fuse = new Fuse(writes);
      const { vault } = await OpenVault.open(mortal(stores, fuse), bareKeys(), undefined);
      const released: Unit[] = [];
      const work = async () => {
        const [chain, store] = [PayerChain.open(seed, terms), vaultIndexStore(vault)];
        for (let n = 0; n < 2; n++) released.push(await releaseUnits({ budget: BUDGET, chain, store, units: 1 }));
      };
      if ((await outcomeOf(work())) === 'died') deaths += 1;
      burnt = fuse.burnt;
      const again = await reopen(stores);
      const [chain, store] = [PayerChain.open(seed, terms), vaultIndexStore(again)];
      expect(await readSpentIndex(again, BUDGET)).toBeGreaterThanOrEqual(released.length);
      const next = await releaseUnits({ budget: BUDGET, chain, store, units: 1 });
      expect(released.map(({ index }) => index)).not.toContain(next.index);
    }
    expect(deaths).toBeGreaterThan(0);
  });

  test('is opened once', async () => {
    const vault = OpenVault.empty(bareStores(), bareKeys());
    await openIn(vault);
    await expect(openIn(vault)).rejects.toMatchObject({ reason: 'changed' });
  });

  test('is released from no more once it is forgotten, and never before it was opened', async () => {
    const vault = OpenVault.empty(bareStores(), bareKeys());
    const { chain } = budgetOf(4);
    const release = () => releaseUnits({ budget: BUDGET, chain, store: vaultIndexStore(vault), units: 2 });
    await expect(release()).rejects.toMatchObject({ reason: 'not_found' });
    await openIn(vault);
    await release();
    expect(await readSpentIndex(vault, BUDGET)).toBe(2);
    await vault.transact((tx) => forgetBudget(tx, BUDGET));
    await expect(release()).rejects.toMatchObject({ reason: 'not_found' });
  });

  test('counts as spent where a backup was put back since it began, and not where it began since', async () => {
    const vault = OpenVault.empty(bareStores(), bareKeys());
    const { chain } = budgetOf(4);
    const release = () => releaseUnits({ budget: BUDGET, chain, store: vaultIndexStore(vault), units: 1 });
    await openIn(vault, 1000);
    await release();
    await vault.transact((tx) => noteRestored(tx, { at: 1000, backup: { size: 1, root: '', time: 1000 }, erased: [] }));
    await expect(release()).rejects.toMatchObject({ reason: 'consumed' });
    await vault.transact((tx) => forgetBudget(tx, BUDGET));
    await openIn(vault, 1001);
    expect(await release()).toMatchObject({ index: 1 });
  });

  test('that the database fails to keep is an error, not a try more', async () => {
    const vault = OpenVault.empty(bareStores(), bareKeys());
    await openIn(vault);
    vault.close();
    await expect(vaultIndexStore(vault).advance(BUDGET, 0, 1)).rejects.toMatchObject({ reason: 'locked' });
  });
});
