import type { Json } from '../../core/index.ts';
import type { PageRequest } from '../../requests/index.ts';

/** What an agent asked that waits for the person and is neither a proof nor a token. */
export type AskedCall =
  | { readonly tool: 'query'; readonly query: string; readonly why?: string | undefined }
  | { readonly tool: 'store_data'; readonly label: string; readonly tier: 1 | 2 | 3; readonly value: string };

/** As the queue keeps it: sealed like every request. */
export function callParams(call: AskedCall): Json {
  if (call.tool === 'store_data') return { ...call };
  const { tool, query, why } = call;
  return { tool, query, ...(why === undefined ? {} : { why }) };
}

export const askedCallOf = ({ params }: Pick<PageRequest, 'params'>): AskedCall => params as unknown as AskedCall; // only `callParams` made them
