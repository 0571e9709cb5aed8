import type { CompiledPolicy } from './compile-policy.ts';
import { decide } from './decide.ts';
import type { Decision, Pending } from './decision.ts';
import type { Memory } from './memory.ts';
import type { ToolCall } from './tool-call.ts';

/** Violations from which on a task is locked out: whatever its constraints would ask about is denied. */
export const LOCKOUT = 5;

export interface PreflightOutcome {
  readonly decision: Decision | Pending;
  /** Whether the call broke a constraint of the task: it is to be counted. */
  readonly isViolation: boolean;
}

/**
 * The second pass: what was agreed on for one task, as rules that DENY or ASK, after the rules of the policy. It can only
 * make a decision stricter, and is not looked at where that is a denial.
 * @param violations how many there were before
 */
export function applyPreflight(
  decision: Decision | Pending,
  task: CompiledPolicy,
  call: ToolCall,
  memory: Memory,
  violations: number,
): PreflightOutcome {
  if (decision.verdict === 'DENY') return { decision, isViolation: false };
  const second = decide(task, call, memory);
  if (second.verdict === 'ALLOW' || second.verdict === 'ENSURE') return { decision, isViolation: false };
  // Without a rule it is the file that is in doubt: that is nobody's violation.
  const isViolation = second.rule !== undefined;
  return { decision: stricter(decision, second, isViolation ? violations + 1 : 0), isViolation };
}

function stricter(first: Decision | Pending, second: Decision, violations: number): Decision {
  if (violations >= LOCKOUT) {
    return {
      ...second,
      verdict: 'DENY',
      reason: `${second.reason} (violation ${violations} of this task: locked out)`,
    };
  }
  if (first.verdict === 'ASK' && second.verdict === 'ASK') return first;
  return second;
}
