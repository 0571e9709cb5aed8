import type { JsonObject } from '../../../lib/core/index.ts';
import { SignetError, isJsonObject, parseJson } from '../../../lib/core/index.ts';
import type { Explanation, Memory, ToolRule } from '../../../lib/tool-policy/index.ts';
import {
  ZERO,
  compilePolicy,
  defaultPolicy,
  explain,
  parseDecimal,
  withLockedRules,
} from '../../../lib/tool-policy/index.ts';
import type { PolicyProblem } from '../../../lib/tool-policy/reading/index.ts';
import { describeProblem, readPolicy } from '../../../lib/tool-policy/reading/index.ts';
import type { Draft } from './draft.ts';
import { LONGEST } from './draft.ts';

const LIMITS = { maxLength: LONGEST, maxDepth: 100 } as const;

/** What comes of the fields. */
export interface Judged {
  /** Of the policy, in the order of its lines. */
  readonly problems: readonly PolicyProblem[];
  readonly callProblem: string | undefined;
  readonly spentProblem: string | undefined;
  /** Undefined where there is no call to decide about. */
  readonly explanation: Explanation | undefined;
  /** The rule that decided, as it was written. */
  readonly rule: ToolRule | undefined;
}

/** Decides as `signet eval` does: the policy behind the locked rules, and nothing allowed unasked while it has a mistake. */
export function judge(draft: Draft): Judged {
  const { policy, problems } = readPolicy(draft.policy);
  const [first] = problems;
  const doubt = first === undefined ? undefined : `The policy has a mistake: ${describeProblem(first)}`;
  const compiled = compilePolicy(policy === undefined ? defaultPolicy() : withLockedRules(policy), doubt);
  const input = orProblem(() => inputOf(draft.call));
  const memory = orProblem(() => memoryOf(draft));
  const told = { problems, callProblem: input.problem, spentProblem: memory.problem };
  if (input.value === undefined || memory.value === undefined) {
    return { ...told, explanation: undefined, rule: undefined };
  }
  const explanation = explain(compiled, { tool: draft.call.tool, input: input.value }, memory.value);
  const rule = compiled.policy.rules.find(({ name }) => name === explanation.decision.rule);
  return { ...told, explanation, rule };
}

function inputOf({ as, text }: Draft['call']): JsonObject {
  if (as === 'command') return { command: text };
  if (as === 'path') return { file_path: text };
  const value = parseJson(text, 'The input', LIMITS);
  if (!isJsonObject(value)) throw new SignetError('bad_request', 'The input of a tool is an object: { … }.');
  return value;
}

function memoryOf({ before, spent }: Draft): Memory {
  const actions = before.toLowerCase().split('\n').reverse();
  const sum = spent.trim() === '' ? ZERO : parseDecimal(spent.trim());
  if (sum === undefined) throw new SignetError('bad_request', 'A sum is a plain decimal such as 120 or 12.50.');
  return {
    spent: () => sum,
    hasRecent: (terms, within) =>
      actions.slice(0, within).some((action) => terms.some((term) => action.includes(term.toLowerCase()))),
    hasCredential: () => false,
  };
}

function orProblem<Value>(read: () => Value): { readonly value?: Value; readonly problem: string | undefined } {
  try {
    return { value: read(), problem: undefined };
  } catch (error) {
    return { problem: SignetError.from(error).message };
  }
}
