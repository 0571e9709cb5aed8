import type { OwnResponse } from '../../../../lib/messaging/index.ts';

/** How a pairing stands, and the way to programs on this machine. */
export type Pairing = OwnResponse<'agents.pairing.state'>;
