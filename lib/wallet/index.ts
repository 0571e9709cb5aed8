export { admitCall } from './admit.ts';
export { closeConsent } from './close.ts';
export { endedDraft, logOutcome } from './outcome.ts';
export { createOwnHandlers } from './routes.ts';
export type { Services } from './services.ts';
export { lockVault } from './unlock.ts';
