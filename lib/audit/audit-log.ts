import type { Clock } from '../core/index.ts';
import type { OpenVault, VaultTx } from '../vault/index.ts';
import type { AuditDraft, AuditEntry } from './entry.ts';

/** A transaction that can also say what it did. */
export interface LoggedTx extends VaultTx {
  log(draft: AuditDraft): Promise<AuditEntry>;
}

export type ChainCheck =
  | { readonly ok: true; readonly count: number }
  | { readonly ok: false; readonly seq: number; readonly problem: string };

export declare class AuditLog {
  constructor(vault: OpenVault, options: { clock: Clock; policy?: string });
  transact<T>(work: (tx: LoggedTx) => Promise<T>): Promise<T>;
  page(options: { before?: number; limit: number }): Promise<readonly AuditEntry[]>;
  count(): Promise<number>;
  verifyChain(): Promise<ChainCheck>;
}
