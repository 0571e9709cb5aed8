import type { Expression } from './expression.ts';
import type { Facts } from './facts.ts';
import { isList, type SplList, type SplValue } from './value.ts';

/** Texts of so many characters compare for one unit of work. */
const CHARACTERS_PER_UNIT = 64;

/**
 * Whether two values are the same: of one type and equal, lists element by element.
 * @param expression asks; named when the work is too much
 * @throws Fault then
 */
export function equals(a: SplValue, b: SplValue, facts: Facts, expression: Expression): boolean {
  if (typeof a === 'string' && typeof b === 'string') {
    if (a.length !== b.length) return false;
    if (a.length > CHARACTERS_PER_UNIT) facts.spend(Math.ceil(a.length / CHARACTERS_PER_UNIT), expression);
    return a === b;
  }
  return isList(a) && isList(b) ? equalLists(a, b, facts, expression) : a === b;
}

function equalLists(a: SplList, b: SplList, facts: Facts, expression: Expression): boolean {
  if (a.length !== b.length) return false;
  return a.every((item, place) => {
    const other = b[place];
    facts.spend(1, expression);
    return other !== undefined && equals(item, other, facts, expression);
  });
}

/** Whether a value is in a list. @throws Fault as `equals` does */
export function includes(list: SplList, value: SplValue, facts: Facts, expression: Expression): boolean {
  for (const item of list) {
    facts.spend(1, expression);
    if (equals(item, value, facts, expression)) return true;
  }
  return false;
}
