import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BudgetChain, Unit } from '../../../../lib/capabilities/budget/index.ts';
import {
  MAX_BUDGET_LENGTH,
  checkUnit,
  leadsTo,
  nextLink,
  nothingSpent,
  unitsFor,
} from '../../../../lib/capabilities/budget/index.ts';
import type { Bytes } from '../../../../lib/core/index.ts';
import { toBase64url } from '../../../../lib/core/index.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 20);
const LENGTH = 40;

const sha = (bytes: Uint8Array): Bytes => Uint8Array.from(createHash('sha256').update(bytes).digest());

/** Values of a chain by Node's hash: the seed first, the commitment last. */
const links: Bytes[] = [new Uint8Array(32).fill(7)];
while (links.length <= LENGTH) links.push(sha(links.at(-1) ?? new Uint8Array()));

const linkAt = (place: number): Bytes => links[place] ?? new Uint8Array();
const commitment = linkAt(LENGTH);
const terms: BudgetChain = { commitment: toBase64url(commitment), unit: 25, currency: 'USD', length: LENGTH };
const unitAt = (index: number): Unit => ({ index, link: linkAt(LENGTH - index) });
const reasonOf = (last: Unit, next: Unit, options = {}): string => {
  const check = checkUnit(terms, last, next, options);
  return check.ok ? 'ok' : check.reason;
};

describe('a unit', () => {
  test('holds from the commitment and from any unit before it, and is worth those between', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LENGTH - 1 }), fc.integer({ min: 1, max: LENGTH }), (from, steps) => {
        const to = Math.min(LENGTH, from + steps);
        const last = from === 0 ? nothingSpent(terms) : unitAt(from);
        const check = checkUnit(terms, last, unitAt(to));
        expect(check).toEqual({ ok: true, unit: unitAt(to), units: to - from, amount: (to - from) * 25 });
      }),
      { numRuns },
    );
  });

  test('holds to the last, which is the seed, and not beyond', () => {
    expect(reasonOf(nothingSpent(terms), unitAt(LENGTH))).toBe('ok');
    const beyond = { index: LENGTH + 1, link: linkAt(0) };
    expect(reasonOf(unitAt(LENGTH), beyond)).toBe('out_of_range');
    expect(reasonOf(nothingSpent(terms), beyond)).toBe('out_of_range');
  });

  test('is not there beyond the chain, even where a careless count of hashes would take the commitment for it', () => {
    for (const index of [LENGTH + 1, LENGTH * 2, MAX_BUDGET_LENGTH, 2 ** 31, 2 ** 53, Infinity]) {
      expect(reasonOf(nothingSpent(terms), { index, link: commitment })).toBe('out_of_range');
    }
  });

  test.each([0, -1, -LENGTH, 0.5, 1.5, Number.NaN, -Infinity])('has no index %d', (index) => {
    expect(reasonOf(nothingSpent(terms), { index, link: commitment })).toBe('out_of_range');
  });

  test('is refused a second time, and so is every unit before it', () => {
    const last = unitAt(10);
    expect(reasonOf(last, unitAt(10))).toBe('reused');
    for (let index = 1; index < 10; index++) expect(reasonOf(last, unitAt(index))).toBe('rollback');
  });

  test('under another index than its own is refused', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: LENGTH }), fc.integer({ min: 1, max: LENGTH }), (own, said) => {
        fc.pre(own !== said);
        expect(reasonOf(nothingSpent(terms), { index: said, link: unitAt(own).link })).toBe('wrong_link');
      }),
      { numRuns },
    );
  });

  test('with any bit changed is refused', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: LENGTH }), fc.nat(255), (index, bit) => {
        const link = unitAt(index).link.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        expect(reasonOf(nothingSpent(terms), { index, link })).toBe('wrong_link');
      }),
      { numRuns },
    );
  });

  test.each([0, 31, 33, 64])('of %d bytes is refused', (length) => {
    expect(reasonOf(nothingSpent(terms), { index: 1, link: new Uint8Array(length) })).toBe('wrong_link');
  });

  test('of another chain is refused', () => {
    expect(reasonOf(nothingSpent(terms), { index: 1, link: sha(commitment) })).toBe('wrong_link');
    const other = { ...terms, commitment: toBase64url(sha(commitment)) };
    expect(checkUnit(other, nothingSpent(other), unitAt(1))).toEqual({ ok: false, reason: 'wrong_link' });
  });

  test('is refused where more units are taken at once than the price has', () => {
    expect(reasonOf(nothingSpent(terms), unitAt(4), { atMost: 3 })).toBe('over');
    expect(reasonOf(nothingSpent(terms), unitAt(3), { atMost: 3 })).toBe('ok');
  });

  test('costs one hash for each unit since the last', () => {
    const far = { ...terms, length: MAX_BUDGET_LENGTH };
    const last = { index: 65_000, link: linkAt(1) };
    expect(checkUnit(far, last, { index: 65_001, link: linkAt(0) })).toMatchObject({ ok: true, units: 1 });
  });

  test('is refused where what is kept of the last is of no place in the chain', () => {
    for (const index of [-1, 0.5, LENGTH + 1, Number.NaN]) {
      expect(reasonOf({ index, link: commitment }, unitAt(5))).toBe('out_of_range');
    }
  });

  test('is never more, over any order of presentations, than the highest index', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3, max: LENGTH + 3 }), { maxLength: 30 }), (indexes) => {
        let last = nothingSpent(terms);
        let taken = 0;
        for (const index of indexes) {
          const check = checkUnit(terms, last, unitAt(index));
          if (!check.ok) continue;
          taken += check.amount;
          last = check.unit;
        }
        const highest = Math.max(0, ...indexes.filter((index) => index >= 1 && index <= LENGTH));
        expect(taken).toBe(highest * terms.unit);
      }),
      { numRuns },
    );
  });
});

describe('a step in the chain', () => {
  test('is SHA-256 and nothing else', () => {
    expect(nextLink(linkAt(0))).toEqual(linkAt(1));
  });

  test.each([-1, 0.5, Number.NaN, Infinity, 2 ** 53])('is not taken %d times', (steps) => {
    expect(leadsTo(linkAt(0), steps, linkAt(1))).toBe(false);
  });
});

describe('the terms of a budget', () => {
  test('say how many units an amount is, where it is a whole number of them', () => {
    expect(unitsFor(terms, 75)).toBe(3);
    for (const amount of [0, 10, 26, -25, 12.5, Number.NaN, Infinity]) {
      expect(() => unitsFor(terms, amount)).toThrow(expect.objectContaining({ field: 'amount' }) as Error);
    }
  });
});
