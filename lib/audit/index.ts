export type { ChainCheck, LoggedTx } from './audit-log.ts';
export { AuditLog } from './audit-log.ts';
export type { AuditDraft, AuditKind } from './entry.ts';
export { EMPTY_POLICY_HASH, policyHash } from './entry.ts';
export { INBOX_LIMITS, dropInInbox } from './inbox.ts';
export { auditJournal } from './journal.ts';
export type { AuditDecision, AuditEntry, Checkpoint } from './verifying/index.ts';
export { entryHash, openCheckpoint } from './verifying/index.ts';
