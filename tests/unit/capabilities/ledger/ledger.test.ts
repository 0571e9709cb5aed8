import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ConsumptionLedger, ConsumptionUse, LedgerStore } from '../../../../lib/capabilities/ledger/index.ts';
import { MemoryLedgerStore, ledgerOver, memoryLedger } from '../../../../lib/capabilities/ledger/index.ts';
import { SlowLedgerStore } from '../../../fixtures/capabilities/slow-ledger-store.ts';
import { Fuse, WorkerDied } from '../../../fixtures/vault/dying.ts';
import { HandClock, START } from '../../../fixtures/vault/machine.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 20);
const SKEW = 30_000;
const MINUTE = 60_000;

let clock: HandClock;

beforeEach(() => {
  clock = new HandClock();
});

/** A use of a token that was issued well after the ledger started. */
const useOf = (changes: Partial<ConsumptionUse> = {}): ConsumptionUse => ({
  ...{ jti: 'a', amount: 0, limit: undefined, oneTime: false },
  ...{ issuedAt: START + MINUTE, expires: START + 16 * MINUTE },
  ...changes,
});

const startedAt = (capacity = 100): ConsumptionLedger => {
  const ledger = memoryLedger({ capacity, skew: SKEW, clock: clock.read });
  clock.now += MINUTE;
  return ledger;
};

const inTurn = async (
  ledger: ConsumptionLedger,
  uses: readonly Partial<ConsumptionUse>[],
): Promise<readonly string[]> => {
  const said: string[] = [];
  for (const use of uses) said.push(await ledger.consume(useOf(use)));
  return said;
};

describe('a one-time token', () => {
  test('is used once', async () => {
    const ledger = startedAt();
    expect(await inTurn(ledger, [{ oneTime: true }, { oneTime: true }, { oneTime: true }])).toEqual([
      'ok',
      'used',
      'used',
    ]);
  });

  test('is used once whatever a later use says of it', async () => {
    const ledger = startedAt();
    const later: readonly Partial<ConsumptionUse>[] = [{}, { index: 1 }, { expires: START + 40 * MINUTE }];
    expect(await inTurn(ledger, [{ oneTime: true }, ...later])).toEqual(['ok', 'used', 'used', 'used']);
    expect(await inTurn(ledger, [{ jti: 'b' }, { jti: 'b', oneTime: true }])).toEqual(['ok', 'used']);
  });

  test('is not used up by a use that was refused', async () => {
    const ledger = startedAt();
    const uses = [
      { oneTime: true, amount: 11, limit: 10 },
      { oneTime: true, amount: 10, limit: 10 },
    ];
    expect(await inTurn(ledger, uses)).toEqual(['over', 'ok']);
  });

  test('is one by its id: of a root and two children, which have the root’s, one is used', async () => {
    const ledger = startedAt();
    const said = await Promise.all([1, 2, 3].map(() => ledger.consume(useOf({ oneTime: true }))));
    expect([...said].sort()).toEqual(['ok', 'used', 'used']);
  });

  test('has no name that an object has already', async () => {
    const ledger = startedAt();
    for (const jti of ['__proto__', 'constructor', 'toString']) {
      expect(
        await inTurn(ledger, [
          { jti, oneTime: true },
          { jti, oneTime: true },
        ]),
      ).toEqual(['ok', 'used']);
    }
  });
});

describe('a limit', () => {
  test('of 200 is not passed by three uses of 80', async () => {
    const ledger = startedAt();
    const uses = [80, 80, 80, 40, 1].map((amount) => ({ amount, limit: 200 }));
    expect(await inTurn(ledger, uses)).toEqual(['ok', 'ok', 'over', 'ok', 'over']);
  });

  test('of nothing lets nothing through but nothing', async () => {
    const ledger = startedAt();
    expect(
      await inTurn(ledger, [
        { amount: 0, limit: 0 },
        { amount: 1, limit: 0 },
      ]),
    ).toEqual(['ok', 'over']);
  });

  test('is each token’s own', async () => {
    const ledger = startedAt();
    const uses = ['a', 'b', 'a', 'b'].map((jti) => ({ jti, amount: 60, limit: 100 }));
    expect(await inTurn(ledger, uses)).toEqual(['ok', 'ok', 'over', 'over']);
  });

  test('that was not set does not let sums run out of the numbers', async () => {
    const ledger = startedAt();
    const amount = Number.MAX_SAFE_INTEGER;
    expect(await inTurn(ledger, [{ amount }, { amount: 1 }])).toEqual(['ok', 'over']);
  });
});

