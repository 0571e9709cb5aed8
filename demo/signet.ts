/** What the shop's page imports of the SDK as `/signet.js`. */
export { proveHolder, requestCapability } from '../lib/sdk/index.ts';
