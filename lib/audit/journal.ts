import type { VaultJournal } from '../vault/index.ts';

/** The vault's journal over the audit log: pass it to VaultKeeper. @param policy hash of the policy set in force */
export declare function auditJournal(policy?: string): VaultJournal;