describe('a budget', () => {
  test('goes forward: the same unit again was used, an earlier one is a rollback', async () => {
    const ledger = startedAt();
    const uses = [3, 3, 2, 1, 4, 4, 10, 9].map((index) => ({ index }));
    expect(await inTurn(ledger, uses)).toEqual(['ok', 'used', 'rollback', 'rollback', 'ok', 'used', 'ok', 'rollback']);
  });

  test('stays where it was when a use is refused for another reason', async () => {
    const ledger = startedAt();
    const uses = [
      { index: 2, amount: 2, limit: 2 },
      { index: 9, amount: 8, limit: 9 },
      { index: 3, amount: 1, limit: 3 },
    ];
    expect(await inTurn(ledger, uses)).toEqual(['ok', 'over', 'ok']);
  });

  test('pays no unit twice, where two uses were both checked from the same last unit', async () => {
    const ledger = startedAt();
    // Units 1 and 2 were spent. Both of these saw that: one takes unit 3, the other units 3 to 5.
    const uses = [
      { index: 2, amount: 2, limit: 2 },
      { index: 3, amount: 1, limit: 3 },
      { index: 5, amount: 3, limit: 5 },
    ];
    expect(await inTurn(ledger, uses)).toEqual(['ok', 'ok', 'over']);
  });
});

describe('the memory of a ledger', () => {
  test('when it is full refuses, and forgets nothing that is still valid', async () => {
    const ledger = startedAt(2);
    const uses = ['a', 'b', 'c', 'a', 'b', 'c'].map((jti) => ({ jti, oneTime: true }));
    expect(await inTurn(ledger, uses)).toEqual(['ok', 'ok', 'full', 'used', 'used', 'full']);
  });

  test('when it is full still counts the tokens that it knows', async () => {
    const ledger = startedAt(1);
    expect(await inTurn(ledger, [{ index: 1 }, { jti: 'b' }, { index: 2 }, { index: 2 }])).toEqual([
      'ok',
      'full',
      'ok',
      'used',
    ]);
  });

  test('keeps a token until it has expired and the skew has passed, and not longer', async () => {
    const ledger = startedAt(1);
    const expires = START + 2 * MINUTE;
    expect(await inTurn(ledger, [{ expires, oneTime: true }])).toEqual(['ok']);
    clock.now = expires + SKEW;
    expect(await inTurn(ledger, [{ expires, oneTime: true }, { jti: 'b' }])).toEqual(['used', 'full']);
    clock.now += 1;
    expect(await inTurn(ledger, [{ expires, oneTime: true }, { jti: 'b' }])).toEqual(['too_old', 'ok']);
  });

  test('keeps a token for the longest that any of its uses says', async () => {
    const ledger = startedAt(1);
    const [early, late] = [START + 2 * MINUTE, START + 4 * MINUTE];
    await inTurn(ledger, [
      { index: 1, expires: early },
      { index: 2, expires: late },
      { index: 3, expires: early },
    ]);
    clock.now = late;
    expect(await inTurn(ledger, [{ jti: 'b' }, { index: 2, expires: late }])).toEqual(['full', 'rollback']);
    clock.now = late + SKEW + 1;
    expect(await inTurn(ledger, [{ jti: 'b' }])).toEqual(['ok']);
  });

  test('does not come back to a token because its clock was put back', async () => {
    const ledger = startedAt(1);
    const expires = START + 2 * MINUTE;
    await inTurn(ledger, [{ expires, oneTime: true }]);
    clock.now = expires + SKEW + 1;
    expect(await inTurn(ledger, [{ jti: 'b' }])).toEqual(['ok']);
    clock.now = START + MINUTE;
    expect(await inTurn(ledger, [{ expires, oneTime: true }])).toEqual(['too_old']);
  });

  test('never grows over its capacity, whatever is thrown at it', async () => {
    const store = new MemoryLedgerStore({ capacity: 50, clock: clock.read });
    const ledger = ledgerOver(store, { skew: 0, clock: clock.read, completeSince: 0 });
    const said = new Map<string, number>();
    for (let n = 0; n < 5000; n++) {
      clock.now += 100;
      const outcome = await ledger.consume(useOf({ jti: `t${n}`, issuedAt: clock.now, expires: clock.now + MINUTE }));
      said.set(outcome, (said.get(outcome) ?? 0) + 1);
      expect(store.size).toBeLessThanOrEqual(50);
    }
    expect([...said.keys()].sort()).toEqual(['full', 'ok']);
  });

  test.each([0, -1, 0.5, Number.NaN, Infinity])('has no room for %d', (capacity) => {
    expect(() => memoryLedger({ capacity, skew: SKEW, clock: clock.read })).toThrow(
      expect.objectContaining({ field: 'capacity' }) as Error,
    );
  });
});

