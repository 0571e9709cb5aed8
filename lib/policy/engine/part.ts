import type { AttributeName } from './attribute-schema.ts';
import { type Facts, type Test } from './facts.ts';
import { NO, type Truth, UNKNOWN, YES } from './kleene.ts';
import type { Condition } from './rule.ts';
import { failureOf } from './window-test.ts';

/** One thing that must hold for a rule to match. */
export type Part = {
  readonly test: Test;
  /** What its test reads. */
  readonly attributes: readonly AttributeName[];
} & (
  | { readonly name: 'action' | 'claims' | 'subject' | 'not_yet' | 'expired' }
  | { readonly name: 'condition'; readonly condition: Condition }
);

/** Who wants to know what kept a rule from matching. */
export interface Witness {
  /** A part that does not hold. @returns whether the rule needs no further look */
  saw(part: Part, truth: Truth, facts: Facts): boolean;
}

/** Whether all parts hold. What fails to answer is unknown. */
export function meet(parts: readonly Part[], facts: Facts, witness?: Witness): Truth {
  let outcome: Truth = YES;
  for (const part of parts) {
    const found = ask(part.test, facts);
    if (found === YES) continue;
    if (outcome !== NO) outcome = found;
    if (witness === undefined ? found === NO : witness.saw(part, found, facts)) return outcome;
  }
  return outcome;
}

/** What a test answers; unknown, with the reason in `failure`, where it throws. */
export function ask(test: Test, facts: Facts): Truth {
  try {
    return test(facts);
  } catch (thrown) {
    facts.failure = failureOf(thrown);
    return UNKNOWN;
  }
}
