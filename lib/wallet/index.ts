/**
 * What the wallet does for its person, one story a file: `asking` (a request from its coming in to its end), `judging`
 * (what the rules say of it), `proving`, `links`, `receiving`, `holding`, `spending`, `trust`, `rules`, `log`, and the
 * vault's own `life`. `routes.ts` names them for our own pages.
 */
export { AgentDesk } from './agents/agent-desk.ts';
export type { HostEvents, HostPort } from './agents/agent-desk.ts';
export type { AgentDoor } from './agents/door.ts';
export { admitCall } from './asking/admit.ts';
export { requestArrived } from './asking/arrive.ts';
export { closeConsent } from './asking/close.ts';
export { RequestDesk } from './asking/consider.ts';
export { IssuanceDesk } from './receiving/issuance-desk.ts';
export { walletJournal } from './log/journal.ts';
export { endedDraft, logOutcome } from './asking/log-outcome.ts';
export { askDue, nextPromiseAt } from './receiving/promises.ts';
export { forgetLost } from './holding/remember.ts';
export { createOwnHandlers } from './routes.ts';
export type { Consideration, Services } from './services.ts';
export { disconnectSite, sitePermissions } from './rules/site-permits.ts';
export { takeOverLog } from './rules/sites.ts';
export { lockVault } from './life/unlock.ts';
