import type { AuditEntry, AuditLog } from '../audit/index.ts';
import { openCheckpoint } from '../audit/index.ts';
import { toBase64 } from '../core/index.ts';
import type { BackupCheckpoint } from '../vault/index.ts';

/** Where a log stands, and the text that its key has signed for it. */
export interface SignedCheckpoint {
  readonly checkpoint: BackupCheckpoint;
  /** C2SP tlog-checkpoint. */
  readonly text: string;
}

/** Signs a checkpoint over the log as it stands. Not within a transaction. @throws SignetError `locked`, `storage_failed` */
export async function checkpointOf(log: AuditLog): Promise<SignedCheckpoint> {
  const text = await log.checkpoint();
  const { size, root, time } = openCheckpoint(text, log.verifierKey());
  return { checkpoint: { size, root: toBase64(root), time }, text };
}

const PAGE = 100;

/** Entries of these kinds, newest first, back to the entry of number `from`. */
export async function* entriesOf(
  log: AuditLog,
  kinds: readonly string[],
  from = 0,
): AsyncGenerator<AuditEntry, void, undefined> {
  for (let before: number | undefined = Infinity; before !== undefined && before > from;) {
    const limits: { before?: number; limit: number } = before === Infinity ? { limit: PAGE } : { before, limit: PAGE };
    const { entries, next } = await log.search({ kinds }, limits);
    for (const entry of entries) {
      if (entry.seq < from) return;
      yield entry;
    }
    before = next;
  }
}
