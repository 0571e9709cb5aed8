/** The three truth values of Kleene's strong logic: what an absent attribute makes of a test is neither yes nor no. */
export const YES = 1;
export const NO = 0;
export const UNKNOWN = -1;
export type Truth = typeof YES | typeof NO | typeof UNKNOWN;

export const not = (truth: Truth): Truth => (truth === UNKNOWN ? UNKNOWN : truth === YES ? NO : YES);

export const truthOf = (holds: boolean): Truth => (holds ? YES : NO);
