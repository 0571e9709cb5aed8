import { holdersOf } from './covers.ts';
import type { Test } from './facts.ts';
import { truthOf } from './kleene.ts';

/**
 * Whether a rule is about the claim that is asked for. A permit is about the claims it names and what is nested in
 * them. A rule that restricts is about what holds one of them, too: who must not learn the street must not learn the
 * whole address.
 */
export function claimsTest(names: readonly string[], restricts: boolean): Test {
  const met = [...new Set([...names, ...(restricts ? names.flatMap(holdersOf) : [])])];
  const isMet = memberOf(met);
  const isNamed = memberOf(names);
  return ({ request, holders }) => truthOf(isMet(request.resource.id) || (holders.length > 0 && holders.some(isNamed)));
}

/** A few names are compared faster than they are looked up. */
const FEW = 4;

function memberOf(names: readonly string[]): (name: string) => boolean {
  const [only] = names;
  if (names.length === 1) return (name) => name === only;
  if (names.length <= FEW) return (name) => names.includes(name);
  const set = new Set(names);
  return (name) => set.has(name);
}
