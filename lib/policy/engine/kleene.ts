/** The three truth values of Kleene's strong logic: what an absent attribute makes of a test is neither yes nor no. */
export const YES = 1;
export const NO = 0;
export const UNKNOWN = -1;
export type Truth = typeof YES | typeof NO | typeof UNKNOWN;

export const not = (truth: Truth): Truth => (truth === UNKNOWN ? UNKNOWN : truth === YES ? NO : YES);

export const truthOf = (holds: boolean): Truth => (holds ? YES : NO);

/** What a test makes of the facts of one case. */
type TruthTest<Facts> = (facts: Facts) => Truth;

export const notTest =
  <Facts>(test: TruthTest<Facts>): TruthTest<Facts> =>
  (facts) =>
    not(test(facts));

/** All of them, in order: the first that does not hold ends it. */
export function allTest<Facts>(tests: readonly TruthTest<Facts>[]): TruthTest<Facts> {
  return (facts) => {
    let outcome: Truth = YES;
    for (const test of tests) {
      const found = test(facts);
      if (found === NO) return NO;
      if (found === UNKNOWN) outcome = UNKNOWN;
    }
    return outcome;
  };
}

/** Any of them, in order: the first that holds ends it. */
export function anyTest<Facts>(tests: readonly TruthTest<Facts>[]): TruthTest<Facts> {
  return (facts) => {
    let outcome: Truth = NO;
    for (const test of tests) {
      const found = test(facts);
      if (found === YES) return YES;
      if (found === UNKNOWN) outcome = UNKNOWN;
    }
    return outcome;
  };
}
