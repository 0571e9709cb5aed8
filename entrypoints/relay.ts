import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';
import { startRelay } from '../lib/messaging/page-relay.ts';

export default defineUnlistedScript(startRelay);
