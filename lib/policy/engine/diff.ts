import { canonicalJson } from '../../core/index.ts';
import type { PolicySet, Rule } from './rule.ts';

export interface PolicyDifference {
  readonly added: readonly Rule[];
  readonly removed: readonly Rule[];
  readonly changed: readonly { readonly before: Rule; readonly after: Rule }[];
  /** Roles of subjects or least roles of claims differ. */
  readonly roles: boolean;
}

/** What becomes of `before` where `after` takes its place; each list in the order of the set it is from. */
export function diffPolicies(before: PolicySet, after: PolicySet): PolicyDifference {
  const old = new Map(before.rules.map((rule) => [rule.id, rule]));
  const kept = new Set(after.rules.map(({ id }) => id));
  return {
    added: after.rules.filter(({ id }) => !old.has(id)),
    removed: before.rules.filter(({ id }) => !kept.has(id)),
    changed: after.rules.flatMap((rule) => {
      const earlier = old.get(rule.id);
      return earlier === undefined || same(earlier, rule) ? [] : [{ before: earlier, after: rule }];
    }),
    roles: !same(rolesOf(before), rolesOf(after)),
  };
}

const same = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);

/** Absent and empty are the same. */
const rolesOf = ({ roles = [], claim_roles = {} }: PolicySet) => ({
  roles: roles.map((given) => canonicalJson(given)).sort(),
  claim_roles,
});
