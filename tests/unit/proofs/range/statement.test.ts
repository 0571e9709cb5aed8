import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../lib/core/index.ts';
import type { CommittedNumber } from '../../../../lib/credentials/commitment/index.ts';
import { commit, committedDay, newBlinding } from '../../../../lib/credentials/commitment/index.ts';
import type { RangeStatement } from '../../../../lib/proofs/range/index.ts';
import { assertStatementFits, readStatement, statementHolds } from '../../../../lib/proofs/range/index.ts';

const point = commit(1n, newBlinding());
const integer: CommittedNumber = { kind: 'integer', bits: 8, point };
const date: CommittedNumber = { kind: 'date', bits: 16, point };
const MAX = Number.MAX_SAFE_INTEGER;

describe('a statement', () => {
  test.each<RangeStatement>([{ age_at_least: 21, as_of: '2026-11-28' }, { gte: 0 }, { lte: MAX }, { gte: 5, lte: 5 }])(
    'is %o',
    (statement) => {
      expect(readStatement(JSON.parse(JSON.stringify(statement)) as Json)).toEqual(statement);
    },
  );

  test.each<[string, Json | undefined]>([
    ['nothing', undefined],
    ['a list', [{ gte: 1 }]],
    ['no member', {}],
    ['an age without a day', { age_at_least: 21 }],
    ['a day without an age', { as_of: '2026-11-28' }],
    ['an age of 0', { age_at_least: 0, as_of: '2026-11-28' }],
    ['an age of 151', { age_at_least: 151, as_of: '2026-11-28' }],
    ['half a year', { age_at_least: 20.5, as_of: '2026-11-28' }],
    ['a day that is not there', { age_at_least: 21, as_of: '2026-02-30' }],
    ['a time', { age_at_least: 21, as_of: '2026-11-28T00:00:00Z' }],
    ['an age and a bound', { age_at_least: 21, as_of: '2026-11-28', gte: 1 }],
    ['a text for a bound', { gte: '1' }],
    ['a negative bound', { gte: -1 }],
    ['−0', { gte: -0 }],
    ['a fraction', { lte: 1.5 }],
    ['a bound that is not safe', { lte: MAX + 1 }],
    ['null for a bound', { gte: 1, lte: null }],
    ['a range that is empty', { gte: 2, lte: 1 }],
    ['another member', { gte: 1, bits: 8 }],
  ])('is not %s', (_, json) => {
    expect(() => readStatement(json)).toThrow(expect.objectContaining({ reason: 'bad_request', field: 'statement' }));
  });

  test('holds of an integer as its bounds say, both included', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(255), fc.nat(255), (value, a, b) => {
        const [gte, lte] = [Math.min(a, b), Math.max(a, b)];
        expect(statementHolds({ gte }, BigInt(value))).toBe(value >= gte);
        expect(statementHolds({ lte }, BigInt(value))).toBe(value <= lte);
        expect(statementHolds({ gte, lte }, BigInt(value))).toBe(value >= gte && value <= lte);
      }),
    );
  });

  test.each([
    ['2005-11-27', true],
    ['2005-11-28', true],
    ['2005-11-29', false],
  ])('of 21 years on 2026-11-28, born on %s, holds: %o', (birth, expected) => {
    expect(statementHolds({ age_at_least: 21, as_of: '2026-11-28' }, committedDay(birth))).toBe(expected);
  });

  test.each<[RangeStatement, CommittedNumber]>([
    [{ gte: 255 }, integer],
    [{ gte: 0, lte: 255 }, integer],
    [{ age_at_least: 21, as_of: '2026-11-28' }, date],
    [{ age_at_least: 100, as_of: '2000-01-01' }, date],
  ])('%o can be proven', (statement, number) => {
    expect(() => {
      assertStatementFits(statement, number);
    }).not.toThrow();
  });

  test.each<[RangeStatement, CommittedNumber]>([
    [{ gte: 256 }, integer],
    [{ lte: 256 }, integer],
    [{ age_at_least: 21, as_of: '2026-11-28' }, integer],
    [{ gte: 1 }, date],
    [{ age_at_least: 100, as_of: '1999-12-31' }, date],
    [{ age_at_least: 1, as_of: '2080-06-07' }, date],
  ])('%o cannot be proven of %o', (statement, number) => {
    expect(() => {
      assertStatementFits(statement, number);
    }).toThrow(expect.objectContaining({ reason: 'unsupported', field: 'statement' }));
  });
});
