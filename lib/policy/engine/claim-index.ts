import type { CompiledRule } from './compiled-rule.ts';

const NONE: readonly CompiledRule[] = [];

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

  /** Calls `look` with rules that name the claim or what holds it: of each name those with the smallest ids. */
  each(claim: string, holders: readonly string[], most: number, look: (rule: CompiledRule) => void): void {
    this.#few(claim, most, look);
    for (const name of holders) this.#few(name, most, look);
  }

  #few(name: string, most: number, look: (rule: CompiledRule) => void): void {
    const rules = this.#rules.get(name) ?? NONE;
    for (let place = 0; place < most; place += 1) {
      const rule = rules[place];
      if (rule === undefined) return;
      look(rule);
    }
  }
}
