export type { ChainCheck, LoggedTx } from './audit-log.ts';
export { AuditLog } from './audit-log.ts';
export type { AuditDecision, AuditDraft, AuditEntry, AuditKind } from './entry.ts';
export { EMPTY_POLICY_HASH, entryHash, policyHash } from './entry.ts';
export { INBOX_LIMITS, dropInInbox } from './inbox.ts';
export { auditJournal } from './journal.ts';
