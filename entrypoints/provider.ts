import type { UnlistedScriptDefinition } from 'wxt';
import { installProvider } from '../lib/provider/install-provider.ts';

/** Written out: each byte of defineUnlistedScript would be paid on every page. */
export default { main: installProvider } satisfies UnlistedScriptDefinition;
