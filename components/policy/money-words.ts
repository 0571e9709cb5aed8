import { currencyDecimals, toMajorUnits } from '../../lib/core/index.ts';
import { uiLanguage } from '../../lib/platform/index.ts';
import { amountWords } from '../capability/amount-words.ts';

/** How many decimals a currency has (ISO 4217). @returns undefined for what is no code of a currency in use */
export const decimalsOf = (currency: string): number | undefined => currencyDecimals(currency.toUpperCase());

/** An amount as people write it: "$150.00". @param minor integer minor units */
export function moneyWords(minor: number, currency: string): string {
  const code = currency.toUpperCase();
  const isAmount = decimalsOf(code) !== undefined && Number.isSafeInteger(minor) && minor >= 0;
  if (!isAmount) return `${new Intl.NumberFormat(uiLanguage()).format(minor)} ${currency}`;
  return amountWords(toMajorUnits(minor, code), code);
}

/** The minor units in what a person typed, "150" or "19.99"; undefined where it is no amount of this currency. */
export function minorUnits(text: string, currency: string): number | undefined {
  const decimals = decimalsOf(currency);
  const [, whole, rest = ''] = /^(\d{1,12})(?:[.,](\d*))?$/.exec(text.trim()) ?? [];
  if (decimals === undefined || whole === undefined || rest.length > decimals) return undefined;
  return Number(whole + rest.padEnd(decimals, '0'));
}

/** Minor units as a person types them: "19.99". */
export function majorText(minor: number, currency: string): string {
  const decimals = decimalsOf(currency) ?? 0;
  return (minor / 10 ** decimals).toFixed(minor % 10 ** decimals === 0 ? 0 : decimals);
}
