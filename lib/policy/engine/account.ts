import { type Fault, faultsOf, READERS } from './attribute-reader.ts';
import type { AttributeName } from './attribute-schema.ts';
import type { CompiledRule } from './compiled-rule.ts';
import type { RuleTrace } from './decision.ts';
import type { DutyName } from './duty.ts';
import type { Facts } from './facts.ts';
import { NO, type Truth, UNKNOWN } from './kleene.ts';
import type { Part, Witness } from './part.ts';
import type { Watcher } from './weigh.ts';

type Because = NonNullable<RuleTrace['because']>;

interface Traced {
  readonly index: number;
  readonly trace: RuleTrace;
}

/** Writes down how each rule met one request. */
export class Account implements Watcher, Witness {
  readonly #facts: Facts;
  readonly #met: Traced[] = [];
  readonly #near: Traced[] = [];
  readonly #missing = new Set<string>();
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
    const told = outcome === 'missed' ? this.#near : this.#met;
    told.push({ index: rule.index, trace: traceOf(rule, outcome, this.#because()) });
  }

  /** A rule about somebody else that holds in all else. */
  addOther(rule: CompiledRule): void {
    if (this.#near.some(({ index }) => index === rule.index)) return;
    this.#near.push({ index: rule.index, trace: traceOf(rule, 'missed', { part: 'subject' }) });
  }

  /** What matched or could not be told, then near misses, each by id. */
  get trace(): readonly RuleTrace[] {
    return [...byIndex(this.#met), ...byIndex(this.#near)];
  }

  /** Names of attributes, sorted. */
  get missing(): readonly string[] {
    return this.#missing.size === 0 ? [] : [...this.#missing].sort();
  }

  #noteMissing(parts: readonly Part[]): void {
    for (const fault of parts.flatMap(({ attributes }) => this.#faultsOf(attributes))) {
      if (fault.part === 'missing') this.#missing.add(fault.attribute);
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

const byIndex = (traced: Traced[]): readonly RuleTrace[] =>
  (traced.length > 1 ? traced.sort((a, b) => a.index - b.index) : traced).map(({ trace }) => trace);

function whyNot(part: Part, facts: Facts): Because {
  if (part.name !== 'condition') return { part: part.name };
  const { condition } = part;
  if (!('attribute' in condition)) return { part: 'condition', condition };
  const found = READERS[condition.attribute as AttributeName](facts); // readRule took it from the schema
  return { part: 'condition', condition, found };
}
