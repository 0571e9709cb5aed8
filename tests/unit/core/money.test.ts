import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { currencyDecimals, toMajorUnits, toMinorUnits } from '../../../lib/core/index.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 200);

const CURRENCIES = ['JPY', 'USD', 'EUR', 'KWD', 'UYW'] as const;

describe('an amount in major units', () => {
  test.each([
    [150, 'USD', 15_000],
    ['150', 'USD', 15_000],
    ['150.5', 'USD', 15_050],
    ['150.50', 'EUR', 15_050],
    ['0.01', 'USD', 1],
    ['0', 'USD', 0],
    [150, 'JPY', 150],
    ['1.234', 'KWD', 1234],
    ['1.2', 'BHD', 1200],
    ['1.2345', 'UYW', 12_345],
    ['10.10', 'USD', 1010],
  ])('%s %s is %i of its smallest unit', (amount, currency, minor) => {
    expect(toMinorUnits(amount, currency)).toBe(minor);
  });

  test.each([
    ['more decimals than the dollar has', '1.234', 'USD'],
    ['more decimals, though they are zeros', '1.000', 'USD'],
    ['a decimal of the yen', '1.0', 'JPY'],
  ])('is refused with %s', (_, amount, currency) => {
    expect(() => toMinorUnits(amount, currency)).toThrow('more decimals');
  });

  test.each([
    ['a float', 10.5],
    ['a float that looks like money', 0.1 + 0.2],
    ['a negative number', -1],
    ['a negative zero as text', '-0'],
    ['not a number', Number.NaN],
    ['an infinity', Number.POSITIVE_INFINITY],
    ['a number beyond exact counting', 2 ** 53],
    ['no text', ''],
    ['white space', ' 1'],
    ['a plus sign', '+1'],
    ['five decimals, which no currency has', '1.23456'],
    ['an exponent', '1e3'],
    ['hexadecimal', '0x10'],
    ['a comma', '1,50'],
    ['no digit before the point', '.5'],
    ['no digit after the point', '5.'],
    ['a leading zero', '01'],
    ['digits of another script', '١'],
    ['a newline at the end', '1\n'],
    ['a sum that cannot be counted exactly', '9999999999999999'],
  ])('is refused where it is %s', (_, amount) => {
    expect(() => toMinorUnits(amount, 'USD')).toThrow('amount');
  });

  test.each([[null], [undefined], [[150]], [{ valueOf: () => 1 }], [true], [15n]])('is refused as %s', (amount) => {
    expect(() => toMinorUnits(amount as never, 'USD')).toThrow('amount'); // what untyped callers pass
  });

  test.each(['usd', 'US', 'USDD', '', 'XXX', 'XAU', 'ZZZ', 'DEM', '__proto__', 'constructor', 'toString'])(
    'is refused in the currency %j',
    (currency) => {
      expect(() => toMinorUnits(1, currency)).toThrow('currency');
      expect(() => toMajorUnits(1, currency)).toThrow('currency');
      expect(currencyDecimals(currency)).toBeUndefined();
    },
  );

  test('names the field it stands in', () => {
    expect(() => toMinorUnits('x', 'USD', 'max_amount')).toThrow('max_amount');
  });
});

describe('an amount in the smallest unit', () => {
  test.each([
    [15_000, 'USD', '150.00'],
    [1, 'USD', '0.01'],
    [0, 'USD', '0.00'],
    [150, 'JPY', '150'],
    [1, 'KWD', '0.001'],
    [12_345, 'UYW', '1.2345'],
  ])('%i of %s is written %s', (minor, currency, major) => {
    expect(toMajorUnits(minor, currency)).toBe(major);
  });

  test.each([[-1], [0.5], [Number.NaN], [2 ** 53]])('%s is not written', (minor) => {
    expect(() => toMajorUnits(minor, 'USD')).toThrow('amount');
  });

  test('comes back from how it is written', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.constantFrom(...CURRENCIES), (minor, currency) => {
        expect(toMinorUnits(toMajorUnits(minor, currency), currency)).toBe(minor);
      }),
      { numRuns },
    );
  });
});

describe('the list of currencies', () => {
  test('knows nearly all that the platform knows', () => {
    const known = Intl.supportedValuesOf('currency').filter((code) => currencyDecimals(code) !== undefined);
    expect(known.length).toBeGreaterThan(140);
  });

  test('agrees with the platform about the currencies without decimals and with three', () => {
    const platform = (currency: string) =>
      new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;
    for (const code of ['JPY', 'KRW', 'VND', 'CLP', 'XOF', 'KWD', 'BHD', 'TND', 'CLF', 'USD', 'EUR', 'CHF']) {
      expect([code, currencyDecimals(code)]).toEqual([code, platform(code)]);
    }
  });
});
