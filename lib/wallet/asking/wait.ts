import type { Waiting } from '../../messaging/contract.ts';
import { askerOf, isOwnRequest } from '../../requests/index.ts';
import type { PageRequest } from '../../requests/index.ts';
import { viewAuthority } from '../spending/accept-authority.ts';
import { viewAgentCall } from '../agents/asked-call.ts';
import { viewAsker } from '../agents/view.ts';
import { viewCapability } from '../spending/capability-view.ts';
import { linkAnswerOf } from '../links/link-request.ts';
import { offeredBy } from '../receiving/offer-kind.ts';
import { viewOffer } from '../receiving/offer-view.ts';
import { isDigital } from './other-wallet.ts';
import type { Outbox } from '../links/outbox.ts';
import { viewProof } from '../proving/prove.ts';
import { viewRecord } from '../holding/remember.ts';
import type { Services } from '../services.ts';
import { viewReceiptWaiting } from '../spending/take-receipt.ts';

/**
 * What the person is asked now: the first request that waits and that nothing they said answers or refuses without
 * them, with its place in the queue; empty when none does.
 */
export async function listWaiting(services: Services, outbox: Outbox): Promise<readonly Waiting[]> {
  for (const request of services.queue.list()) {
    if ((await services.desk.consider(services, request)) !== 'ask') continue;
    if (services.queue.get(request.id)?.state.phase === 'waiting')
      return [await viewWaiting(services, outbox, request)];
  }
  return [];
}

async function viewWaiting(services: Services, outbox: Outbox, request: PageRequest): Promise<Waiting> {
  const { id, origin, askedAt, expiresAt } = request;
  const waiting = services.queue.list();
  const ofThisSite = waiting.filter((other) => askerOf(other) === askerOf(request)).length;
  const agent = await viewAsker(services, request);
  const base = {
    ...{ requestId: id, origin, askedAt, expiresAt, position: 1, total: waiting.length, ofThisSite },
    ...(agent === undefined ? {} : { agent }),
  };
  switch (request.method) {
    case 'requestProof':
    case 'digitalGet':
      return { ...base, ...(await viewProof(services, request)) };
    case 'presentLink': {
      const answer = linkAnswerOf(request);
      return {
        ...base,
        ...(answer === undefined ? await viewProof(services, request) : outbox.view(services, request, answer)),
      };
    }
    case 'offerCredential':
    case 'digitalCreate':
      return { ...base, ...(await viewOffered(services, request)) };
    case 'requestCapability':
      return { ...base, ...(await viewCapability(services, request)) };
    case 'openRecord':
      return { ...base, ...(await viewRecord(services, request)) };
    case 'agentCall':
      return { ...base, ...(await viewAgentCall(services, request)) };
  }
}

async function viewCredentialOffer(services: Services, request: PageRequest) {
  return {
    ...(await viewOffer(services, request)),
    ...(isDigital(request) ? { otherWallet: true } : {}),
    ...(isOwnRequest(request) ? ({ by: 'link' } as const) : {}),
  };
}

function viewOffered(services: Services, request: PageRequest) {
  switch (offeredBy(request).kind) {
    case 'credential':
      return viewCredentialOffer(services, request);
    case 'authority':
      return viewAuthority(services, request);
    case 'revocation':
    case 'receipt':
      return viewReceiptWaiting(services);
  }
}
