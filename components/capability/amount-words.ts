import { currencyDecimals, toMajorUnits, toMinorUnits } from '../../lib/core/index.ts';
import { uiLanguage } from '../../lib/platform/index.ts';

/**
 * An amount as people write it: "$150.00".
 * @param amount major units, as a decimal string
 * @param currency ISO 4217; one that is not in use is named behind the number
 */
export function amountWords(amount: string, currency: string): string {
  const decimals = currencyDecimals(currency);
  if (decimals === undefined) return `${amount} ${currency}`;
  const format = new Intl.NumberFormat(uiLanguage(), {
    style: 'currency',
    currency,
    // By ISO 4217, as amounts are counted: browsers leave decimals of some currencies out, and would round 1.500 to 2.
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return format.format(amount as `${number}`); // decimal strings are formatted digit by digit, never as floats
}

/** What is left of `left` when `amount` is taken from it, in major units; nothing where it is not enough. */
export function leftAfter(left: string, amount: string, currency: string): string {
  const rest = toMinorUnits(left, currency) - toMinorUnits(amount, currency);
  return toMajorUnits(Math.max(0, rest), currency);
}

/** How much of `whole` a part is, from 0 to 1; for a bar, not for counting. Both in major units. */
export function shareOf(part: string, whole: string): number {
  const share = Number(part) / Number(whole);
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 1; // of nothing, nothing is left
}

/**
 * An amount as a person typed it, "19.99" or "19,99", as a decimal string; undefined where it is none of this currency.
 * @param text what was typed
 * @param currency ISO 4217
 */
export function typedAmount(text: string, currency: string): string | undefined {
  try {
    const minor = toMinorUnits(text.trim().replace(',', '.'), currency);
    return minor === 0 ? undefined : toMajorUnits(minor, currency);
  } catch {
    return undefined; // no amount, or no currency in use
  }
}
