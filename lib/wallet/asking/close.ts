import { SignetError } from '../../core/index.ts';
import { denyRequest } from './deny.ts';
import type { Services } from '../services.ts';

/**
 * The consent window was closed: what it showed is denied. What came in meanwhile and was not seen yet gets a window
 * of its own, if somebody had just touched its page.
 */
export async function closeConsent(services: Services): Promise<void> {
  const seen = services.queue.list().filter(({ seen }) => seen === true);
  const denials: PromiseSettledResult<void>[] = [];
  for (const { id } of seen) denials.push(...(await Promise.allSettled([denyRequest(services, id)])));
  if (services.queue.list().some(({ active }) => active)) await services.showConsent();
  const failed = denials.find((denial) => denial.status === 'rejected');
  if (failed !== undefined) throw SignetError.from(failed.reason);
}
