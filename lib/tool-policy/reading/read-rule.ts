import * as v from 'valibot';
import type { Json } from '../../core/index.ts';
import { SignetError, isJsonObject } from '../../core/index.ts';
import { isCheckName } from '../check-name.ts';
import { parseCondition } from '../conditions/parse-condition.ts';
import { parsePattern } from '../regex/index.ts';
import type { ToolRule } from '../tool-rule.ts';
import { ENSURE_TIMEOUT, GATE_WITHIN } from '../tool-rule.ts';
import { messageOf, ruleSchema } from './policy-schema.ts';
import type { Mend } from './problem.ts';
import type { Path } from './yaml-text.ts';

/** What is wrong with a rule: the path is within it. */
export interface RuleFault {
  readonly path: Path;
  readonly message: string;
  readonly mend?: Mend;
}

export type RuleReading =
  { readonly ok: true; readonly rule: ToolRule } | { readonly ok: false; readonly faults: readonly RuleFault[] };

/** Reads one rule whole: its form, and that its expressions, conditions and names are good. @param place its number */
export function readRule(value: Json, place: number): RuleReading {
  const form = v.safeParse(ruleSchema, value);
  if (!form.success) return { ok: false, faults: form.issues.map((issue) => faultOf(issue, value, place)) };
  const rule = toRule(form.output);
  const faults = [...patternFaults(rule, place), ...conditionFaults(rule), ...lookUpFaults(rule)];
  return faults.length === 0
    ? { ok: true, rule }
    : { ok: false, faults: faults.map((one) => forRule(one, rule.locked)) };
}

/** Nothing is mended in a locked rule by itself. */
const forRule = ({ mend, ...fault }: RuleFault, isLocked: boolean): RuleFault =>
  mend === undefined || isLocked ? fault : { ...fault, mend };

function faultOf(issue: v.BaseIssue<unknown>, value: Json, place: number): RuleFault {
  const path = (issue.path ?? []).map(({ key }) => key as string | number); // JSON has no other keys
  const fault: RuleFault = { path, message: messageOf(issue) };
  const limits = LIMITS.get(path.join('.'));
  const isLocked = isJsonObject(value) && value['locked'] === true;
  if (limits === undefined || typeof issue.input !== 'number' || isLocked) return fault;
  const nearest = Math.min(Math.max(Math.round(issue.input), limits.least), limits.most);
  return { ...fault, mend: { how: 'set', path: ['rules', place, ...path], value: nearest } };
}

interface Limits {
  readonly least: number;
  readonly most: number;
}

const LIMITS: ReadonlyMap<string, Limits> = new Map<string, Limits>([
  ['gate.within', GATE_WITHIN],
  ['ensure.timeout', ENSURE_TIMEOUT],
]);

function toRule({ reason, alternative, gate, ensure, ...rest }: v.InferOutput<typeof ruleSchema>): ToolRule {
  return {
    ...rest,
    ...(reason === undefined ? {} : { reason }),
    ...(alternative === undefined ? {} : { alternative }),
    ...(gate === undefined ? {} : { gate }),
    ...(ensure === undefined ? {} : { ensure }),
  };
}

function patternFaults({ tool_pattern }: ToolRule, rule: number): readonly RuleFault[] {
  const message = problemOf(() => parsePattern(tool_pattern));
  return message === undefined ? [] : [{ path: ['tool_pattern'], message, mend: { how: 'remove_rule', rule } }];
}

function conditionFaults({ conditions }: ToolRule): readonly RuleFault[] {
  return conditions.flatMap((condition, place) => {
    const message = problemOf(() => parseCondition(condition));
    return message === undefined ? [] : [{ path: ['conditions', place], message }];
  });
}

function lookUpFaults({ action, gate, ensure }: ToolRule): readonly RuleFault[] {
  if (action === 'GATE' && gate === undefined) return [{ path: [], message: 'Gate rule missing gate config.' }];
  if (action !== 'ENSURE') return [];
  if (ensure === undefined) return [{ path: [], message: 'Ensure rule missing ensure config.' }];
  if (isCheckName(ensure.check)) return [];
  return [{ path: ['ensure', 'check'], message: 'It must be the name of a file in the folder of checks.' }];
}

function problemOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return SignetError.from(error).message;
  }
}
