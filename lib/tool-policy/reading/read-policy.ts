import * as v from 'valibot';
import { SignetError, isJsonObject } from '../../core/index.ts';
import type { ToolPolicy, ToolRule } from '../tool-rule.ts';
import { fileSchema, messageOf } from './policy-schema.ts';
import type { PolicyProblem } from './problem.ts';
import { describeProblem, fieldAt } from './problem.ts';
import { readRule } from './read-rule.ts';
import type { Path, YamlText } from './yaml-text.ts';
import { readYaml } from './yaml-text.ts';

export interface PolicyReading {
  /** What is good in the file; undefined where it is no policy at all. */
  readonly policy: ToolPolicy | undefined;
  /** In the order of the file. */
  readonly problems: readonly PolicyProblem[];
  /** Undefined where it is no YAML. */
  readonly yaml: YamlText | undefined;
}

/** Reads a policy file, and finds everything that is wrong with it. Never throws. */
export function readPolicy(text: string): PolicyReading {
  let yaml: YamlText;
  try {
    yaml = readYaml(text);
  } catch (error) {
    return { policy: undefined, problems: [ofFile(SignetError.from(error).message)], yaml: undefined };
  }
  return { ...readFile(yaml), yaml };
}

/**
 * A policy from its file, whole or not at all.
 * @throws SignetError bad_request saying where each problem is
 */
export function loadPolicy(text: string): ToolPolicy {
  const { policy, problems } = readPolicy(text);
  if (policy !== undefined && problems.length === 0) return policy;
  throw new SignetError('bad_request', problems.map(describeProblem).join('\n'), { field: problems[0]?.field ?? '' });
}

function ofFile(message: string): PolicyProblem {
  const [, line, column, rest] = /^line (\d+), column (\d+): ([^]*)$/.exec(message) ?? [];
  return { place: { line: Number(line ?? 1), column: Number(column ?? 1) }, field: 'file', message: rest ?? message };
}

function readFile(yaml: YamlText): Pick<PolicyReading, 'policy' | 'problems'> {
  if (!isJsonObject(yaml.value)) {
    const message = 'A policy is a map with version, default_action and rules.';
    return { policy: undefined, problems: [{ place: yaml.placeOf([]), field: 'file', message }] };
  }
  const form = v.safeParse(fileSchema, yaml.value);
  if (!form.success) return { policy: undefined, problems: form.issues.map((issue) => formProblem(issue, yaml)) };
  const rules: ToolRule[] = [];
  const problems: PolicyProblem[] = [];
  for (const [place, value] of form.output.rules.entries()) {
    const reading = readRule(value as Parameters<typeof readRule>[0], place); // YAML was read as JSON
    if (reading.ok) rules.push(reading.rule);
    else problems.push(...reading.faults.map((fault) => ruleProblem(fault, place, value, yaml)));
  }
  const { version, default_action } = form.output;
  return { policy: { version, default_action, rules }, problems };
}

function formProblem(issue: v.BaseIssue<unknown>, yaml: YamlText): PolicyProblem {
  const path = (issue.path ?? []).map(({ key }) => key as string | number); // JSON has no other keys
  return { place: yaml.placeOf(path), field: fieldAt(path), message: messageOf(issue) };
}

type Fault = Extract<ReturnType<typeof readRule>, { readonly ok: false }>['faults'][number];

function ruleProblem(fault: Fault, place: number, value: unknown, yaml: YamlText): PolicyProblem {
  const path: Path = ['rules', place, ...fault.path];
  const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : undefined;
  return {
    place: yaml.placeOf(path),
    ...(typeof name === 'string' ? { rule: name } : {}),
    field: fieldAt(path),
    message: fault.message,
    ...(fault.mend === undefined ? {} : { mend: fault.mend }),
  };
}
