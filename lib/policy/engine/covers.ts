/** Whether a claim's name in a rule is about `claim`: the same, or nested in it (`address` covers `address.locality`). */
export const covers = (name: string, claim: string): boolean =>
  claim === name || (claim.length > name.length && claim.charCodeAt(name.length) === DOT && claim.startsWith(name));

const DOT = 46;
const NONE: readonly string[] = [];

/** The names that hold a claim: `a` and `a.b` hold `a.b.c`. */
export function holdersOf(claim: string): readonly string[] {
  if (!claim.includes('.')) return NONE;
  const steps = claim.split('.');
  return steps.slice(1).map((_, index) => steps.slice(0, index + 1).join('.'));
}
