import { describe, expect, test } from 'vitest';
import {
  PayerChain,
  formatUnit,
  ledgerOver,
  memoryLedger,
  narrowToken,
  signingKeyJwk,
} from '../../../lib/capabilities/index.ts';
import type { AuthorityResult, ConsumptionLedger } from '../../../lib/sdk/index.ts';
import { MemoryReplayStore } from '../../../lib/sdk/index.ts';
import { AGENT, NOW, issue, keyNumber } from '../../fixtures/capabilities.ts';
import type { Setting } from '../../fixtures/capabilities/buy.ts';
import { buy, proofFor, reasonsOf } from '../../fixtures/capabilities/buy.ts';
import { SlowLedgerStore } from '../../fixtures/capabilities/slow-ledger-store.ts';
import { SeededRandom } from '../../fixtures/seeded-random.ts';

const AT_ONCE = 50;
const HELPER = keyNumber(3);
const clock = () => NOW;
const options = { skew: 30_000, clock, completeSince: 0 } as const;

/** What a merchant counts in: one for each of its processes. */
interface Counting {
  readonly name: string;
  readonly ledgers: () => readonly ConsumptionLedger[];
}

const COUNTING: readonly Counting[] = [
  { name: 'one process, in memory', ledgers: () => [memoryLedger({ capacity: 100, ...options })] },
  {
    name: 'two processes over one slow database',
    ledgers: () => {
      const random = new SeededRandom(7);
      const turns = async (): Promise<void> => {
        for (let left = random.integer(0, 3); left > 0; left--) await new Promise((next) => setImmediate(next));
      };
      const store = new SlowLedgerStore(turns);
      return [ledgerOver(store, options), ledgerOver(store, options)];
    },
  },
];

/** Fifty purchases of 10.00 that do not wait for each other, spread over the ledgers. */
function allAtOnce(
  { ledgers }: Counting,
  attempt: (n: number) => { readonly token: string } & Setting,
): Promise<readonly AuthorityResult[]> {
  const counting = ledgers();
  return Promise.all(
    Array.from({ length: AT_ONCE }, (_, n) => {
      const { token, ...setting } = attempt(n);
      const ledger = counting[n % counting.length];
      if (ledger === undefined) throw new Error('there is a ledger');
      return buy(token, { ledger, ...setting });
    }),
  );
}

const allowedOf = (results: readonly AuthorityResult[]): number => results.filter(({ allowed }) => allowed).length;
const refusalsIn = (results: readonly AuthorityResult[]) => [...new Set(results.flatMap(reasonsOf))];

describe.each(COUNTING)('fifty uses at once, counted by $name', (counting) => {
  test('of a one-time token: one is allowed', async () => {
    const token = await issue();
    const results = await allAtOnce(counting, () => ({ token }));
    expect(allowedOf(results)).toBe(1);
    expect(refusalsIn(results)).toEqual(['used']);
  });

  test('of a one-time token and what was narrowed from it: one is allowed', async () => {
    const root = await issue();
    const child = await narrowToken(root, { holder: signingKeyJwk(HELPER), lifetime: 300 }, AGENT, NOW);
    const results = await allAtOnce(counting, (n) =>
      n % 2 === 0 ? { token: root } : { token: child, holder: HELPER },
    );
    expect(allowedOf(results)).toBe(1);
    expect(refusalsIn(results)).toEqual(['used']);
  });

  test('of 10.00 each from a token for 150.00: fifteen are allowed', async () => {
    const token = await issue({ terms: { one_time: false } });
    const results = await allAtOnce(counting, () => ({ token }));
    expect(allowedOf(results)).toBe(15);
    expect(refusalsIn(results)).toEqual(['over_limit']);
  });

  test('of 10.00 and 70.00 in turn from a token for 150.00: 150.00 in all, and no more', async () => {
    const token = await issue({ terms: { one_time: false } });
    const results = await allAtOnce(counting, (n) =>
      n % 2 === 0 ? { token } : { token, amount: 70, signed: { amount: 7000 } },
    );
    const taken = results.reduce((sum, { allowed }, n) => sum + (allowed ? (n % 2 === 0 ? 10 : 70) : 0), 0);
    // The tens alone are 250.00: a token that had any of it left would not have refused one.
    expect(taken).toBe(150);
    expect(refusalsIn(results)).toEqual(['over_limit']);
  });

  test('of one unit of a budget: one is allowed', async () => {
    const { token, unitAt } = await newBudget();
    const results = await allAtOnce(counting, () => ({ token, unit: unitAt(30) }));
    expect(allowedOf(results)).toBe(1);
    expect(refusalsIn(results)).toEqual(['used']);
  });

  test('of fifty units of a budget: no unit twice, none after a later one, and no more than was released', async () => {
    const { token, unitAt } = await newBudget();
    const results = await allAtOnce(counting, (n) => ({ token, unit: unitAt(n + 1) }));
    const taken = results.flatMap(({ allowed }, n) => (allowed ? [n + 1] : []));
    expect(taken.length).toBeGreaterThan(0);
    expect(taken.length).toBeLessThanOrEqual(taken.at(-1) ?? 0);
    // The last unit pays for all before it, so it is never refused for having come too late.
    expect(taken.at(-1)).toBe(AT_ONCE);
    expect(refusalsIn(results).filter((reason) => reason !== 'rollback')).toEqual([]);
  });

  test('with one proof: one is allowed, though the token is for several uses', async () => {
    const token = await issue({ terms: { one_time: false } });
    const replay = new MemoryReplayStore({ clock });
    const proof = await proofFor(token, {});
    const results = await allAtOnce(counting, () => ({ token, replay, seen: { proof } }));
    expect(allowedOf(results)).toBe(1);
    expect(refusalsIn(results)).toEqual(['replayed']);
  });
});

/** A budget of fifty units of 10.00. */
async function newBudget() {
  const { terms, chain } = PayerChain.create({ unit: 1000, length: AT_ONCE, currency: 'USD' });
  const budget = { one_time: false, max_amount: 1000 * AT_ONCE, budget_chain: terms };
  const token = await issue({ lifetime: 86_400, terms: budget });
  return { token, unitAt: (index: number) => formatUnit({ index, link: chain.linkAt(index) }) };
}