describe('a ledger that has just started', () => {
  test('refuses tokens that could have been used before', async () => {
    const ledger = memoryLedger({ capacity: 9, skew: SKEW, clock: clock.read });
    const issued = [START - MINUTE, START - 1, START, START + SKEW - 1, START + SKEW];
    const said = await inTurn(
      ledger,
      issued.map((issuedAt, i) => ({ jti: `${i}`, issuedAt })),
    );
    expect(said).toEqual(['too_old', 'too_old', 'too_old', 'too_old', 'ok']);
  });

  test('so is not fooled by a token of a clock that is fast, used before and after', async () => {
    const before = memoryLedger({ capacity: 9, skew: SKEW, clock: clock.read, completeSince: 0 });
    const fast = { issuedAt: START + SKEW - 1, oneTime: true };
    expect(await inTurn(before, [fast])).toEqual(['ok']);
    const after = memoryLedger({ capacity: 9, skew: SKEW, clock: clock.read });
    clock.now += SKEW;
    expect(await inTurn(after, [fast])).toEqual(['too_old']);
  });

  test('takes them where it is told that there were none before', async () => {
    const ledger = memoryLedger({ capacity: 9, skew: SKEW, clock: clock.read, completeSince: 0 });
    expect(await inTurn(ledger, [{ issuedAt: START - MINUTE }])).toEqual(['ok']);
  });

  test('refuses tokens that are past their time', async () => {
    const ledger = startedAt();
    clock.now = START + 16 * MINUTE + SKEW + 1;
    expect(await inTurn(ledger, [{}])).toEqual(['too_old']);
  });
});

describe('a use is no use', () => {
  test.each([
    ['amount', 0.5],
    ['amount', -1],
    ['amount', Number.NaN],
    ['amount', Infinity],
    ['amount', '80'],
    ['amount', null],
    ['amount', undefined],
    ['limit', 200.5],
    ['limit', -1],
    ['limit', null],
    ['limit', Number.NaN],
    ['index', 0],
    ['index', -1],
    ['index', 1.5],
    ['index', null],
    ['issuedAt', Number.NaN],
    ['issuedAt', -1],
    ['expires', Infinity],
    ['expires', undefined],
    ['jti', ''],
    ['jti', 'a'.repeat(257)],
    ['jti', undefined],
  ])('with a %s of %j, and leaves nothing behind', async (name, value) => {
    const ledger = startedAt(1);
    const use = { ...useOf({ jti: 'odd' }), [name]: value };
    await expect(ledger.consume(use)).rejects.toMatchObject({ reason: 'bad_request' });
    expect(await inTurn(ledger, [{ jti: 'b' }])).toEqual(['ok']);
  });
});

