import type { Rule } from './rule.ts';

export interface ReadOptions {
  /** Whether a host is a public suffix: a rule about everybody's sites at once is refused. */
  readonly isPublicSuffix?: (host: string) => boolean;
}

/**
 * A rule in data from outside, rebuilt from the fields that rules have.
 * @param field what errors call it: `rule.when[2].value`
 * @throws SignetError bad_request naming the exact field
 */
export function readRule(value: unknown, field = 'rule', options: ReadOptions = {}): Rule {
  throw new Error(`not yet ${String(value)} ${field} ${typeof options}`);
}
