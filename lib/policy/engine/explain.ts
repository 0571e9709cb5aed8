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
const MAX_OTHERS = 2;

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
  policy.byClaim.each(request.resource.id, facts.holders, MAX_OTHERS, (rule) => {
    if (isForAnother(rule, facts)) account.addOther(rule);
  });
  const { verdict, reason, rules, policy: hash, permit } = decision;
  const { trace, missing } = account;
  const roles = { subject: facts.role, by: facts.by, least: policy.leastRoles.of(request) };
  if (permit !== undefined) return { verdict, reason, rules, policy: hash, roles, trace, missing, permit };
  const told = { verdict, reason, rules, policy: hash, roles, trace, missing };
  return state.bound === undefined ? told : { ...told, bound: state.bound };
}

/** Whether a rule would have matched, were it about this subject. */
const isForAnother = ({ about, others }: CompiledRule, facts: Facts): boolean =>
  about !== undefined && ask(about, facts) === NO && meet(others, facts) === YES;
