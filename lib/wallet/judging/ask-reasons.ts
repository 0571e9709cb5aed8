import type { AskReason } from '../../messaging/contract.ts';
import type { PlannedClaim } from '../../proofs/index.ts';
import type { Explanation } from '../../policy/index.ts';
import { boundIn, tellTogether } from '../../policy/index.ts';
import type { BoundAnswer } from '../../policy/index.ts';

/** The weightiest first. */
const WEIGHT: readonly AskReason['kind'][] = [
  ...(['indeterminate', 'ask_rule', 'bound', 'role', 'obligation', 'restored', 'no_rule'] as const),
];

/** One claim of a plan, or what a token allows, and how its decision came about. */
export interface ExplainedClaim {
  readonly claim: Pick<PlannedClaim, 'claim' | 'label' | 'answer'>;
  readonly why: Explanation;
}

/**
 * Why the person is asked about a plan, each reason once, the weightiest first; none where rules would allow it.
 * @param told bounds that the site was told before, with what they answered
 */
export function askReasons(explained: readonly ExplainedClaim[], told: readonly BoundAnswer[]): readonly AskReason[] {
  const reasons = new Map<string, AskReason>();
  const answers = [...told, ...explained.map(({ claim }) => claim)];
  for (const each of explained) {
    const reason = reasonOf(each, answers);
    if (reason !== undefined) reasons.set(JSON.stringify(reason), reason);
  }
  return [...reasons.values()].sort((a, b) => WEIGHT.indexOf(a.kind) - WEIGHT.indexOf(b.kind));
}

function reasonOf({ claim, why }: ExplainedClaim, answers: readonly BoundAnswer[]): AskReason | undefined {
  switch (why.reason) {
    case 'permitted':
    case 'denied':
      return undefined;
    case 'indeterminate':
      return { kind: 'indeterminate', rules: rulesWith(why, 'indeterminate'), missing: why.missing };
    case 'ask_rule':
      return { kind: 'ask_rule', rules: rulesWith(why, 'matched'), missing: why.missing };
    case 'role':
      return { kind: 'role', label: claim.label, role: why.roles.subject, least: why.roles.least };
    case 'bound':
      return boundReason({ claim, why }, answers);
    case 'obligation':
      return { kind: 'obligation', which: obligationOf(why) };
    case 'restored':
    case 'no_rule':
      return { kind: why.reason };
  }
}

const rulesWith = ({ trace }: Explanation, outcome: 'matched' | 'indeterminate'): readonly string[] =>
  trace.filter((one) => one.effect !== 'permit' && one.outcome === outcome).map(({ rule }) => rule);

/** What the answers before and this one tell together. */
function boundReason({ claim, why }: ExplainedClaim, answers: readonly BoundAnswer[]): AskReason {
  const family = boundIn(claim.claim)?.family;
  const related = answers.filter((one) => boundIn(one.claim)?.family === family);
  return { kind: 'bound', label: claim.label, told: why.bound?.told ?? [], ...tellTogether(related) };
}

type Obligation = Extract<AskReason, { kind: 'obligation' }>['which'];

/** The obligation that a permit fell over; `ask_again_after` where none says so: it was permitted once. */
function obligationOf({ trace }: Explanation): Obligation {
  for (const { effect, because } of trace) {
    if (effect !== 'permit' || because?.part !== 'obligation') continue;
    const { obligation } = because;
    if (obligation !== 'restored' && obligation !== 'expires_in') return obligation;
  }
  return 'ask_again_after';
}

/** Permits that ask once more, and that a yes confirms. */
export const permitsToConfirm = (explained: readonly ExplainedClaim[]): readonly string[] => [
  ...new Set(
    explained.flatMap(({ why }) =>
      why.trace.flatMap(({ rule, effect, because }) =>
        effect === 'permit' &&
        because?.part === 'obligation' &&
        (because.obligation === 'ask_again_after' || because.obligation === 'restored')
          ? [rule]
          : [],
      ),
    ),
  ),
];
