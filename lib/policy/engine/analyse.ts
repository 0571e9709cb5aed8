import { canonicalJson } from '../../core/index.ts';
import { claimsCovered, isSubjectCovered } from './coverage.ts';
import { isContradictory } from './contradiction.ts';
import type { PolicySet, Rule } from './rule.ts';

/** Something about the rules that the person may want to tidy up. */
export interface PolicyNote {
  /**
   * `never_fires`: no request can meet it any more. `covered_by_deny`: whatever it is about, a denial is about too.
   * `duplicate`: another rule says the same.
   */
  readonly kind: 'never_fires' | 'covered_by_deny' | 'duplicate';
  readonly rule: string;
  /** The rule that covers it or that it repeats. */
  readonly other?: string;
}

export interface AnalysisFacts {
  /** Milliseconds since the epoch: rules that ended before it never fire. */
  readonly now?: number;
  /** Permits whose uses are used up for everyone that they are about. */
  readonly usedUp?: ReadonlySet<string>;
}

/** What can be said of rules without a request, one note of each rule at most, by id. Says only what is certain. */
export function analyse({ rules }: PolicySet, facts: AnalysisFacts = {}): readonly PolicyNote[] {
  const sorted = [...rules].sort((a, b) => (a.id < b.id ? -1 : 1));
  const live = sorted.filter((rule) => !neverFires(rule, facts));
  const denials = live.filter(({ effect }) => effect === 'deny');
  const firstToSay = new Map<string, string>();
  return sorted.flatMap((rule): PolicyNote[] => {
    if (!live.includes(rule)) return [{ kind: 'never_fires', rule: rule.id }];
    const earlier = firstToSay.get(whatItSays(rule));
    if (earlier !== undefined) return [{ kind: 'duplicate', rule: rule.id, other: earlier }];
    firstToSay.set(whatItSays(rule), rule.id);
    const denial = rule.effect === 'deny' ? undefined : denials.find((one) => coversRule(one, rule));
    return denial === undefined ? [] : [{ kind: 'covered_by_deny', rule: rule.id, other: denial.id }];
  });
}

function neverFires(rule: Rule, { now = 0, usedUp }: AnalysisFacts): boolean {
  if (rule.until !== undefined && rule.until <= now) return true;
  return usedUp?.has(rule.id) === true || isContradictory(rule);
}

/** All of a rule that matters to a decision; lists in one order. */
function whatItSays({ effect, subject, action, claims, when, from, until, obligations, made }: Rule): string {
  const asked = obligations?.ask_again_after === undefined ? undefined : made.at;
  return canonicalJson({
    ...{ effect, subject, action, from, until, obligations, asked },
    claims: claims === '*' ? claims : [...claims].sort(),
    when: when.map((condition) => canonicalJson(condition)).sort(),
  });
}

/** Whether whatever `rule` matches, `denial` matches too. */
function coversRule(denial: Rule, rule: Rule): boolean {
  const said = new Set(rule.when.map((condition) => canonicalJson(condition)));
  return (
    (denial.action === '*' || denial.action === rule.action) &&
    isSubjectCovered(rule.subject, denial.subject) &&
    claimsCovered(rule.claims, denial.claims) &&
    (denial.from === undefined || (rule.from !== undefined && denial.from <= rule.from)) &&
    (denial.until === undefined || (rule.until !== undefined && denial.until >= rule.until)) &&
    denial.when.every((condition) => said.has(canonicalJson(condition)))
  );
}
