/** Whether a claim's name in a rule is about `claim`: the same, or nested in it (`address` covers `address.locality`). */
export const covers = (name: string, claim: string): boolean =>
  claim === name || (claim.length > name.length && claim.charCodeAt(name.length) === DOT && claim.startsWith(name));

const DOT = 46;
