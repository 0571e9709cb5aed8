import type { VaultReader } from '../../vault/index.ts';
import type { CompiledPolicy, CompileOptions, PolicySet, Rule, Verdict } from '../engine/index.ts';
import { compilePolicy, decide } from '../engine/index.ts';
import type { DecidedClaim } from './decision-facts.ts';
import { recentFacts } from './decision-facts.ts';
import { stateOf } from './state-facts.ts';

/** One decision that turns out otherwise. */
export interface Turned {
  /** Of the entry in the log. */
  readonly seq: number;
  readonly time: number;
  readonly subject: string;
  readonly claim: string;
  /** What the rules of now say without the tried one, and with it. */
  readonly was: Verdict;
  readonly would: Verdict;
}

/** What trying a rule against past decisions shows. */
export interface Simulation {
  /** How many decisions were tried: one for each claim. */
  readonly tried: number;
  /** Those that turn out otherwise with the rule than without it, newest first, at most 50. */
  readonly changed: readonly Turned[];
  /** What all of those that turn out otherwise become. */
  readonly permits: number;
  readonly denies: number;
  readonly asks: number;
}

export interface SimulateOptions extends CompileOptions {
  readonly rule: Rule;
  /** The set in force: where it has a rule of this id, a change of that rule is tried. */
  readonly set: PolicySet;
  /** How many of the last answers, at most 512. */
  readonly last: number;
}

const MAX_SHOWN = 50;

/**
 * Tries a rule against the facts of the last answers, as though it had been in force then.
 * @throws SignetError bad_request where the rule cannot be compiled
 */
export async function simulate(
  reader: VaultReader,
  { rule, set, last, ...options }: SimulateOptions,
): Promise<Simulation> {
  const without = compilePolicy(set, options);
  const rules = [...set.rules.filter(({ id }) => id !== rule.id), sinceEver(rule)];
  const withRule = compilePolicy({ ...set, rules }, options);
  const answers = await recentFacts(reader, last);
  const tried = answers.flatMap(({ seq, time, facts }) =>
    facts.decided.map((decided) => ({ seq, time, ...turn(decided, without, withRule) })),
  );
  const changed = tried.filter(({ was, would }) => was !== would);
  const become = (verdict: Verdict): number => changed.filter(({ would }) => would === verdict).length;
  return {
    tried: tried.length,
    changed: changed.slice(0, MAX_SHOWN),
    permits: become('PERMIT'),
    denies: become('DENY'),
    asks: become('ANOMALY'),
  };
}

/** The rule as though it had always been valid, up to its end. */
function sinceEver(rule: Rule): Rule {
  const { from, ...rest } = rule;
  return from === undefined ? rule : rest;
}

function turn({ request, state, askable }: DecidedClaim, without: CompiledPolicy, withRule: CompiledPolicy) {
  const verdictBy = (policy: CompiledPolicy): Verdict =>
    decide(policy, request, stateOf(state, 'unused'), { askable }).verdict;
  return {
    subject: request.subject.id,
    claim: request.resource.id,
    was: verdictBy(without),
    would: verdictBy(withRule),
  };
}
