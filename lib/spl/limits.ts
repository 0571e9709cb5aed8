import type { Expression } from './expression.ts';
import { PolicyError } from './place.ts';

/** The most UTF-8 bytes that a policy's source may have. */
export const MAX_SOURCE_BYTES = 65_536;

/** The deepest nesting: an expression within 63 others is the last that is read. */
export const MAX_DEPTH = 64;

/** The published gas budget: the most evaluations that a policy may need in its worst case. */
export const MAX_COST = 10_000;

/**
 * How much one decision may do with lists and long texts that come with a request: one unit for each element looked at
 * and for each 64 characters compared. The policy's cost cannot bound these.
 */
export const MAX_WORK = 100_000;

/**
 * The worst-case cost of an expression: one for each list and each atom that is not the operator of its list. Whatever
 * is short-circuited is counted, so no evaluation needs more.
 * @throws PolicyError where an expression is nested too deeply or costs too much
 */
export function costOf(expression: Expression): number {
  const count = { spent: 0 };
  measure(expression, 1, count);
  return count.spent;
}

function measure(expression: Expression, depth: number, count: { spent: number }): void {
  if (depth > MAX_DEPTH) throw tooDeep(expression);
  count.spent += 1;
  if (count.spent > MAX_COST) {
    throw new PolicyError(`The policy needs more than ${MAX_COST} evaluations.`, expression.place);
  }
  if (expression.kind !== 'list') return;
  expression.items.forEach((item, place) => {
    if (place > 0 || item.kind === 'list') measure(item, depth + 1, count);
  });
}

export const tooDeep = ({ place }: Pick<Expression, 'place'>): PolicyError =>
  new PolicyError(`The policy is nested deeper than ${MAX_DEPTH}.`, place);
