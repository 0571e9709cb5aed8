import { uiLanguage } from '../../lib/platform/index.ts';

/** How many decimals a currency has (ISO 4217). @returns undefined for what is no code of a currency */
export function decimalsOf(currency: string): number | undefined {
  if (!/^[A-Za-z]{3}$/.test(currency)) return undefined;
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;
}

/** An amount as people write it: "$150.00". @param minor integer minor units */
export function moneyWords(minor: number, currency: string): string {
  const decimals = decimalsOf(currency);
  if (decimals === undefined) return `${new Intl.NumberFormat(uiLanguage()).format(minor)} ${currency}`;
  return new Intl.NumberFormat(uiLanguage(), { style: 'currency', currency }).format(minor / 10 ** decimals);
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
