import { SignetError } from '../../core/index.ts';
import type { Ruled } from '../../notify/index.ts';
import { permittedBy } from '../../notify/index.ts';
import type { PageRequest } from '../../requests/index.ts';
import { denyRequest } from '../asking/deny.ts';
import type { Services } from '../services.ts';
import { ANSWERED, fromElsewhere } from './along.ts';
import { questionOf } from './question.ts';

/** How often another worker over the same vault may be quicker. */
const MAX_TRIES = 20;

/**
 * What became of an answer from elsewhere. `done`: the request has its answer. `over`: it had one, or its time is up.
 * `void`: it asks for something else by now, and the person may be asked anew. `failed`: it is for the window.
 */
export type CarriedOut = 'done' | 'over' | 'void' | 'failed';

/**
 * Makes of a request what the person said elsewhere: a denial as in the window, a yes to exactly what was asked or to a
 * part of it, settled in one transaction with the end of its question.
 * @throws SignetError locked: it can be carried out when the vault is opened in time
 */
export async function carryOut(services: Services, ruled: Ruled): Promise<CarriedOut> {
  for (let tries = 1; ; tries++) {
    const request = services.queue.get(ruled.challenge.requestId);
    if (request?.state.phase !== 'waiting') return 'over';
    try {
      return await carriedOut(services, request, ruled);
    } catch (thrown) {
      const { reason, field } = SignetError.from(thrown);
      if (reason === 'locked') throw thrown;
      if (services.queue.get(request.id)?.state.phase !== 'waiting') return 'over';
      if (field === ANSWERED) return 'over';
      if (reason !== 'changed' || tries === MAX_TRIES) return 'failed'; // else it is looked at once more
    }
  }
}

async function carriedOut(services: Services, request: PageRequest, ruled: Ruled): Promise<CarriedOut> {
  const { ruling } = ruled;
  const along = fromElsewhere(ruled, request);
  if (ruling.decision === 'deny') {
    if (ruling.why === 'late') return 'over';
    await denyRequest(services, request.id, along);
    return 'done';
  }
  const now = services.clock();
  if (now >= request.expiresAt) return 'over';
  const { asked, approve } = await questionOf(services, request);
  const permitted = permittedBy(ruled, asked.scope, now);
  if (permitted === undefined || approve === undefined) return 'void';
  await approve(
    permitted.items.map(({ name }) => name),
    along,
  );
  return 'done';
}
