import type { Test } from './facts.ts';
import { truthOf } from './kleene.ts';

/**
 * Whether a rule is about the claim that is asked for. A permit is about the claims it names and what is nested in
 * them. A rule that restricts is about what holds one of them, too: who must not learn the street must not learn the
 * whole address.
 */
export function claimsTest(names: readonly string[], restricts: boolean): Test {
  const met = new Set([...names, ...(restricts ? names.flatMap(stepsAbove) : [])]);
  const [only] = names;
  if (met.size === 1 && only !== undefined) return oneClaimTest(only);
  const named = new Set(names);
  return ({ request }) => {
    const claim = request.resource.id;
    return truthOf(met.has(claim) || isNested(claim, named));
  };
}

function oneClaimTest(name: string): Test {
  const within = `${name}.`;
  return ({ request }) => {
    const claim = request.resource.id;
    return truthOf(claim === name || claim.startsWith(within));
  };
}

function isNested(claim: string, named: ReadonlySet<string>): boolean {
  for (let dot = claim.indexOf('.'); dot >= 0; dot = claim.indexOf('.', dot + 1)) {
    if (named.has(claim.slice(0, dot))) return true;
  }
  return false;
}

/** `a.b.c` is within `a` and `a.b`. */
export function stepsAbove(name: string): string[] {
  const steps = name.split('.');
  return steps.slice(1).map((_, index) => steps.slice(0, index + 1).join('.'));
}
