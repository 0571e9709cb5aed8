import type { Condition } from './conditions/condition.ts';
import { allTest } from '../policy/engine/index.ts';
import { compileCondition } from './conditions/compile-condition.ts';
import type { Test } from './conditions/facts.ts';
import { parseCondition } from './conditions/parse-condition.ts';
import { Searches } from './conditions/search.ts';
import type { Pattern } from './regex/index.ts';
import { Matcher, parsePattern } from './regex/index.ts';
import type { DefaultAction, ToolPolicy, ToolRule } from './tool-rule.ts';

/** A rule as closures. */
export interface CompiledRule {
  readonly rule: ToolRule;
  /** All of its conditions. */
  readonly test: Test;
  /** What it asks of the vault: names of credentials. */
  readonly credentials: readonly string[];
  isAbout(tool: string): boolean;
}

/** A policy as closures, made once. */
export interface CompiledPolicy {
  readonly policy: ToolPolicy;
  readonly defaultAction: DefaultAction;
  /** Why nothing is allowed unasked: the file is not what it was written to be. */
  readonly doubt: string | undefined;
  /** The fields that amounts are spent by. */
  readonly amountFields: ReadonlySet<string>;
  /** In order. */
  rulesAbout(tool: string): readonly CompiledRule[];
}

const MAX_TOOLS = 256;

/**
 * @param doubt why nothing may be allowed unasked, where the policy stands for one that could not be read whole
 * @throws SignetError bad_request when a pattern or condition cannot be read; `loadPolicy` lets none of these through
 */
export function compilePolicy(policy: ToolPolicy, doubt?: string): CompiledPolicy {
  const searches = new Searches();
  const amountFields = new Set(['amount']);
  const read = new ReadOnce();
  const rules = policy.rules.map((rule) => compileRule(rule, searches, amountFields, read));
  const byTool = new Map<string, readonly CompiledRule[]>();
  return {
    policy,
    defaultAction: policy.default_action,
    doubt,
    amountFields,
    rulesAbout(tool) {
      const known = byTool.get(tool);
      if (known !== undefined) return known;
      if (byTool.size >= MAX_TOOLS) byTool.clear(); // names come from outside
      const about = rules.filter((rule) => rule.isAbout(tool));
      byTool.set(tool, about);
      return about;
    },
  };
}

/** Many rules are about the same tools, and look for the same in several fields. */
class ReadOnce {
  readonly #patterns = new Map<string, Pattern>();
  readonly #tools = new Map<string, Matcher>();

  readonly pattern = (source: string): Pattern => {
    const pattern = this.#patterns.get(source) ?? parsePattern(source);
    this.#patterns.set(source, pattern);
    return pattern;
  };

  tools(source: string): Matcher {
    const matcher = this.#tools.get(source) ?? new Matcher(this.pattern(source));
    this.#tools.set(source, matcher);
    return matcher;
  }
}

function compileRule(rule: ToolRule, searches: Searches, amountFields: Set<string>, read: ReadOnce): CompiledRule {
  const reach = rule.action === 'ALLOW' ? 'exact' : 'wide';
  const conditions = rule.conditions.map((condition) => parseCondition(condition, read.pattern));
  for (const condition of conditions) collectAmounts(condition, amountFields);
  const tests = conditions.map((condition) => compileCondition(condition, reach, searches));
  const tools = read.tools(rule.tool_pattern);
  const credentials = conditions.flatMap(credentialsIn);
  return { rule, test: allTest(tests), credentials, isAbout: (tool) => tools.isIn(tool) };
}

function credentialsIn(condition: Condition): readonly string[] {
  if (condition.is === 'not') return credentialsIn(condition.of);
  if (condition.is === 'or') return condition.of.flatMap(credentialsIn);
  return condition.is === 'credential' ? [condition.name] : [];
}

function collectAmounts(condition: Condition, fields: Set<string>): void {
  if (condition.is === 'not') collectAmounts(condition.of, fields);
  else if (condition.is === 'or') for (const one of condition.of) collectAmounts(one, fields);
  else if (condition.is === 'would_spend') fields.add(condition.field);
}
