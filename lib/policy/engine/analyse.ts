import type { PolicySet } from './rule.ts';

/** Something about the rules that the person may want to tidy up. */
export interface PolicyNote {
  /**
   * `never_fires`: no request can meet it any more. `covered_by_deny`: whatever it is about, a denial is about too.
   * `duplicate`: another rule says the same.
   */
  readonly kind: 'never_fires' | 'covered_by_deny' | 'duplicate';
  readonly rule: string;
  /** The rule that covers it or that it repeats. */
  readonly other?: string;
}

export interface AnalysisFacts {
  /** Milliseconds since the epoch: rules that ended before it never fire. */
  readonly now?: number;
  /** Permits whose uses are used up for everyone that they are about. */
  readonly usedUp?: ReadonlySet<string>;
}

/** What can be said of rules without a request, sorted by rule. Says nothing that is not certain. */
export function analyse(set: PolicySet, facts: AnalysisFacts = {}): readonly PolicyNote[] {
  throw new Error(`not yet ${set.v} ${typeof facts}`);
}
