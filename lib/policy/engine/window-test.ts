import { isNatural, isText } from './attribute-reader.ts';
import type { Facts, Test } from './facts.ts';
import { NO, type Truth, truthOf, UNKNOWN, YES } from './kleene.ts';
import type { WindowCondition } from './rule.ts';

const NOT_KNOWN = 'How often this rule was used, or for how much, is not known.';

/** What a rule let a subject do within the last seconds, this time included, as a closure. */
export function windowTest(condition: WindowCondition, ruleId: string): Test {
  return 'count' in condition ? countTest(condition.count, ruleId) : spendTest(condition.spend, ruleId);
}

function countTest({ at_most, seconds }: { readonly at_most: number; readonly seconds: number }, ruleId: string): Test {
  return (facts) => {
    const since = sinceOf(facts, seconds);
    if (since === undefined) return UNKNOWN;
    return atMost(facts, () => facts.state.uses(ruleId, facts.request.subject.id, since), 1, at_most);
  };
}

function spendTest(
  limit: { readonly at_most: number; readonly currency: string; readonly seconds: number },
  ruleId: string,
): Test {
  return (facts) => {
    const { amount, currency } = facts.request.context;
    const since = sinceOf(facts, limit.seconds);
    if (since === undefined || !isNatural(amount) || !isText(currency)) return UNKNOWN;
    if (currency !== limit.currency) return NO;
    const subject = facts.request.subject.id;
    return atMost(facts, () => facts.state.spent(ruleId, subject, currency, since), amount, limit.at_most);
  };
}

/** Whether an amount can be held against a limit on spending, and is of its currency. */
export function currencyTest(wanted: string): Test {
  return ({ request: { context } }) => {
    if (!isNatural(context['amount']) || !isText(context['currency'])) return UNKNOWN;
    return truthOf(context['currency'] === wanted);
  };
}

/** Whether what was before and `more` are within the limit; what fails or is not known is neither. */
export function atMost(facts: Facts, before: () => number | undefined, more: number, limit: number): Truth {
  try {
    const known = before();
    if (isNatural(known)) return known + more <= limit ? YES : NO;
    facts.failure = NOT_KNOWN;
  } catch (thrown) {
    facts.failure = failureOf(thrown);
  }
  return UNKNOWN;
}

/** In words, why something failed. */
export const failureOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** The beginning of the last seconds; undefined where the time is not known. */
function sinceOf({ request }: Facts, seconds: number): number | undefined {
  const { time } = request.context;
  return isNatural(time) ? time - seconds * 1000 : undefined;
}
