import { ClaimIndex } from './claim-index.ts';
import { compileRule } from './compiled-rule.ts';
import { LeastRoles, type LeastRole } from './least-role.ts';
import { policyHashOf } from './policy-hash.ts';
import { readPolicySet } from './read-policy-set.ts';
import { RoleBook } from './role-of.ts';
import type { PolicySet } from './rule.ts';
import { SubjectIndex } from './subject-index.ts';

export interface CompileOptions {
  /** The least role of a claim where the person changed nothing. Pure: what it said is remembered. */
  readonly leastRole: LeastRole;
}

/** A policy set, ready to decide with. Only `compilePolicy` makes one. */
export interface CompiledPolicy {
  /** In the order in which it is hashed. */
  readonly set: PolicySet;
  /** base64url, as `policyHashOf` gives it. */
  readonly hash: string;
  readonly bySubject: SubjectIndex;
  readonly byClaim: ClaimIndex;
  readonly roles: RoleBook;
  readonly leastRoles: LeastRoles;
}

/**
 * Turns rules into closures and indexes them by subject. Reads the set once more: what cannot be read cannot decide.
 * @throws SignetError bad_request naming the field of the rule
 */
export function compilePolicy(set: PolicySet, { leastRole }: CompileOptions): CompiledPolicy {
  const read = readPolicySet(set);
  const rules = read.rules.map(compileRule);
  return {
    set: read,
    hash: policyHashOf(read),
    bySubject: new SubjectIndex(rules),
    byClaim: new ClaimIndex(rules),
    roles: new RoleBook(read),
    leastRoles: new LeastRoles(read, leastRole),
  };
}
