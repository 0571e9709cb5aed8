import './in-english.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimalsOf, majorText, minorUnits, moneyWords } from '../../../../components/policy/money-words.ts';

describe('an amount', () => {
  test('comes back from its text to the same minor units, in every currency', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 ** 11 }),
        fc.constantFrom('USD', 'JPY', 'KWD', 'IQD', 'AFN'),
        (minor, currency) => {
          expect(minorUnits(majorText(minor, currency), currency)).toBe(minor);
        },
      ),
    );
  });

  test.each([
    ['150', 'USD', 15_000],
    ['19,99', 'EUR', 1999],
    ['19.9', 'EUR', 1990],
    ['500', 'JPY', 500],
    ['1.234', 'KWD', 1234],
    ['19.999', 'EUR', undefined],
    ['5.5', 'JPY', undefined],
    ['-5', 'USD', undefined],
    ['1e3', 'USD', undefined],
    ['', 'USD', undefined],
    ['5', 'US', undefined],
  ])('typed as “%s” %s is %s minor units', (typed, currency, minor) => {
    expect(minorUnits(typed, currency)).toBe(minor);
  });

  test('has the decimals of the standard, where browsers leave some out', () => {
    expect(moneyWords(1500, 'IQD')).toBe('IQD\u00a01.500');
    expect(moneyWords(15_000, 'usd')).toBe('$150.00');
  });

  test('of something that is no currency is still shown', () => {
    expect(decimalsOf('coins')).toBeUndefined();
    expect(moneyWords(1200, 'coins')).toBe('1,200 coins');
    expect(moneyWords(-5, 'USD')).toBe('-5 USD');
  });
});
