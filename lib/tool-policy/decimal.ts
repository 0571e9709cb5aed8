import { SignetError } from '../core/index.ts';

/** An exact decimal: how many 10^-18 it is. Currencies are not known here, so `lib/core`'s minor units do not fit. */
export type Decimal = bigint & { readonly of: unique symbol };

const PLACES = 18;
const FORM = /^([+-]?)(\d{1,18})(?:\.(\d{1,18}))?$/;

export const ZERO = 0n as Decimal; // nought of anything

/**
 * @param text digits with at most 18 before and 18 after the point; no exponent, no white space, ASCII digits alone
 * @returns undefined for anything else
 */
export function parseDecimal(text: string): Decimal | undefined {
  const [, sign, whole, fraction = ''] = FORM.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const units = BigInt(whole + fraction.padEnd(PLACES, '0'));
  return (sign === '-' ? -units : units) as Decimal; // counted in 10^-18 by the padding
}

/** A number of JSON as the decimal that it was written as; undefined where a double does not hold it exactly. */
export function decimalOfNumber(value: number): Decimal | undefined {
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : parseDecimal(String(value));
}

export const plus = (a: Decimal, b: Decimal): Decimal => (a + b) as Decimal; // both count the same units

/** As people write it: "12.5". */
export function formatDecimal(value: Decimal): string {
  const digits = String(value)
    .replace('-', '')
    .padStart(PLACES + 1, '0');
  const fraction = digits.slice(-PLACES).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -PLACES)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** @throws SignetError bad_request when it is no decimal */
export function readDecimal(text: string, what: string): Decimal {
  const value = parseDecimal(text);
  if (value === undefined) throw new SignetError('bad_request', `${what} must be a decimal such as 100 or 12.50.`);
  return value;
}
