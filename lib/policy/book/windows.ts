import type { Condition, Rule } from '../engine/index.ts';

/** How long the windows of a rule are, within which it counts or adds up: milliseconds. */
export const windowsOf = ({ when }: Pick<Rule, 'when'>): readonly number[] => when.flatMap(windowsIn);

function windowsIn(condition: Condition): readonly number[] {
  if ('all' in condition) return condition.all.flatMap(windowsIn);
  if ('any' in condition) return condition.any.flatMap(windowsIn);
  if ('not' in condition) return windowsIn(condition.not);
  if ('count' in condition) return [condition.count.seconds * 1000];
  return 'spend' in condition ? [condition.spend.seconds * 1000] : [];
}

/** Whether a decision by this rule depends on how often it was used, or for how much. */
export const dependsOnUses = (rule: Rule): boolean =>
  rule.obligations?.max_uses !== undefined || windowsOf(rule).length > 0;

/** Whether a window stands under a `not`: there, more uses make a permit apply. */
export const negatesWindows = ({ when }: Pick<Rule, 'when'>): boolean => when.some(isNegated);

function isNegated(condition: Condition): boolean {
  if ('all' in condition) return condition.all.some(isNegated);
  if ('any' in condition) return condition.any.some(isNegated);
  return 'not' in condition && windowsIn(condition.not).length > 0;
}
