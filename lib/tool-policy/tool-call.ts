import type { Json, JsonObject } from '../core/index.ts';

/** What an agent is about to do. */
export interface ToolCall {
  /** As its host names the tool; may be empty. */
  readonly tool: string;
  readonly input: JsonObject;
}

/** A member of the input itself, never of a prototype. Fields are top-level: a dot in a name is a dot. */
export function fieldOf({ input }: ToolCall, field: string): Json | undefined {
  return Object.hasOwn(input, field) ? input[field] : undefined;
}

/** The text of a field; '' where there is none or it is no text, as the published form has it. */
export function textOf(call: ToolCall, field: string): string {
  const value = fieldOf(call, field);
  return typeof value === 'string' ? value : '';
}
