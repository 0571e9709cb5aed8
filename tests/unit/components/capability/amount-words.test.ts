import '../policy/in-english.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amountWords, leftAfter, shareOf, typedAmount } from '../../../../components/capability/amount-words.ts';
import { currencyDecimals, toMajorUnits } from '../../../../lib/core/index.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 200);

describe('an amount', () => {
  test.each([
    ['150.00', 'USD', '$150.00'],
    ['150', 'JPY', '¥150'],
    ['0.01', 'EUR', '€0.01'],
    ['90071992547409.91', 'USD', '$90,071,992,547,409.91'],
  ])('of %s %s is written %s', (amount, currency, words) => {
    expect(amountWords(amount, currency)).toBe(words);
  });

  test.each(['IQD', 'AFN', 'IRR', 'BHD', 'CLF'])('in %s keeps every decimal that is counted', (currency) => {
    const decimals = currencyDecimals(currency) ?? 0;
    expect(amountWords(`1.${'5'.padEnd(decimals, '0')}`, currency)).toContain(`1.${'5'.padEnd(decimals, '0')}`);
  });

  test('in no currency in use is not made to look like one', () => {
    expect(amountWords('12', 'XXX')).toBe('12 XXX');
    expect(amountWords('12', 'no currency')).toBe('12 no currency');
  });

  test('is never rounded: its digits are all there, in order', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.constantFrom('USD', 'JPY', 'IQD', 'CLF', 'KWD'), (minor, currency) => {
        const amount = toMajorUnits(minor, currency);
        expect(amountWords(amount, currency).replace(/[^\d.]/g, '')).toBe(amount);
      }),
      { numRuns },
    );
  });
});

describe('what is left of a limit', () => {
  test('is counted exactly where floats would not', () => {
    expect(leftAfter('0.30', '0.10', 'USD')).toBe('0.20');
    expect(leftAfter('90071992547409.91', '0.01', 'USD')).toBe('90071992547409.90');
  });

  test('is nothing where more is asked than is left', () => {
    expect(leftAfter('10.00', '10.01', 'USD')).toBe('0.00');
  });
});

describe('the share of a bar', () => {
  test.each([
    ['0', '150.00', 0],
    ['75.00', '150.00', 0.5],
    ['150.00', '150.00', 1],
    ['200.00', '150.00', 1],
    ['0', '0.00', 1],
  ])('%s of %s is %d', (part, whole, share) => {
    expect(shareOf(part, whole)).toBe(share);
  });
});

describe('what a person types', () => {
  test.each([
    ['150', 'USD', '150.00'],
    [' 19,99 ', 'EUR', '19.99'],
    ['19.9', 'USD', '19.90'],
    ['1500', 'JPY', '1500'],
  ])('“%s” in %s is %s', (text, currency, amount) => {
    expect(typedAmount(text, currency)).toBe(amount);
  });

  test.each([
    ['', 'USD'],
    ['0', 'USD'],
    ['-5', 'USD'],
    ['1e3', 'USD'],
    ['19.999', 'USD'],
    ['1.5', 'JPY'],
    ['1,000.00', 'USD'],
    ['$150', 'USD'],
    ['150', 'ZZZ'],
    ['99999999999999999999', 'USD'],
  ])('“%s” is no amount of %s', (text, currency) => {
    expect(typedAmount(text, currency)).toBeUndefined();
  });
});
