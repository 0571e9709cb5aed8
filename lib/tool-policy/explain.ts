import type { CompiledPolicy } from './compile-policy.ts';
import { decide } from './decide.ts';
import type { Decision, Pending } from './decision.ts';
import type { Memory } from './memory.ts';
import type { ToolCall } from './tool-call.ts';
import type { Action } from './tool-rule.ts';

/** How one rule met a call. */
export interface RuleTrace {
  readonly rule: string;
  readonly action: Action;
  readonly outcome: 'matched' | 'missed' | 'unclear';
  /** Why it could not be told. */
  readonly failure?: string;
}

export interface Explanation {
  readonly decision: Decision | Pending;
  /** Rules about the tool, in order, up to the one that decided. */
  readonly rules: readonly RuleTrace[];
}

/** The decision, from the same evaluation, with each rule that was looked at. */
export function explain(policy: CompiledPolicy, call: ToolCall, memory: Memory): Explanation {
  const rules: RuleTrace[] = [];
  const decision = decide(policy, call, memory, {
    met: ({ rule: { name, action } }, outcome, failure) =>
      void rules.push({ rule: name, action, outcome, ...(failure === '' ? {} : { failure }) }),
  });
  return { decision, rules };
}
