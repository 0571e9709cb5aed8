import type { JsonObject } from '../../../lib/core/index.ts';
import type { CompiledPolicy, Decision, Memory, Pending, ToolRule } from '../../../lib/tool-policy/index.ts';
import { NO_MEMORY, compilePolicy, decide, defaultPolicy } from '../../../lib/tool-policy/index.ts';
import { loadPolicy } from '../../../lib/tool-policy/reading/index.ts';

/** What a policy says about a call, where nothing was done before. */
export type Say = (tool: string, input: JsonObject, memory?: Memory) => Decision | Pending;

export const sayer =
  (policy: CompiledPolicy): Say =>
  (tool, input, memory = NO_MEMORY) =>
    decide(policy, { tool, input }, memory);

/** The policy of a file. */
export const policyOf = (yaml: string): Say => sayer(compilePolicy(loadPolicy(yaml)));

/** The default rules. */
export const defaults = (): Say => sayer(compilePolicy(defaultPolicy()));

/** A policy of these rules; each is about every tool and denies, unless it says otherwise. */
export function rulesOf(...rules: readonly Partial<ToolRule>[]): Say {
  const whole = rules.map((rule, place) => ({
    ...{ name: `rule_${place}`, tool_pattern: '.*', conditions: [], action: 'DENY' as const, locked: false },
    ...rule,
  }));
  return sayer(compilePolicy({ version: 1, default_action: 'ALLOW', rules: whole }));
}

/** Whether one condition holds, of a rule that denies: `unclear` where it cannot be told. */
export function holds(condition: string, input: JsonObject, memory: Memory = NO_MEMORY): boolean | 'unclear' {
  const decision = rulesOf({ conditions: [condition] })('tool', input, memory);
  if (decision.verdict === 'ASK') return 'unclear';
  return decision.verdict === 'DENY';
}
