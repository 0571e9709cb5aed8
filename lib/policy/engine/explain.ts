import type { CompiledPolicy } from './compile.ts';
import type { DecideOptions } from './decide.ts';
import type { Explanation } from './decision.ts';
import type { PolicyRequest, PolicyState } from './request.ts';

/** The decision that `decide` makes of the same arguments, with what it rests on. */
export function explain(
  policy: CompiledPolicy,
  request: PolicyRequest,
  state: PolicyState,
  options: DecideOptions,
): Explanation {
  throw new Error(`not yet ${policy.hash} ${request.action.name} ${typeof state} ${typeof options}`);
}
