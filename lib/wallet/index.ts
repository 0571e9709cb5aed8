/**
 * What the wallet does for its person, one story a file: `asking` (a request from its coming in to its end), `judging`
 * (what the rules say of it), `proving`, `links`, `receiving`, `holding`, `spending`, `trust`, `rules`, `log`, and the
 * vault's own `life`. `routes.ts` names them for our own pages; the command line takes some of them by themselves.
 */
export { AgentDesk } from './agents/agent-desk.ts';
export type { HostEvents, HostPort } from './agents/agent-desk.ts';
export type { AgentDoor } from './agents/door.ts';
export { ElsewhereDesk } from './elsewhere/elsewhere-desk.ts';
export type { ElsewhereOptions, ShownRequest } from './elsewhere/elsewhere-desk.ts';
export { admitCall } from './asking/admit.ts';
export { requestArrived } from './asking/arrive.ts';
export { closeConsent } from './asking/close.ts';
export { RequestDesk } from './asking/consider.ts';
export { IssuanceDesk } from './receiving/issuance-desk.ts';
export { walletJournal } from './log/journal.ts';
export { endedDraft, logOutcome } from './asking/log-outcome.ts';
export { askDue, nextPromiseAt } from './receiving/promises.ts';
export { createOwnHandlers } from './routes.ts';
export { BackupDesk } from './life/backup.ts';
export { createVault, lockVault, unlockVault } from './life/unlock.ts';
export { LogChecks } from './log/check-log.ts';
export { exportLog, reviewActivity } from './log/review.ts';
export { deleteAttribute, forgetLost, listAttributes, saveAttribute } from './holding/remember.ts';
export { viewCredentials } from './holding/keep.ts';
export { denyOwn } from './asking/deny.ts';
export { admitCapability } from './spending/capability-call.ts';
export { considerCapability } from './spending/consider-capability.ts';
export { listCapabilities } from './spending/capabilities.ts';
export { viewCapability } from './spending/capability-view.ts';
export { allowCapability } from './spending/spend.ts';
export type { Consideration, LifeServices, Services, SpendingServices, VaultServices } from './services.ts';
export type { SpendingPermit } from './rules/permit-spending.ts';
export { endSpendingPermit, listSpendingPermits, permitSpending } from './rules/permit-spending.ts';
export { disconnectSite, sitePermissions } from './rules/site-permits.ts';
export { takeOverLog } from './rules/sites.ts';
