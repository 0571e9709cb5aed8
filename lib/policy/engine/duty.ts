import { isNatural, isTextSet } from './attribute-reader.ts';
import { covers } from './covers.ts';
import type { Facts, Test } from './facts.ts';
import { NO, type Truth, truthOf, UNKNOWN, YES } from './kleene.ts';
import { ask } from './part.ts';
import type { Obligations, Rule } from './rule.ts';
import { atMost, windowTest } from './window-test.ts';

/** What a permit that matched may still lack. */
export type DutyName = keyof Obligations | 'rate' | 'restored';

/** One thing that must hold for a permit that matches to be used. */
export interface Duty {
  readonly name: DutyName;
  readonly test: Test;
}

/** The duties of a permit, in the order in which they are told. */
export function dutiesOf(rule: Rule): readonly Duty[] {
  const { max_uses, ask_again_after, require_presence, mask } = rule.obligations ?? {};
  return [
    { name: 'restored', test: sinceRestored(rule) },
    ...(ask_again_after === undefined
      ? []
      : [{ name: 'ask_again_after' as const, test: stillSaid(rule, ask_again_after) }]),
    ...(max_uses === undefined ? [] : [{ name: 'max_uses' as const, test: usesLeft(rule.id, max_uses) }]),
    ...windowsOf(rule).map((window) => ({ name: 'rate' as const, test: windowTest(window, rule.id) })),
    ...(require_presence === true ? [{ name: 'require_presence' as const, test: present }] : []),
    ...(mask === undefined ? [] : [{ name: 'mask' as const, test: unmasked(mask) }]),
  ];
}

/** The counts and amounts that a rule keeps to as a whole: reaching one makes a permit ask, not miss. */
const windowsOf = ({ when }: Rule) => when.filter((condition) => 'count' in condition || 'spend' in condition);

/** What a permit lacks first; UNKNOWN where it cannot be told whether it lacks something; undefined: nothing. */
export function unmetDuty(duties: readonly Duty[], facts: Facts): DutyName | typeof UNKNOWN | undefined {
  let outcome: typeof UNKNOWN | undefined;
  for (const { name, test } of duties) {
    const found = ask(test, facts);
    if (found === NO) return name;
    if (found === UNKNOWN) outcome = UNKNOWN;
  }
  return outcome;
}

/** When the person last said yes to a rule: milliseconds since the epoch. */
export const confirmedAt = (rule: Rule, facts: Facts): number => facts.state.confirmedAt(rule.id) ?? rule.made.at;

function sinceRestored(rule: Rule): Test {
  return (facts) => {
    const { restoredAt } = facts.state;
    return restoredAt === undefined ? YES : truthOf(confirmedAt(rule, facts) >= restoredAt);
  };
}

function stillSaid(rule: Rule, seconds: number): Test {
  return (facts) => {
    const { time } = facts.request.context;
    return isNatural(time) ? truthOf(time < confirmedAt(rule, facts) + seconds * 1000) : UNKNOWN;
  };
}

function usesLeft(ruleId: string, most: number): Test {
  return (facts) => atMost(facts, () => facts.state.uses(ruleId, facts.request.subject.id, 0), 1, most);
}

const present: Test = ({ request }) => truthOf(request.context['present'] === true);

/** A claim that holds one that is masked, or is held by it, would let it through. */
function unmasked(mask: readonly string[]): Test {
  const touches = (claim: string): boolean => mask.some((name) => covers(name, claim) || covers(claim, name));
  return ({ request }): Truth => {
    if (touches(request.resource.id)) return NO;
    const { claims } = request.context;
    return isTextSet(claims) ? truthOf(!claims.some(touches)) : UNKNOWN;
  };
}
