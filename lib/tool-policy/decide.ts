import { NO, UNKNOWN, YES } from '../policy/engine/index.ts';
import type { CompiledPolicy, CompiledRule } from './compile-policy.ts';
import { Facts } from './conditions/facts.ts';
import type { Decision, Pending } from './decision.ts';
import type { Memory } from './memory.ts';
import { termsIn } from './memory.ts';
import type { ToolCall } from './tool-call.ts';
import type { ToolRule } from './tool-rule.ts';

/** Who wants to know how each rule met a call. */
export interface Watcher {
  /** @param failure why it could not be told */
  met(rule: CompiledRule, outcome: 'matched' | 'missed' | 'unclear', failure: string): void;
}

const NO_RULE = 'No matching rules, using default action';

/**
 * Decides about a call: the first rule that matches does. A rule that restricts and cannot be evaluated is no silence: from
 * there on nothing is allowed unasked, and a later rule may still deny. A permit in that state does not apply.
 */
export function decide(policy: CompiledPolicy, call: ToolCall, memory: Memory, watcher?: Watcher): Decision | Pending {
  const facts = new Facts(call, memory);
  let atLeast = policy.doubt === undefined ? undefined : ask(policy.doubt);
  for (const rule of policy.rulesAbout(call.tool)) {
    const met = rule.test(facts);
    watcher?.met(
      rule,
      met === YES ? 'matched' : met === NO ? 'missed' : 'unclear',
      met === UNKNOWN ? facts.failure : '',
    );
    if (met === YES) return atLeastAsk(apply(rule.rule, memory, atLeast), atLeast);
    if (met === UNKNOWN && rule.rule.action !== 'ALLOW') atLeast ??= unclear(rule.rule, facts.failure);
  }
  return atLeastAsk({ verdict: policy.defaultAction, locked: false, reason: NO_RULE }, atLeast);
}

const ask = (reason: string): Decision => ({ verdict: 'ASK', locked: false, reason });

const unclear = ({ name, locked }: ToolRule, failure: string): Decision => ({
  verdict: 'ASK',
  rule: name,
  locked,
  reason: `Rule ${name} cannot be evaluated: ${failure}`,
});

function atLeastAsk(decision: Decision | Pending, atLeast: Decision | undefined): Decision | Pending {
  return atLeast !== undefined && decision.verdict === 'ALLOW' ? atLeast : decision;
}

function apply(rule: ToolRule, memory: Memory, atLeast: Decision | undefined): Decision | Pending {
  const { name, action, locked, ensure } = rule;
  switch (action) {
    case 'GATE':
      return passGate(rule, memory);
    case 'ENSURE':
      if (ensure === undefined) return deny(rule, 'Ensure rule missing ensure config');
      return { verdict: 'ENSURE', rule: name, locked, ensure, atLeast };
    case 'ALLOW':
    case 'DENY':
    case 'ASK':
      return { verdict: action, rule: name, locked, reason: reasonOf(rule) };
  }
}

const deny = ({ name, locked }: ToolRule, reason: string): Decision => ({
  verdict: 'DENY',
  rule: name,
  locked,
  reason,
});

function passGate(rule: ToolRule, memory: Memory): Decision {
  const { name, locked, gate } = rule;
  if (gate === undefined) return deny(rule, 'Gate rule missing gate config');
  const { requires_prior, within } = gate;
  if (memory.hasRecent(termsIn(requires_prior), within) === true) {
    return { verdict: 'ALLOW', rule: name, locked, reason: reasonOf(rule) };
  }
  const missing = `Gate: '${requires_prior}' not found in last ${within} allowed actions.`;
  return deny(rule, [missing, reasonOf(rule)].filter((part) => part !== '').join(' '));
}

/** What people and agents are told. */
export function reasonOf({ reason = '', alternative }: Pick<ToolRule, 'reason' | 'alternative'>): string {
  return alternative === undefined ? reason : `${reason} Instead: ${alternative}`.trimStart();
}
