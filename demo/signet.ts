/** What the shop's page imports of the SDK as `/signet.js`. */
export { askWallets, proveHolder, requestCapability } from '../lib/sdk/index.ts';
