import type { Waiting } from '../messaging/contract.ts';
import type { PageRequest } from '../requests/index.ts';
import { viewProof } from './prove.ts';
import { viewOffer } from './receive.ts';
import { viewRecord } from './remember.ts';
import type { Services } from './services.ts';

/** What the person is asked now: the oldest request that waits, with its place in the queue; empty when none does. */
export async function listWaiting(services: Services): Promise<readonly Waiting[]> {
  const waiting = services.queue.list();
  const [first] = waiting;
  if (first === undefined) return [];
  return [await viewWaiting(services, first, waiting.length)];
}

async function viewWaiting(services: Services, request: PageRequest, total: number): Promise<Waiting> {
  const { id, origin, askedAt, expiresAt } = request;
  const base = { requestId: id, origin, askedAt, expiresAt, position: 1, total };
  switch (request.method) {
    case 'requestProof':
      return { ...base, ...(await viewProof(services, request)) };
    case 'offerCredential':
      return { ...base, ...(await viewOffer(services, request)) };
    case 'openRecord':
      return { ...base, ...(await viewRecord(services, request)) };
  }
}
