import type { AuditEntry, AuditLog, Found } from '../../audit/index.ts';
import { openCheckpoint } from '../../audit/index.ts';
import { toBase64 } from '../../core/index.ts';
import type { BackupCheckpoint } from '../../vault/index.ts';

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

/** Entries of these kinds, newest first, back to the entry of number `from`; those that cannot be read are left out. */
export async function* entriesOf(
  log: AuditLog,
  kinds: readonly string[],
  from = 0,
): AsyncGenerator<AuditEntry, void, undefined> {
  for await (const { entries } of stretchesOf(log, kinds, from)) yield* entries;
}

/** All entries of these kinds, newest first; undefined where the log has entries that cannot be read. */
export async function everyEntryOf(
  log: AuditLog,
  kinds: readonly string[],
): Promise<readonly AuditEntry[] | undefined> {
  const every: AuditEntry[] = [];
  for await (const { entries, damaged } of stretchesOf(log, kinds, 0)) {
    if (damaged) return undefined;
    every.push(...entries);
  }
  return every;
}

async function* stretchesOf(
  log: AuditLog,
  kinds: readonly string[],
  from: number,
): AsyncGenerator<Found, void, undefined> {
  for (let before: number | undefined = Infinity; before !== undefined && before > from;) {
    const limits: { before?: number; limit: number } = before === Infinity ? { limit: PAGE } : { before, limit: PAGE };
    const found = await log.search({ kinds }, limits);
    yield { ...found, entries: found.entries.filter(({ seq }) => seq >= from) };
    before = found.next;
  }
}
