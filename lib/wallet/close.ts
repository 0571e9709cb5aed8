import { SignetError } from '../core/index.ts';
import { denyRequest } from './outcome.ts';
import type { Services } from './services.ts';

/**
 * The consent window was closed: what it showed is denied. What came in meanwhile and was not seen yet gets a
 * window of its own.
 * @param shown ids of the requests the person saw
 */
export async function closeConsent(services: Services, shown: ReadonlySet<string>): Promise<void> {
  const seen = services.queue.list().filter(({ id }) => shown.has(id));
  const denials = await Promise.allSettled(seen.map(({ id }) => denyRequest(services, id)));
  if (services.queue.list().length > 0) await services.showConsent();
  const failed = denials.find((denial) => denial.status === 'rejected');
  if (failed !== undefined) throw SignetError.from(failed.reason);
}
