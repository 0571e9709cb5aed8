import type { CompiledRule } from './compiled-rule.ts';
import type { Facts } from './facts.ts';
import { domainsOf } from './host.ts';
import { NO } from './kleene.ts';

/** Claims whose rules are remembered. */
const MAX_CLAIMS = 512;

const NONE: readonly CompiledRule[] = [];

/**
 * Rules by whom they are about, so that a decision looks at few of them. Only a sieve: whatever it lets through still
 * tests its subject, and what it holds back could not match.
 */
export class SubjectIndex {
  readonly #sites = new Map<string, CompiledRule[]>();
  readonly #agents = new Map<string, CompiledRule[]>();
  readonly #domains = new Map<string, CompiledRule[]>();
  readonly #ofDomains: CompiledRule[] = [];
  readonly #general: CompiledRule[] = [];
  /** Of the general rules those that are about a claim, for claims that were asked for before. */
  readonly #aboutClaim = new Map<string, readonly CompiledRule[]>();

  constructor(rules: readonly CompiledRule[]) {
    for (const rule of rules) this.#add(rule);
  }

  #add(rule: CompiledRule): void {
    const { subject } = rule.rule;
    if ('site' in subject) put(this.#sites, subject.site, rule);
    else if ('agent' in subject) put(this.#agents, subject.agent, rule);
    else if ('domain' in subject) {
      put(this.#domains, subject.domain, rule);
      this.#ofDomains.push(rule);
    } else this.#general.push(rule);
  }

  /**
   * Calls `look` with each list of rules that may be about the subject.
   * @param toTell rules about other claims are to be told of, too
   */
  eachList(facts: Facts, toTell: boolean, look: (rules: readonly CompiledRule[]) => void): void {
    const { subject } = facts.request;
    const { host } = facts;
    look(toTell ? this.#general : this.#generalFor(facts));
    const exact = subject.type === 'site' ? this.#sites : this.#agents;
    look(exact.get(subject.id) ?? NONE);
    if (subject.type !== 'site' || this.#domains.size === 0) return;
    if (host === undefined) look(this.#ofDomains);
    else for (const domain of domainsOf(host)) look(this.#domains.get(domain) ?? NONE);
  }

  /** What a rule says of claims depends on the claim's name alone. */
  #generalFor(facts: Facts): readonly CompiledRule[] {
    const { id } = facts.request.resource;
    const known = this.#aboutClaim.get(id);
    if (known !== undefined) return known;
    if (this.#aboutClaim.size >= MAX_CLAIMS) this.#aboutClaim.clear(); // names come from sites
    const rules = this.#general.filter(({ parts }) => {
      const claims = parts.find(({ name }) => name === 'claims');
      return claims === undefined || claims.test(facts) !== NO;
    });
    this.#aboutClaim.set(id, rules);
    return rules;
  }
}

function put(map: Map<string, CompiledRule[]>, key: string, rule: CompiledRule): void {
  const rules = map.get(key);
  if (rules === undefined) map.set(key, [rule]);
  else rules.push(rule);
}
