import { describe, expect, test } from 'vitest';
import { compilePolicy, formatPolicy, type Expression, parsePolicy, PolicyError } from '../../../lib/spl/index.ts';
import { decideBy, kindsOf } from '../../fixtures/spl/decide-by.ts';
import { list, literal, symbol } from '../../fixtures/spl/any-policy.ts';
import { GIFT_POLICY } from '../../fixtures/spl/gift.ts';

const nots = (count: number, innermost = '#t'): string => '(not '.repeat(count) + innermost + ')'.repeat(count);

describe('the cost of a policy', () => {
  test.each([
    ['#t', 1],
    ['()', 1],
    ['(and)', 1],
    ['(and #t #t)', 3],
    ['(or #t (and #f (bogus 1 2)))', 7],
    ['((and) 1)', 3],
    [GIFT_POLICY, 60],
  ])('of %s is counted as the published gas, short-circuits or not', (policy, cost) => {
    expect(compilePolicy(policy).cost).toBe(cost);
  });

  test('is 10,000 at most, and the place says where it is more', () => {
    expect(compilePolicy(`(or ${'#t '.repeat(9_999)})`).cost).toBe(10_000);
    const tooMuch = `(or ${'#t '.repeat(10_000)})`;
    expect(() => compilePolicy(tooMuch)).toThrow(PolicyError);
    expect(() => compilePolicy(tooMuch)).toThrow('Line 1, column 30002: The policy needs more than 10000 evaluations');
  });
});

describe('the depth of a policy', () => {
  test('is 63 lists around a literal, as published', () => {
    expect(decideBy(nots(63, '#f')).allowed).toBe(true);
    expect(() => compilePolicy(nots(64))).toThrow('nested deeper than 64');
  });

  test('counts lists that stand where an operator should', () => {
    expect(() => parsePolicy('('.repeat(64) + ')'.repeat(64))).not.toThrow();
    expect(() => parsePolicy('('.repeat(65) + ')'.repeat(65))).toThrow('nested deeper than 64');
    expect(() => parsePolicy(`${'('.repeat(64)}and${')'.repeat(64)}`)).not.toThrow();
  });
});

describe('a tree that no source says', () => {
  let deep: Expression = literal(true);
  for (let depth = 0; depth < 100_000; depth += 1) deep = list(symbol('not'), deep);
  let wide: Expression = literal(true);
  for (let depth = 0; depth < 60; depth += 1) wide = list(symbol('and'), wide, wide);

  test.each([
    ['that is too deep', deep],
    ['that holds itself over and over', wide],
    ['with half a cent', literal(0.5)],
    ['with no number', literal(Number.NaN)],
  ])('%s is neither compiled nor written', (_, tree) => {
    expect(() => compilePolicy(tree)).toThrow(PolicyError);
    expect(() => formatPolicy(tree)).toThrow(PolicyError);
  });
});

describe('the work of a decision', () => {
  const long = Array.from({ length: 60_000 }, (_, place) => place);

  test('has room for a list of tens of thousands', () => {
    expect(decideBy('(member 49999 (get req "list"))', { list: long.slice(0, 50_000) }).allowed).toBe(true);
  });

  test.each<[string, string, unknown]>([
    ['a long list', '(member 1 (get req "x"))', Array.from({ length: 100_001 }, () => 0)],
    [
      'a list that claims to be endless',
      '(member 1 (get req "x"))',
      Object.assign([0], { length: 2 ** 32 - 1 }).fill(0, 0, 200_000),
    ],
    ['lists that would be compared each with each', '(subset? (get req "x") (get req "x"))', long.slice(0, 40_000)],
    ['a list that is read over and over', `(or ${'(= 0 (get req "x")) '.repeat(1_900)})`, long.slice(0, 100)],
    [
      'long texts that are compared over and over',
      `(or ${'(= (get req "x") (get vars "y")) '.repeat(1_000)})`,
      'x'.repeat(60_000),
    ],
  ])('ends with a denial at %s', (_, policy, x) => {
    const host = { vars: { y: `${'x'.repeat(59_999)}y` } };
    const start = performance.now();
    expect(kindsOf(policy, { x }, host)).toContain('too_much_work');
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test('ends with a denial at a list nested without end', () => {
    let nested: unknown[] = [];
    for (let depth = 0; depth < 100_000; depth += 1) nested = [nested];
    expect(kindsOf('(= (get req "x") (get req "x"))', { x: nested })).toEqual(['too_much_work']);
    const endless: unknown[] = [];
    endless.push(endless);
    expect(kindsOf('(member 1 (get req "x"))', { x: endless })).toEqual(['too_much_work']);
  });
});
