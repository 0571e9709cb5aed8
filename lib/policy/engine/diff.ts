import type { PolicySet, Rule } from './rule.ts';

export interface PolicyDifference {
  readonly added: readonly Rule[];
  readonly removed: readonly Rule[];
  readonly changed: readonly { readonly before: Rule; readonly after: Rule }[];
  /** Roles of subjects or least roles of claims differ. */
  readonly roles: boolean;
}

/** What becomes of `before` where `after` takes its place; each list sorted by id. */
export function diffPolicies(before: PolicySet, after: PolicySet): PolicyDifference {
  throw new Error(`not yet ${before.v} ${after.v}`);
}
