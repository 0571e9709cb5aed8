/** The tools that an agent has, in the order in which they are listed. */
export const TOOL_NAMES = [
  'store_data',
  'list_data',
  'get_proof',
  'query',
  'request_capability',
  'negotiate_context',
  'check_status',
] as const;

export type ToolName = (typeof TOOL_NAMES)[number];
