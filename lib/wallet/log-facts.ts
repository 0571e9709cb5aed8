import type { AuditEntry, AuditLog } from '../audit/index.ts';
import { toBase64 } from '../core/index.ts';
import type { BackupCheckpoint } from '../vault/index.ts';

/** A checkpoint of the log, and its signed text. */
export interface SignedCheckpoint {
  readonly checkpoint: BackupCheckpoint;
  readonly text: string;
}

export async function checkpointOf(log: AuditLog, now: number): Promise<SignedCheckpoint> {
  const checkpoint = { size: await log.count(), root: toBase64(await log.vault.logHead()), time: now };
  return { checkpoint, text: '' };
}

const PAGE = 200;

/** Entries of these kinds, newest first, back to the entry of number `from`. */
export async function* entriesOf(log: AuditLog, kinds: readonly string[], from = 0): AsyncGenerator<AuditEntry> {
  let before = await log.count();
  while (before > from) {
    const entries = await log.page({ before, limit: Math.min(PAGE, before - from) });
    for (const entry of entries) if (kinds.includes(entry.kind)) yield entry;
    before -= Math.max(1, entries.length);
  }
}
