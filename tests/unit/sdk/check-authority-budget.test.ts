import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MAX_BUDGET_LENGTH,
  PayerChain,
  formatUnit,
  narrowToken,
  readChain,
  signingKeyJwk,
} from '../../../lib/capabilities/index.ts';
import { randomBytes } from '../../../lib/core/index.ts';
import { AGENT, NOW, issue, keyNumber } from '../../fixtures/capabilities.ts';
import { buy, newLedger, proofFor, reasonsOf } from '../../fixtures/capabilities/buy.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 40);
const HELPER = keyNumber(3);

/** A budget of 150.00 in units of 5.00, good for a day, and its units as a wallet hands them out. */
async function newBudget({ unit = 500, length = 30 } = {}) {
  const { terms, chain } = PayerChain.create({ unit, length, currency: 'USD' });
  const sum = unit * length;
  const token = await issue({ lifetime: 86_400, terms: { one_time: false, max_amount: sum, budget_chain: terms } });
  const unitAt = (index: number): string => formatUnit({ index, link: chain.linkAt(index) });
  return { token, terms, chain, unitAt };
}

/** An amount in major units, as it is asked for and as it is proven. */
const paying = (minor: number) => ({ amount: (minor / 100).toFixed(2), signed: { amount: minor } });

describe('a budget', () => {
  test('gives what a unit pays for, and says what is left', async () => {
    const { token, unitAt } = await newBudget();
    expect(await buy(token, { unit: unitAt(2) })).toMatchObject({ allowed: true, remaining: '140.00' });
    expect(await buy(token, { unit: unitAt(30), ...paying(15_000) })).toMatchObject({
      ...{ allowed: true, remaining: '0.00' },
    });
  });

  test('gives no more than was released', async () => {
    const { token, unitAt } = await newBudget();
    expect(reasonsOf(await buy(token, { unit: unitAt(1) }))).toEqual(['over_limit']);
  });

  test('does not go back, nor take a unit twice', async () => {
    const { token, unitAt } = await newBudget();
    const ledger = newLedger();
    expect((await buy(token, { ledger, unit: unitAt(5) })).allowed).toBe(true);
    expect(reasonsOf(await buy(token, { ledger, unit: unitAt(4) }))).toEqual(['rollback']);
    expect(reasonsOf(await buy(token, { ledger, unit: unitAt(5) }))).toEqual(['used']);
    expect((await buy(token, { ledger, unit: unitAt(6), ...paying(1500) })).allowed).toBe(true);
    expect(reasonsOf(await buy(token, { ledger, unit: unitAt(7), ...paying(1500) }))).toEqual(['over_limit']);
  });

  test('gives nothing where no unit is shown', async () => {
    const { token } = await newBudget();
    expect(reasonsOf(await buy(token))).toEqual(['no_budget_release']);
  });

  test('gives nothing for a unit that lies beyond it', async () => {
    const { token, chain } = await newBudget();
    for (const index of [31, 32, MAX_BUDGET_LENGTH]) {
      const unit = formatUnit({ index, link: chain.linkAt(30) });
      expect(reasonsOf(await buy(token, { unit }))).toEqual(['unit_out_of_range']);
    }
  });

  test('gives nothing for its commitment, which everybody has, under whatever index', async () => {
    const { token, terms } = await newBudget();
    expect(reasonsOf(await buy(token, { unit: `${terms.commitment}.0` }))).toEqual(['malformed_unit']);
    expect(reasonsOf(await buy(token, { unit: `${terms.commitment}.2` }))).toEqual(['wrong_unit']);
    expect(reasonsOf(await buy(token, { unit: `${terms.commitment}.30` }))).toEqual(['wrong_unit']);
  });

  test('gives nothing for a unit of another budget, even of the same wallet for the same shop', async () => {
    const [{ token }, other] = [await newBudget(), await newBudget()];
    expect(reasonsOf(await buy(token, { unit: other.unitAt(2) }))).toEqual(['wrong_unit']);
  });

  test('gives nothing for a unit under another index, so that nobody makes a late one of an early one', async () => {
    const { token, chain } = await newBudget();
    for (const index of [1, 3, 4, 30]) {
      const unit = formatUnit({ index, link: chain.linkAt(2) });
      expect(reasonsOf(await buy(token, { unit, ...paying(500) }))).toEqual(['wrong_unit']);
    }
  });

  test('gives nothing for what comes next after a unit that was seen, hashed forward', async () => {
    const { token, chain } = await newBudget();
    const hashed = createHash('sha256').update(chain.linkAt(2)).digest();
    const unit = formatUnit({ index: 3, link: Uint8Array.from(hashed) });
    expect(reasonsOf(await buy(token, { unit }))).toEqual(['wrong_unit']);
  });

  test.each([['no number'], [''], ['.'], [null], [7], [{}], [['x']]])(
    'gives nothing for %j as a unit',
    async (unit) => {
      const { token } = await newBudget();
      const shown = unit as string; // what untyped callers pass
      expect(reasonsOf(await buy(token, { unit: shown }))).toEqual(['malformed_unit']);
    },
  );

  test.each([[0], [1], [499], [501], [999], [1001]])('is not spent in parts of a unit: %d', async (minor) => {
    const { token, unitAt } = await newBudget();
    expect(reasonsOf(await buy(token, { unit: unitAt(5), ...paying(minor) }))).toEqual(['uneven_amount']);
  });

  test('in another currency is spent in none, and that is all that is wrong with it', async () => {
    const { token, unitAt } = await newBudget();
    const yen = { currency: 'JPY', amount: 7, signed: { currency: 'JPY', amount: 7 } };
    expect(reasonsOf(await buy(token, { unit: unitAt(5), ...yen }))).toEqual(['wrong_currency']);
  });

  test('is counted on its root, whatever a child says', async () => {
    const { token: root, unitAt } = await newBudget();
    const ledger = newLedger();
    const child = await narrowToken(root, { holder: signingKeyJwk(HELPER), lifetime: 300 }, AGENT, NOW);
    expect((await buy(child, { holder: HELPER, ledger, unit: unitAt(2) })).allowed).toBe(true);
    expect(ledger.uses).toMatchObject([{ jti: readChain(root).root.claims.jti, index: 2, limit: 1000 }]);
    expect(reasonsOf(await buy(root, { ledger, unit: unitAt(2) }))).toEqual(['used']);
  });

  test('is left as it was by a unit that is none, and by a proof that fails', async () => {
    const [{ token, unitAt }, ledger] = [await newBudget(), newLedger()];
    const other = await newBudget();
    expect((await buy(token, { ledger, unit: other.unitAt(2) })).allowed).toBe(false);
    expect((await buy(token, { ledger, unit: unitAt(2), holder: HELPER })).allowed).toBe(false);
    expect(ledger.uses).toEqual([]);
    expect((await buy(token, { ledger, unit: unitAt(2) })).allowed).toBe(true);
  });

  test('costs no hashes to whoever does not have the holder’s key', async () => {
    const { token } = await newBudget({ unit: 1000, length: MAX_BUDGET_LENGTH });
    const unit = formatUnit({ index: MAX_BUDGET_LENGTH, link: randomBytes(32) });
    expect(reasonsOf(await buy(token, { unit, holder: HELPER }))).toEqual(['no_holder_proof']);
    expect(reasonsOf(await buy(token, { unit }))).toEqual(['wrong_unit']);
  });

  test('is spent unit by unit in any order that its wallet and its agent find, and never beyond what was released', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ index: fc.integer({ min: 1, max: 12 }), units: fc.integer({ min: 1, max: 4 }) }), {
          maxLength: 12,
        }),
        async (tries) => {
          const [{ token, unitAt }, ledger] = [await newBudget({ length: 12 }), newLedger()];
          let [taken, highest] = [0, 0];
          for (const { index, units } of tries) {
            const fits = index > highest && taken + units <= index;
            const { allowed } = await buy(token, { ledger, unit: unitAt(index), ...paying(units * 500) });
            expect(allowed).toBe(fits);
            if (allowed) [taken, highest] = [taken + units, index];
          }
        },
      ),
      { numRuns: Math.min(numRuns, 300) },
    );
  }, 600_000);
});

