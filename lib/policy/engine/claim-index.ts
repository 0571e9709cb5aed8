import { stepsAbove } from './claims-test.ts';
import type { CompiledRule } from './compiled-rule.ts';

/** Rules about particular subjects, by the claims they name: those that would have matched for another subject. */
export class ClaimIndex {
  readonly #rules = new Map<string, CompiledRule[]>();

  constructor(rules: readonly CompiledRule[]) {
    for (const rule of rules) this.#add(rule);
  }

  #add(rule: CompiledRule): void {
    const { claims, subject } = rule.rule;
    if (claims === '*' || !('site' in subject || 'agent' in subject || 'domain' in subject)) return;
    for (const claim of claims) {
      const named = this.#rules.get(claim);
      if (named === undefined) this.#rules.set(claim, [rule]);
      else named.push(rule);
    }
  }

  /** Rules that name the claim or one that holds it, those with the smallest ids first, at most so many of each name. */
  of(claim: string, most: number): readonly CompiledRule[] {
    return [claim, ...stepsAbove(claim)].flatMap((name) => this.#rules.get(name)?.slice(0, most) ?? []);
  }
}
