import type { ToolInput } from '../../../agents/index.ts';
import type { Json } from '../../../core/index.ts';
import type { PageRequest } from '../../../requests/index.ts';
import { proofResult } from './get-proof.ts';
import { takenEffect } from './put-before.ts';
import { capabilityResult } from './request-capability.ts';
import type { Begun, Effect, ToolContext } from './tool.ts';
import { NOT_GRANTED, PERMITTED, neverAsks } from './tool.ts';

/** How long an answer is waited for, in milliseconds. */
export const LONGEST_POLL = 25_000;

/**
 * What came of a request of this very agent. One that it does not have looks like one whose time is over: denied. Waits for
 * the person a while; an answer is handed over once.
 */
export function beginCheckStatus(context: ToolContext, { request_id: id }: ToolInput<'check_status'>): Promise<Begun> {
  return Promise.resolve({
    names: [],
    tiers: [],
    decide: () => Promise.resolve(PERMITTED),
    perform: () => statusOf(context, id),
    ask: neverAsks,
  });
}

async function statusOf(context: ToolContext, id: string): Promise<Effect> {
  const { services, principal, waitFor } = context;
  const own = (): PageRequest | undefined => {
    const request = services.queue.get(id);
    return request?.agent === principal.id ? request : undefined;
  };
  if (own()?.state.phase === 'waiting') await waitFor(id, LONGEST_POLL);
  const request = own();
  const isOver = request === undefined || services.clock() >= request.expiresAt;
  switch (request?.state.phase) {
    case 'answered':
      return takenEffect({ services, agent: principal.id, request }, resultFor(request));
    case 'waiting':
      return isOver ? { status: 'denied', message: NOT_GRANTED } : { status: 'pending', request, isKnown: true };
    case 'refusing':
    case undefined:
      return { status: 'denied', message: NOT_GRANTED };
  }
}

function resultFor({ method }: PageRequest): (answer: Json) => Json {
  if (method === 'requestProof') return proofResult;
  return method === 'requestCapability' ? capabilityResult : (answer) => answer;
}
