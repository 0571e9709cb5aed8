import type { CompiledPolicy } from './compile.ts';
import type { CompiledRule } from './compiled-rule.ts';
import type { Decision, DecisionReason, Verdict } from './decision.ts';
import { holdersOf } from './covers.ts';
import { confirmedAt, type DutyName, unmetDuty } from './duty.ts';
import { type Facts, hostOfSubject } from './facts.ts';
import { NO, UNKNOWN } from './kleene.ts';
import { meet, type Witness } from './part.ts';
import type { PolicyRequest, PolicyState } from './request.ts';
import { contains } from './role.ts';
import type { Obligations } from './rule.ts';
import { sortedPush } from './sorted-push.ts';

/** Who wants to know how each rule met a request. */
export interface Watcher {
  /** Before a rule is looked at. */
  begins(rule: CompiledRule): Witness;
  /** A permit whose parts all hold: what it lacks. */
  lacks(duty: DutyName | typeof UNKNOWN, facts: Facts): void;
  ends(rule: CompiledRule, outcome: 'matched' | 'missed' | 'indeterminate'): void;
}

/** A request as tests see it. */
export function factsOf({ roles }: CompiledPolicy, request: PolicyRequest, state: PolicyState): Facts {
  const host = hostOfSubject(request);
  const { role, by } = roles.of(request.subject.id, host);
  return { request, state, host, holders: holdersOf(request.resource.id), role, by, failure: undefined };
}

/** Combines the rules of a policy set about one request (design §8). The only place where a verdict comes from. */
export function weigh(policy: CompiledPolicy, facts: Facts, askable: boolean, watcher?: Watcher): Decision {
  const scales = new Scales(facts, watcher);
  policy.bySubject.eachList(facts, watcher !== undefined, (rules) => scales.add(rules));
  return scales.decide(policy, askable);
}

const NO_RULES: readonly string[] = [];
const NO_OBLIGATIONS: Obligations = {};

class Scales {
  readonly #facts: Facts;
  readonly #watcher: Watcher | undefined;
  #matched: string[] | undefined;
  #denied = false;
  #indeterminate = false;
  #asked = false;
  #usable: CompiledRule | undefined;
  #unusable: CompiledRule | undefined;
  #lacking: DutyName | undefined;

  constructor(facts: Facts, watcher: Watcher | undefined) {
    this.#facts = facts;
    this.#watcher = watcher;
  }

  add(rules: readonly CompiledRule[]): void {
    for (const rule of rules) {
      const outcome = meet(rule.parts, this.#facts, this.#watcher?.begins(rule));
      if (outcome === NO) this.#watcher?.ends(rule, 'missed');
      else if (rule.rule.effect === 'permit') this.#addPermit(rule, outcome === UNKNOWN);
      else this.#addRestriction(rule, outcome === UNKNOWN);
    }
  }

  #addRestriction(rule: CompiledRule, unknown: boolean): void {
    this.#note(rule);
    if (unknown) this.#indeterminate = true;
    else if (rule.rule.effect === 'deny') this.#denied = true;
    else this.#asked = true;
    this.#watcher?.ends(rule, unknown ? 'indeterminate' : 'matched');
  }

  #addPermit(rule: CompiledRule, unknown: boolean): void {
    const lacks = unknown ? UNKNOWN : unmetDuty(rule.duties, this.#facts);
    if (lacks !== undefined && !unknown) this.#watcher?.lacks(lacks, this.#facts);
    this.#watcher?.ends(rule, lacks === UNKNOWN ? 'missed' : 'matched');
    if (lacks === UNKNOWN) return;
    this.#note(rule);
    if (lacks === undefined) {
      if (goesBefore(rule, this.#usable)) this.#usable = rule;
    } else if (goesBefore(rule, this.#unusable)) {
      this.#unusable = rule;
      this.#lacking = lacks;
    }
  }

  #note({ rule: { id } }: CompiledRule): void {
    if (this.#matched === undefined) this.#matched = [id];
    else sortedPush(this.#matched, id, isSmaller);
  }

  decide(policy: CompiledPolicy, askable: boolean): Decision {
    if (this.#denied) return this.#say('DENY', 'denied', policy.hash);
    if (this.#indeterminate) return this.#say('ANOMALY', 'indeterminate', policy.hash);
    if (this.#asked) return this.#say('ANOMALY', 'ask_rule', policy.hash);
    if (this.#facts.state.bound !== undefined) return this.#say('ANOMALY', 'bound', policy.hash);
    if (!this.#isRoleEnough(policy)) return this.#say('ANOMALY', 'role', policy.hash);
    if (this.#usable !== undefined) return this.#permit(this.#usable, policy.hash);
    if (this.#lacking !== undefined) {
      return this.#say('ANOMALY', this.#lacking === 'restored' ? 'restored' : 'obligation', policy.hash);
    }
    return this.#say(askable ? 'ANOMALY' : 'DENY', 'no_rule', policy.hash);
  }

  /** What the person saved for exactly this subject and claim settles it, so that nobody is asked twice. */
  #isRoleEnough({ leastRoles }: CompiledPolicy): boolean {
    return this.#usable?.settles === true || contains(this.#facts.role, leastRoles.of(this.#facts.request));
  }

  #say(verdict: Verdict, reason: DecisionReason, policy: string): Decision {
    return { verdict, reason, rules: this.#matched ?? NO_RULES, policy };
  }

  #permit(permit: CompiledRule, policy: string): Decision {
    const { id, obligations = NO_OBLIGATIONS } = permit.rule;
    const expiresAt = endOf(permit, this.#facts);
    return {
      verdict: 'PERMIT',
      reason: 'permitted',
      rules: this.#matched ?? NO_RULES,
      policy,
      permit: expiresAt === undefined ? { rule: id, obligations } : { rule: id, obligations, expiresAt },
    };
  }
}

const isSmaller = (id: string, other: string): boolean => id < other;

/** What was saved for exactly this subject and claim goes first, then the smallest id. */
function goesBefore(rule: CompiledRule, other: CompiledRule | undefined): boolean {
  if (other === undefined) return true;
  return rule.settles === other.settles ? rule.index < other.index : rule.settles;
}

/** When a permit ends by itself: milliseconds since the epoch. */
function endOf({ rule }: CompiledRule, facts: Facts): number | undefined {
  const askAgain = rule.obligations?.ask_again_after;
  if (askAgain === undefined) return rule.until;
  return Math.min(rule.until ?? Number.POSITIVE_INFINITY, confirmedAt(rule, facts) + askAgain * 1000);
}
