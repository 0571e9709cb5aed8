import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import type { ToolName } from '../../lib/agents/index.ts';
import { TOOL_INPUTS } from '../../lib/agents/index.ts';
import type { Json } from '../../lib/core/index.ts';

/** JSON has no numbers that are not finite: nothing to say about it. */
const UNSAID = { ignoreActions: ['finite'] };

/** What a tool takes, for checking and as JSON Schema (2020-12): both from the one source. */
export function toolSchema(tool: ToolName): StandardSchemaWithJSON<Json, Json> {
  const { jsonSchema, ...standard } = toStandardJsonSchema(TOOL_INPUTS[tool])['~standard'];
  // Plain JSON in, the same out: no schema of a tool changes what it reads.
  const checked = standard as unknown as StandardSchemaWithJSON<Json, Json>['~standard'];
  const said: typeof jsonSchema = {
    input: (options) => jsonSchema.input({ ...options, libraryOptions: UNSAID }),
    output: (options) => jsonSchema.output({ ...options, libraryOptions: UNSAID }),
  };
  return { '~standard': { ...checked, jsonSchema: said } };
}
