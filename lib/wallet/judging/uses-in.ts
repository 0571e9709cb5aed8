import { SignetError } from '../../core/index.ts';
import type { Judgement } from './judge.ts';

/** What a rule's permit is counted as. */
export interface RuleUse {
  readonly ruleId: string;
  readonly maxUses?: number;
}

/** Each permit counts once, however many claims it permitted. */
export function usesIn({ decided }: Judgement): readonly RuleUse[] {
  const uses = new Map<string, RuleUse>();
  for (const { decision } of decided) {
    if (decision.permit === undefined) throw new SignetError('internal', 'What is permitted is permitted by a rule.');
    const { rule: ruleId, obligations } = decision.permit;
    const { max_uses: maxUses } = obligations;
    uses.set(ruleId, { ruleId, ...(maxUses === undefined ? {} : { maxUses }) });
  }
  return [...uses.values()];
}
