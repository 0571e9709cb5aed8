import { Account } from './account.ts';
import type { CompiledPolicy } from './compile.ts';
import type { CompiledRule } from './compiled-rule.ts';
import type { DecideOptions } from './decide.ts';
import type { Explanation } from './decision.ts';
import type { Facts } from './facts.ts';
import { NO, YES } from './kleene.ts';
import { ask, meet } from './part.ts';
import type { PolicyRequest, PolicyState } from './request.ts';
import { factsOf, weigh } from './weigh.ts';

/** Rules about other subjects are told as near misses up to so many: a wallet may have them by the thousand. */
const MAX_OTHERS = 8;

/** The decision that `decide` makes of the same arguments, with what it rests on. */
export function explain(
  policy: CompiledPolicy,
  request: PolicyRequest,
  state: PolicyState,
  { askable }: DecideOptions,
): Explanation {
  const facts = factsOf(policy, request, state);
  const account = new Account(facts);
  const decision = weigh(policy, facts, askable, account);
  for (const rule of othersOf(policy, facts)) account.addOther(rule);
  const roles = { subject: facts.role, by: facts.by, least: policy.leastRoles.of(request) };
  const { trace, missing } = account;
  return state.bound === undefined
    ? { ...decision, roles, trace, missing }
    : { ...decision, roles, bound: state.bound, trace, missing };
}

/** Rules that would have matched, were they about this subject. */
const othersOf = ({ byClaim }: CompiledPolicy, facts: Facts): readonly CompiledRule[] =>
  byClaim.of(facts.request.resource.id, MAX_OTHERS).filter(({ parts }) => {
    const elsewhere = parts.some(({ name, test }) => name === 'subject' && ask(test, facts) === NO);
    const rest = parts.filter(({ name }) => name !== 'subject');
    return elsewhere && meet(rest, facts) === YES;
  });
