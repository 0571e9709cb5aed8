import type { CompiledPolicy } from './compile.ts';
import type { Decision } from './decision.ts';
import type { PolicyRequest, PolicyState } from './request.ts';
import { factsOf, weigh } from './weigh.ts';

export interface DecideOptions {
  /** Whether there is a person to ask: where no rule matched, ANOMALY if so, DENY if not. */
  readonly askable: boolean;
}

/** Decides about one claim (design §8). The same arguments give the same decision, whatever the order of the rules. */
export const decide = (
  policy: CompiledPolicy,
  request: PolicyRequest,
  state: PolicyState,
  { askable }: DecideOptions,
): Decision => weigh(policy, factsOf(policy, request, state), askable);
