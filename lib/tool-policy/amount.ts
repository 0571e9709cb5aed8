import type { Decimal } from './decimal.ts';
import { ZERO, decimalOfNumber, parseDecimal, plus } from './decimal.ts';
import { foldText } from './fold.ts';
import type { ToolCall } from './tool-call.ts';
import { fieldOf, textOf } from './tool-call.ts';

/** A field as a number: its value, that it is missing, or that it is none that can be counted. */
export type Amount =
  | { readonly is: 'exact'; readonly value: Decimal }
  | { readonly is: 'missing' }
  /** Has no digit at all. The published form counts it as nought. */
  | { readonly is: 'wordy' }
  | { readonly is: 'unclear' };

const COULD_BE_NUMBER = /\p{N}|inf|nan/iu;

export function amountIn(call: ToolCall, field: string): Amount {
  const value = fieldOf(call, field);
  if (value === undefined || value === null) return { is: 'missing' };
  if (typeof value === 'number') return exactly(decimalOfNumber(value));
  if (typeof value !== 'string') return { is: 'unclear' };
  const decimal = parseDecimal(value);
  if (decimal === undefined && value !== '' && !COULD_BE_NUMBER.test(value)) return { is: 'wordy' };
  return exactly(decimal);
}

const exactly = (value: Decimal | undefined): Amount =>
  value === undefined ? { is: 'unclear' } : { is: 'exact', value };

/** What an allowed call adds to what was spent. */
export interface Spending {
  /** Folded, so that a look-alike letter makes no second purse; '' for none. */
  readonly category: string;
  /** Never negative. */
  readonly amount: Decimal;
}

/** @param fields those that hold amounts: what each holds is added up, so that none goes uncounted */
export function spendingOf(call: ToolCall, fields: ReadonlySet<string>): Spending {
  let amount = ZERO;
  for (const field of fields) {
    const found = amountIn(call, field);
    if (found.is === 'exact' && found.value > ZERO) amount = plus(amount, found.value);
  }
  return { category: foldText(textOf(call, 'category')), amount };
}