describe('a ledger over a database', () => {
  const over = (store: LedgerStore): ConsumptionLedger =>
    ledgerOver(store, { skew: SKEW, clock: clock.read, completeSince: 0 });

  test('lets fifty at once, over two processes, use a token exactly as often as allowed, in whatever order it answers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 0, max: 60 }), async (s, allowed) => {
        const store = new SlowLedgerStore(() => s.schedule(Promise.resolve()));
        const [one, other] = [over(store), over(store)];
        const use = useOf({ amount: 8, limit: 8 * allowed });
        const asked = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? one : other).consume(use));
        const ended = Promise.all(asked);
        await s.waitFor(ended);
        const said = await ended;
        expect(said.filter((one) => one === 'ok')).toHaveLength(Math.min(50, allowed));
        expect(said.filter((one) => one === 'over')).toHaveLength(50 - Math.min(50, allowed));
        expect(store.entries.get('a')?.spent ?? 0).toBe(8 * Math.min(50, allowed));
      }),
      { numRuns: Math.min(numRuns, 200) },
    );
  });

  test('lets one of fifty use a one-time token, in whatever order it answers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (s) => {
        const store = new SlowLedgerStore(() => s.schedule(Promise.resolve()));
        const ended = Promise.all(Array.from({ length: 50 }, () => over(store).consume(useOf({ oneTime: true }))));
        await s.waitFor(ended);
        expect((await ended).filter((one) => one !== 'used')).toEqual(['ok']);
      }),
      { numRuns: Math.min(numRuns, 200) },
    );
  });

  test('pays every unit of a budget once, in whatever order uses arrive', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 20 }),
        async (s, indexes) => {
          const store = new SlowLedgerStore(() => s.schedule(Promise.resolve()));
          const ended = Promise.all(
            indexes.map((index) => over(store).consume(useOf({ index, amount: index, limit: index }))),
          );
          await s.waitFor(ended);
          const said = await ended;
          const paid = indexes.filter((_, i) => said[i] === 'ok').reduce((sum, index) => sum + index, 0);
          expect(paid).toBeLessThanOrEqual(Math.max(0, ...indexes));
          expect(store.entries.get('a')?.spent ?? 0).toBe(paid);
        },
      ),
      { numRuns: Math.min(numRuns, 200) },
    );
  });

  test('never says ok to more than allowed, wherever the process dies', async () => {
    let deaths = 0;
    for (let writes = 0, burnt = true; burnt; writes++) {
      const store = new SlowLedgerStore();
      const fuse = new Fuse(writes);
      const dying: LedgerStore = {
        read: (jti) => (fuse.read(), store.read(jti)),
        write: async (jti, entry) => {
          const written = await store.write(jti, entry);
          fuse.write(); // dies when it is written and nobody has heard
          return written;
        },
      };
      let delivered = 0;
      try {
        for (let n = 0; n < 4; n++)
          if ((await over(dying).consume(useOf({ amount: 1, limit: 3 }))) === 'ok') delivered++;
      } catch (error) {
        if (!(error instanceof WorkerDied)) throw error;
        deaths += 1;
      }
      burnt = fuse.burnt;
      const again = over(store);
      for (let n = 0; n < 4; n++) if ((await again.consume(useOf({ amount: 1, limit: 3 }))) === 'ok') delivered++;
      expect(delivered).toBe(burnt ? 2 : 3);
    }
    expect(deaths).toBe(3);
  });

  test('says no where the database forgot the token while it was asked', async () => {
    const store = new SlowLedgerStore();
    const use = useOf({ oneTime: true });
    expect(await over(store).consume(use)).toBe('ok');
    clock.now = use.expires + SKEW;
    const read = store.read.bind(store);
    store.read = (jti) => {
      clock.now += 1;
      store.entries.clear();
      return read(jti);
    };
    expect(await over(store).consume(use)).toBe('too_old');
  });

  test('passes on that the database failed or is full, and does not say ok', async () => {
    const store = new SlowLedgerStore();
    store.write = () => Promise.reject(new Error('no connection'));
    await expect(over(store).consume(useOf())).rejects.toThrow('no connection');
    store.write = () => Promise.resolve('full');
    expect(await over(store).consume(useOf())).toBe('full');
  });

  test('does not try for ever where others are always quicker', async () => {
    const store = new SlowLedgerStore();
    store.write = () => Promise.resolve('changed');
    await expect(over(store).consume(useOf())).rejects.toMatchObject({ reason: 'changed' });
  });

  test.each([{ skew: -1 }, { skew: 0.5 }, { completeSince: Number.NaN }, { completeSince: -1 }])(
    'is not made with %j',
    (odd) => {
      const options = { skew: SKEW, clock: clock.read, completeSince: 0, ...odd };
      expect(() => ledgerOver(new SlowLedgerStore(), options)).toThrow(
        expect.objectContaining({ reason: 'bad_request' }) as Error,
      );
    },
  );
});

describe('whatever order uses come in', () => {
  const anyUse = fc.record({
    jti: fc.constantFrom('a', 'b', 'c'),
    amount: fc.nat(60),
    limit: fc.constantFrom(100, undefined),
    oneTime: fc.boolean(),
    index: fc.constantFrom(undefined, 1, 2, 3),
  });

  test('no token passes its limit, no one-time token is used twice, no index comes twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyUse, { maxLength: 40 }), async (uses) => {
        const ledger = memoryLedger({ capacity: 2, skew: 0, clock: clock.read, completeSince: 0 });
        const accepted: ConsumptionUse[] = [];
        for (const { index, ...rest } of uses) {
          const use = useOf({ ...rest, ...(index === undefined ? {} : { index }) });
          if ((await ledger.consume(use)) === 'ok') accepted.push(use);
        }
        expect(new Set(accepted.map(({ jti }) => jti)).size).toBeLessThanOrEqual(2);
        for (const jti of ['a', 'b', 'c']) {
          const own = accepted.filter((use) => use.jti === jti);
          const indexes = own.flatMap(({ index }) => index ?? []);
          expect(indexes).toEqual([...new Set(indexes)].sort());
          if (own.some(({ oneTime }) => oneTime)) expect(own).toHaveLength(1);
          const spent = own.map((use, i) => own.slice(0, i + 1).reduce((sum, { amount }) => sum + amount, 0));
          for (const [i, use] of own.entries()) expect(spent[i]).toBeLessThanOrEqual(use.limit ?? Infinity);
        }
      }),
      { numRuns: numRuns * 5 },
    );
  });
});
