import { denyRequest } from './outcome.ts';
import type { Services } from './services.ts';

/**
 * The consent window was closed: what it showed is denied. What came in meanwhile and was not seen yet gets a
 * window of its own.
 * @param shown ids of the requests the person saw
 */
export async function closeConsent(services: Services, shown: ReadonlySet<string>): Promise<void> {
  for (const { id } of services.queue.list()) {
    if (shown.has(id)) await denyRequest(services, id);
  }
  if (services.queue.list().length > 0) await services.showConsent();
}
