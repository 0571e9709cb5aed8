import { SignetError } from './errors.ts';

/**
 * Decimals of the currencies in use (ISO 4217, list one), by how many they are. Codes for metals, funds of accounts and
 * tests have none and are left out: nobody is charged in them.
 */
const CODES_BY_DECIMALS = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
     COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS
     INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR
     MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
     STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
] as const;

const DECIMALS: ReadonlyMap<string, number> = new Map(
  CODES_BY_DECIMALS.flatMap(([decimals, codes]) => codes.split(/\s+/).map((code) => [code, decimals] as const)),
);

/** How many decimals a currency has (ISO 4217), or undefined for a code that is none in use. Upper case alone. */
export const currencyDecimals = (currency: string): number | undefined => DECIMALS.get(currency);

const MAJOR = /^(0|[1-9]\d{0,15})(?:\.(\d{1,4}))?$/;

/**
 * An amount as people write it, in the currency's smallest unit: 150 USD is 15000, "150.5" too many decimals for JPY.
 * @param amount major units: a whole number, or a decimal string such as "10.50"; never a float
 * @param currency ISO 4217 code
 * @param field names the amount in errors
 * @returns a safe integer, not negative
 * @throws SignetError bad_request on an unknown currency, a sign, an exponent, more decimals than the currency has, or
 *   an amount too large to count exactly
 */
export function toMinorUnits(amount: number | string, currency: string, field = 'amount'): number {
  const decimals = knownDecimals(currency);
  const text = typeof amount === 'number' && Number.isSafeInteger(amount) ? String(amount) : amount;
  const [, whole, fraction = ''] = (typeof text === 'string' ? MAJOR.exec(text) : null) ?? [];
  if (whole === undefined) {
    throw refuse(field, 'must be a whole number or a decimal string, such as "10.50"');
  }
  if (fraction.length > decimals) throw refuse(field, `has more decimals than ${currency} has (${decimals})`);
  const minor = Number(whole + fraction.padEnd(decimals, '0'));
  if (!Number.isSafeInteger(minor)) throw refuse(field, 'is too large');
  return minor;
}

/**
 * An amount in the smallest unit, as people write it: 15000 in USD is "150.00", 150 in JPY is "150".
 * @param minor a safe integer, not negative
 * @param currency ISO 4217 code
 * @throws SignetError bad_request on an unknown currency or another number
 */
export function toMajorUnits(minor: number, currency: string): string {
  const decimals = knownDecimals(currency);
  if (!Number.isSafeInteger(minor) || minor < 0) throw refuse('amount', 'is not a number of smallest units');
  if (decimals === 0) return String(minor);
  const digits = String(minor).padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

function knownDecimals(currency: string): number {
  const decimals = DECIMALS.get(currency);
  if (decimals === undefined) throw refuse('currency', 'is not the ISO 4217 code of a currency in use');
  return decimals;
}

const refuse = (field: string, problem: string): SignetError =>
  new SignetError('bad_request', `${field} ${problem}.`, { field });
