import type { ToolInput, ToolName } from '../../../agents/index.ts';
import { beginCheckStatus } from './check-status.ts';
import { beginGetProof } from './get-proof.ts';
import { beginListData } from './list-data.ts';
import { beginNegotiateContext } from './negotiate-context.ts';
import { beginQuery } from './query.ts';
import { beginRequestCapability } from './request-capability.ts';
import { beginStoreData } from './store-data.ts';
import type { Begun, ToolContext } from './tool.ts';

/** How each tool begins: it finds out what a call touches, and changes nothing. */
export const TOOLS: { readonly [N in ToolName]: (context: ToolContext, input: ToolInput<N>) => Promise<Begun> } = {
  store_data: beginStoreData,
  list_data: beginListData,
  get_proof: beginGetProof,
  query: beginQuery,
  request_capability: beginRequestCapability,
  negotiate_context: beginNegotiateContext,
  check_status: beginCheckStatus,
};
