import { assertField } from '../../core/index.ts';
import { postAnswer } from '../../protocols/index.ts';
import { requestInLink } from './link-request.ts';
import type { Services } from '../services.ts';

/**
 * Tells whoever is behind a link that the person says no (OpenID4VP 1.0 §8.5, `access_denied`). Only where the person
 * wants that: silence is the same for a link that nobody opened, nobody could answer or nobody would, and nobody has a
 * right to know which. The request waits on when it could not be said.
 * @throws SignetError bad_request where no link is behind the request; network, issuer_refused
 */
export async function tellDenial({ queue, fetchJson }: Services, requestId: string): Promise<void> {
  const request = queue.get(requestId);
  if (request?.state.phase !== 'waiting') return; // answered, or gone: there is nothing left to deny
  assertField(request.method === 'presentLink', 'tell', 'Only a request by a link is answered in this way.');
  await postAnswer(requestInLink(request).read.params, { error: 'access_denied' }, { fetchJson });
}
