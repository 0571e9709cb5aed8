import type { PolicySet } from './rule.ts';
import type { ReadOptions } from './read-rule.ts';

/**
 * A policy set in data from outside: rules sorted by id, roles by kind and subject, empty members left out.
 * @throws SignetError bad_request naming the exact field, for two rules of one id too
 */
export function readPolicySet(value: unknown, options: ReadOptions = {}): PolicySet {
  throw new Error(`not yet ${String(value)} ${typeof options}`);
}
