import { displayText } from '../core/index.ts';
import type { Literal, SymbolExpression } from './expression.ts';
import { PolicyError, type Place } from './place.ts';

const NUMBER = /^(-?[0-9]+)(?:\.([0-9]+))?$/;
const SYMBOL = /^[a-zA-Z_?!.][a-zA-Z0-9_?!.-]*$/;
/** Operators that the grammar's rule for symbols leaves out. */
const SIGNS: ReadonlySet<string> = new Set(['=', '<', '<=', '>', '>=']);

/** Whether a text is the name of a variable or an operator. */
export const isSymbolName = (text: string): boolean => SYMBOL.test(text) || SIGNS.has(text);

/**
 * Reads an atom that is no string: a boolean, a number or a symbol, by the published grammar and nothing beyond it.
 * @throws PolicyError for what is none
 */
export function readAtom(text: string, place: Place): Literal | SymbolExpression {
  if (isSymbolName(text)) return { kind: 'symbol', name: text, place };
  if (text === '#t' || text === '#f') return { kind: 'boolean', value: text === '#t', place };
  const [whole, digits, fraction = ''] = NUMBER.exec(text) ?? [];
  if (whole === undefined) throw new PolicyError(`“${excerpt(text)}” is no boolean, number or symbol.`, place);
  return { kind: 'number', value: readWhole(digits ?? '', fraction, place), place };
}

/** A fraction of zeros changes nothing; any other would make an amount that rounds. */
function readWhole(digits: string, fraction: string, place: Place): number {
  if (/[1-9]/.test(fraction)) {
    throw new PolicyError('A number is whole here: amounts are in minor units, such as cents.', place);
  }
  const value = Number(digits);
  if (!Number.isSafeInteger(value)) throw new PolicyError('A number is beyond 2^53 − 1 and would be rounded.', place);
  return value === 0 ? 0 : value; // there is one zero
}

const excerpt = (text: string): string => displayText(text.slice(0, 80), 40);