describe('the last unit that a merchant kept', () => {
  test('saves the hashes, and changes no answer', async () => {
    const [{ token, unitAt }, ledger] = [await newBudget(), newLedger()];
    expect((await buy(token, { ledger, unit: unitAt(2) })).allowed).toBe(true);
    const next = { ledger, unit: unitAt(4) };
    expect((await buy(token, { ...next, lastUnit: unitAt(2) })).allowed).toBe(true);
    for (const lastUnit of [unitAt(1), unitAt(4)]) {
      expect(reasonsOf(await buy(token, { ...next, lastUnit }))).toEqual(['used']);
      expect(reasonsOf(await buy(token, { ledger, unit: unitAt(3), lastUnit }))).toEqual(['rollback']);
    }
  });

  test('is refused where it is of another budget', async () => {
    const [{ token, unitAt }, other] = [await newBudget(), await newBudget()];
    expect(reasonsOf(await buy(token, { unit: unitAt(3), lastUnit: other.unitAt(1) }))).toEqual(['wrong_unit']);
    const long = await newBudget({ length: 40 });
    expect(reasonsOf(await buy(token, { unit: unitAt(3), lastUnit: long.unitAt(40) }))).toEqual(['unit_out_of_range']);
  });
});

describe('a unit', () => {
  test('shown with a token that has no budget is refused', async () => {
    const { unitAt } = await newBudget();
    for (const unit of [unitAt(2), 'x', null as never]) {
      expect(reasonsOf(await buy(await issue(), { unit }))).toEqual(['no_budget']);
    }
  });

  test('does not make a budget of a token that is used several times', async () => {
    const { unitAt } = await newBudget();
    const token = await issue({ terms: { one_time: false } });
    expect(reasonsOf(await buy(token, { unit: unitAt(2) }))).toEqual(['no_budget']);
  });

  test('of any text is refused or is the one of this budget, and nothing throws', async () => {
    const { token, unitAt } = await newBudget();
    const good = unitAt(2);
    const proof = await proofFor(token, {});
    const bent = fc
      .tuple(fc.nat(good.length), fc.nat(2), fc.string({ unit: 'binary', maxLength: 2 }))
      .map(([at, cut, put]) => good.slice(0, at) + put + good.slice(at + cut));
    await fc.assert(
      fc.asyncProperty(fc.oneof(bent, fc.string({ unit: 'binary' }), fc.anything()), async (unit) => {
        const result = await buy(token, { unit: unit as string, seen: { proof } }); // what untyped callers pass
        expect(result.allowed).toBe(unit === good);
      }),
      { numRuns },
    );
  }, 600_000);
});
