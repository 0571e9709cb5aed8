import type { Role } from './role.ts';
import type { PolicySet } from './rule.ts';

export interface CompileOptions {
  /** The least role of a claim where the person changed nothing. @param tier 1 to 3, if known */
  readonly leastRole: (claim: string, tier: number | undefined) => Role;
}

/** A policy set, ready to decide with. */
export interface CompiledPolicy {
  readonly set: PolicySet;
  /** base64url, as `policyHashOf` gives it. */
  readonly hash: string;
}

/** Turns rules into closures and indexes them by subject. @throws SignetError bad_request naming the rule */
export function compilePolicy(set: PolicySet, options: CompileOptions): CompiledPolicy {
  throw new Error(`not yet ${set.v} ${typeof options}`);
}
