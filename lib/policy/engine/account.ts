import { type Fault, faultsOf, READERS } from './attribute-reader.ts';
import type { AttributeName } from './attribute-schema.ts';
import type { CompiledRule } from './compiled-rule.ts';
import type { RuleTrace } from './decision.ts';
import type { DutyName } from './duty.ts';
import type { Facts } from './facts.ts';
import { NO, type Truth, UNKNOWN } from './kleene.ts';
import type { Part, Witness } from './part.ts';
import { sortedPush } from './sorted-push.ts';
import type { Watcher } from './weigh.ts';

type Because = NonNullable<RuleTrace['because']>;

/** Writes down how each rule met one request. */
export class Account implements Watcher, Witness {
  readonly #facts: Facts;
  readonly #met: RuleTrace[] = [];
  readonly #near: RuleTrace[] = [];
  #missing: Set<string> | undefined;
  /** Of the rule that is being looked at. */
  #failing = 0;
  #missed = false;
  #first: Part | undefined;
  #firstTruth: Truth = NO;
  #unknown: Part[] | undefined;
  #failure: string | undefined;
  #lacking: DutyName | typeof UNKNOWN | undefined;

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  begins(): Witness {
    this.#failing = 0;
    this.#missed = false;
    this.#first = undefined;
    this.#unknown = undefined;
    this.#failure = undefined;
    this.#lacking = undefined;
    return this;
  }

  saw(part: Part, truth: Truth, { failure }: Facts): boolean {
    this.#failing += 1;
    if (truth === NO) this.#missed = true;
    else {
      this.#failure ??= failure;
      if (this.#unknown === undefined) this.#unknown = [part];
      else this.#unknown.push(part);
    }
    if (this.#first === undefined) {
      this.#first = part;
      this.#firstTruth = truth;
    }
    return this.#missed && this.#failing > 1;
  }

  lacks(duty: DutyName | typeof UNKNOWN, { failure }: Facts): void {
    this.#lacking = duty;
    this.#failure = failure;
  }

  ends(rule: CompiledRule, outcome: RuleTrace['outcome']): void {
    if (!this.#missed && this.#unknown !== undefined) this.#noteMissing(this.#unknown);
    if (outcome === 'missed' && this.#failing > 1) return;
    sortedPush(outcome === 'missed' ? this.#near : this.#met, traceOf(rule, outcome, this.#because()), byId);
  }

  /** A rule about somebody else that holds in all else. */
  addOther(rule: CompiledRule): void {
    const told = this.#near.some((near) => near.rule === rule.rule.id);
    if (!told) sortedPush(this.#near, traceOf(rule, 'missed', ELSEWHERE), byId);
  }

  /** What matched or could not be told, then near misses, each by id. */
  get trace(): readonly RuleTrace[] {
    return this.#near.length === 0 ? this.#met : this.#met.concat(this.#near);
  }

  /** Names of attributes, sorted. */
  get missing(): readonly string[] {
    return this.#missing === undefined ? [] : [...this.#missing].sort();
  }

  #noteMissing(parts: readonly Part[]): void {
    for (const fault of parts.flatMap(({ attributes }) => this.#faultsOf(attributes))) {
      if (fault.part === 'missing') (this.#missing ??= new Set()).add(fault.attribute);
    }
  }

  #because(): Because | undefined {
    const lacking = this.#lacking;
    if (lacking !== undefined) {
      return lacking === UNKNOWN ? this.#failed() : { part: 'obligation', obligation: lacking };
    }
    if (this.#first === undefined) return undefined;
    return this.#firstTruth === NO ? whyNot(this.#first, this.#facts) : this.#whyUnknown(this.#first);
  }

  #whyUnknown({ attributes }: Part): Because {
    return this.#faultsOf(attributes)[0] ?? this.#failed();
  }

  #failed(): Because {
    return { part: 'failed', message: this.#failure ?? 'What this rule asks for is not known.' };
  }

  /** An attribute that cannot even be read is what failed. */
  #faultsOf(attributes: readonly AttributeName[]): readonly Fault[] {
    try {
      return faultsOf(attributes, this.#facts);
    } catch {
      return [];
    }
  }
}

function traceOf({ rule }: CompiledRule, outcome: RuleTrace['outcome'], because: Because | undefined): RuleTrace {
  const { id, effect } = rule;
  return because === undefined ? { rule: id, effect, outcome } : { rule: id, effect, outcome, because };
}

const byId = (trace: RuleTrace, other: RuleTrace): boolean => trace.rule < other.rule;

const ELSEWHERE = { part: 'subject' } as const;

function whyNot(part: Part, facts: Facts): Because {
  if (part.name !== 'condition') return { part: part.name };
  const { condition } = part;
  if (!('attribute' in condition)) return { part: 'condition', condition };
  const found = READERS[condition.attribute as AttributeName](facts); // readRule took it from the schema
  return { part: 'condition', condition, found };
}
