import type { Arrival } from '../../messaging/page-hub.ts';
import type { PageRequest } from '../../requests/index.ts';
import { closeConsent } from './close.ts';
import type { Services } from '../services.ts';

/**
 * A call of a page came in: it is answered or refused without the person where they said so before. Else it gets the
 * consent window, if the person had just touched the page; without that it waits on the toolbar's badge. After a
 * restart of the worker an open window stays as it is; and one that showed the request and is gone was closed.
 */
export async function requestArrived(
  services: Services,
  request: PageRequest,
  { kind, active }: Arrival,
): Promise<void> {
  if (kind === 'joined') services.desk.forgetOne(request.id);
  if ((await services.desk.consider(services, request)) !== 'ask') return;
  if (kind === 'known') {
    if (await services.isConsentOpen()) return;
    if (request.seen === true) {
      await closeConsent(services);
      return;
    }
  }
  if (active) await services.showConsent();
}
