import type { AuditEntry, AuditFilter } from '../../audit/index.ts';
import type { AuditEntryView } from '../../messaging/contract.ts';
import { openLog } from './open-log.ts';
import type { VaultServices } from '../services.ts';

/** What happened in the vault, newest first: a page of it, or what one stretch of a search found. */
export interface Activity {
  readonly entries: readonly AuditEntryView[];
  /** How many entries are kept, whether they match or not. */
  readonly total: number;
  readonly next?: number;
}

/** @throws SignetError locked */
export async function reviewActivity(
  services: VaultServices,
  { filter = {}, ...page }: { before?: number; limit: number; filter?: AuditFilter },
): Promise<Activity> {
  const log = await openLog(services);
  const { entries, next } = await log.search(filter, page);
  const found = { entries: entries.map(viewOf), total: await log.kept() };
  return next === undefined ? found : { ...found, next };
}

const viewOf = ({ seq, time, kind, subject, claims, decision, rules, policy }: AuditEntry): AuditEntryView => ({
  seq,
  time,
  kind,
  subject,
  claims,
  decision,
  rules,
  policy,
});

/** One stretch of the log as it leaves. @throws SignetError `locked`, `vault_damaged` */
export async function exportLog(
  services: VaultServices,
  range: { from: number; to?: number },
): Promise<{ text: string; next?: number }> {
  const stretch = await (await openLog(services)).export(range);
  if (range.from === 0) services.announce('audit');
  return stretch;
}

/** One entry as it leaves, with the proof that it is in the log. @throws SignetError `locked`, `not_found` */
export async function exportEntry(services: VaultServices, seq: number): Promise<{ text: string; name: string }> {
  const text = await (await openLog(services)).exportEntry(seq);
  services.announce('audit');
  return { text, name: `signet-entry-${seq}.tlog-proof` };
}

/** Old entries go, down to the end of a block of 256. @throws SignetError `locked`, `not_found`, `read_only` */
export async function pruneLog(services: VaultServices, before: number): Promise<void> {
  await (await openLog(services)).prune(before);
  services.announce('audit');
}
