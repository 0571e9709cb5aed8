import type { PolicySet } from './rule.ts';

/**
 * The rules as Cedar policies, for people who want to check them with other software. Never permits what Signet does
 * not: what Cedar cannot say is left out where it would permit, and its header says so.
 */
export function toCedar(set: PolicySet): string {
  throw new Error(`not yet ${set.v}`);
}
