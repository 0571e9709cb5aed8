import type { Clock } from '../core/index.ts';
import type { VaultJournal } from './journal.ts';
import type { KeyValue } from './key-value.ts';
import type { Mark } from './mark.ts';
import type { OpenVault } from './open-vault.ts';
import type { RecoveryReport } from './recovery.ts';
import type { StorageBackend } from './storage-backend.ts';

export type VaultState = 'none' | 'locked' | 'unlocked' | 'damaged';
export type LockReason = 'person' | 'timeout' | 'system';

export interface VaultKeeperOptions {
  readonly backend: StorageBackend;
  readonly local: KeyValue;
  readonly session: KeyValue;
  readonly clock: Clock;
  readonly journal: VaultJournal;
}

export declare class VaultKeeper {
  constructor(options: VaultKeeperOptions);
  state(): Promise<VaultState>;
  create(input: { password: string; mark: Mark }): Promise<{ words: string[] }>;
  restore(input: { phrase: string; password: string; mark: Mark; eraseExisting: boolean }): Promise<void>;
  unlock(password: string): Promise<void>;
  lock(reason: LockReason): Promise<void>;
  resetPassword(input: { phrase: string; password: string }): Promise<void>;
  changePassword(input: { current: string; next: string }): Promise<void>;
  revealPhrase(password: string): Promise<{ words: string[] }>;
  confirmPhrase(): Promise<void>;
  phraseUnconfirmed(): Promise<boolean>;
  erase(): Promise<void>;
  mark(): Promise<Mark | undefined>;
  open(): Promise<OpenVault>;
  /** When another password may be tried; undefined when now. */
  retryAt(): Promise<number | undefined>;
  touch(): Promise<void>;
  autoLockMinutes(): Promise<number>;
  setAutoLockMinutes(minutes: number): Promise<void>;
  /** When the vault locks by itself; undefined while it is locked. */
  deadline(): Promise<number | undefined>;
  /** The key that the audit inbox seals to while locked; undefined without a readable vault. */
  inboxKey(): Promise<Uint8Array<ArrayBuffer> | undefined>;
  recoveryReport(): Promise<RecoveryReport>;
  rawRows(): Promise<string>;
}
