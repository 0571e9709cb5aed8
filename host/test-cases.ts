import * as v from 'valibot';
import type { Json, JsonObject } from '../lib/core/index.ts';
import { SignetError, isJsonObject } from '../lib/core/index.ts';
import type { Pending, ToolCall, Verdict } from '../lib/tool-policy/index.ts';
import { readYaml } from '../lib/tool-policy/reading/index.ts';

/** A call to try, and what is expected of it. */
export interface TestCase {
  readonly call: ToolCall;
  readonly expect?: Verdict | Pending['verdict'];
  readonly rule?: string;
}

const input = v.optional(
  v.custom<JsonObject>((value) => isJsonObject(value)),
  {},
);
const oneCase = v.strictObject({
  tool: v.string(),
  input,
  expect: v.optional(v.picklist(['ALLOW', 'DENY', 'ASK', 'ENSURE'])),
  rule: v.optional(v.string()),
});
const hookCall = v.object({ tool_name: v.string(), tool_input: input });

/** @param text YAML, or JSON, which is YAML @throws SignetError bad_request when it is no call and no list of cases */
export function readCases(text: string): readonly TestCase[] {
  const { value } = readYaml(text);
  if (!Array.isArray(value)) return [readCall(value)];
  return value.map((one: Json, place) => readCase(one, place));
}

function readCall(value: Json): TestCase {
  const call = v.safeParse(hookCall, value);
  if (!call.success) throw new SignetError('bad_request', 'The file is neither a call nor a list of cases.');
  return { call: { tool: call.output.tool_name, input: call.output.tool_input } };
}

function readCase(value: Json, place: number): TestCase {
  const read = v.safeParse(oneCase, value);
  if (!read.success) {
    const [issue] = read.issues;
    throw new SignetError('bad_request', `Case ${place + 1}: ${v.getDotPath(issue) ?? 'it'}: ${issue.message}`);
  }
  const { tool, input: given, expect, rule } = read.output;
  const call = { tool, input: given };
  return { call, ...(expect === undefined ? {} : { expect }), ...(rule === undefined ? {} : { rule }) };
}
