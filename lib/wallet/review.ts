import type { AuditEntryView } from '../messaging/contract.ts';
import { openLog } from './open-log.ts';
import type { Services } from './services.ts';

/** What happened in the vault, newest first. @throws SignetError locked */
export async function reviewActivity(
  services: Services,
  page: { before?: number; limit: number },
): Promise<{ entries: readonly AuditEntryView[]; total: number }> {
  const log = await openLog(services);
  const entries = await log.page(page);
  return {
    entries: entries.map(({ seq, time, kind, subject, claims, decision }) => ({
      seq,
      time,
      kind,
      subject,
      claims,
      decision,
    })),
    total: await log.count(),
  };
}
