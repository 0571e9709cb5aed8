import type { Json, Origin } from '../../../core/index.ts';
import type { PageRequest } from '../../../requests/index.ts';
import type { Effect, ToolContext } from './tool.ts';
import { NOT_GRANTED } from './tool.ts';

/** What an agent asks through a story that pages have too. */
export interface Put {
  readonly method: 'requestProof' | 'requestCapability';
  readonly params: Json;
  readonly origin: Origin;
}

/**
 * Queues what an agent asks where what pages ask waits: rules answer or refuse it without the person, who is asked else.
 * @param resultOf what the agent gets of the answer
 */
export async function putBefore(
  { services, principal }: ToolContext,
  { method, params, origin }: Put,
  resultOf: (answer: Json) => Json,
): Promise<Effect> {
  const request = await services.queue.submitOfAgent({ agent: principal.id, method, params, origin });
  switch (await services.desk.consider(services, request)) {
    case 'answered':
      return takenEffect({ services, agent: principal.id, request }, resultOf);
    case 'refused':
      return { status: 'denied', message: NOT_GRANTED };
    case 'ask':
      await services.showConsent();
      services.announce('requests');
      return { status: 'pending', request };
  }
}

/** What an answer that waits comes to; one call gets it. */
export function takenEffect(
  {
    services,
    agent,
    request,
  }: Pick<ToolContext, 'services'> & { readonly agent: string; readonly request: PageRequest },
  resultOf: (answer: Json) => Json,
): Effect {
  const { queue } = services;
  const state = queue.get(request.id)?.state;
  const claim = async (): Promise<boolean> => (await queue.takeOfAgent(agent, request.id)) !== undefined;
  if (state?.phase !== 'answered') return { status: 'denied', message: NOT_GRANTED };
  if (!state.answer.ok) return { status: 'denied', message: NOT_GRANTED, claim };
  return { status: 'done', result: resultOf(state.answer.result), claim };
}
