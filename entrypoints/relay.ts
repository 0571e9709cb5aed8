import type { UnlistedScriptDefinition } from 'wxt';
import { startRelay } from '../lib/messaging/page-relay.ts';

/** Written out: each byte of defineUnlistedScript would be paid on every page. */
export default { main: startRelay } satisfies UnlistedScriptDefinition;
