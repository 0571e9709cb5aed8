import type { LockedDesk } from '../vault/index.ts';
import type { AuditDraft } from './entry.ts';

/** Keeps an entry while the vault is locked, sealed to the inbox key of `desk`. */
export declare function dropInInbox(desk: LockedDesk, draft: AuditDraft & { time: number }): Promise<void>;
