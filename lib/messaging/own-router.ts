import * as v from 'valibot';
import { SignetError } from '../core/index.ts';
import type { Sender } from '../platform/index.ts';
import type { OwnReply } from './ask.ts';
import type { RunningAnswer } from './call-worker.ts';
import type { OwnRequest, OwnResponse, OwnRoute } from './contract.ts';
import { ownSchemas } from './own-schema.ts';

/** One handler for each route: a missing or a surplus one does not compile. */
export type OwnHandlers = { readonly [R in OwnRoute]: (request: OwnRequest<R>) => Promise<OwnResponse<R>> };

const isOwnRoute = (route: unknown): route is OwnRoute => typeof route === 'string' && Object.hasOwn(ownSchemas, route);

/**
 * Makes the answerer of our own pages' messages. It answers only senders whose origin is the extension's own, and
 * only messages that name a route, or ask whether a call is being worked on; anything else gets `undefined`, so that
 * another listener may look at it.
 */
export function createOwnRouter(handlers: OwnHandlers, extensionOrigin: string) {
  const running = new Set<unknown>();
  return (message: unknown, sender: Sender): Promise<OwnReply | RunningAnswer> | undefined => {
    if (sender.origin !== extensionOrigin) return undefined;
    if (typeof message !== 'object' || message === null) return undefined;
    if ('isRunning' in message) return Promise.resolve({ running: running.has(message.isRunning) });
    if (!('route' in message) || !isOwnRoute(message.route)) return undefined;
    const answering = answer(handlers, message.route, 'request' in message ? message.request : undefined);
    if (!('id' in message)) return answering;
    const { id } = message;
    running.add(id);
    return answering.finally(() => running.delete(id));
  };
}

async function answer(handlers: OwnHandlers, route: OwnRoute, request: unknown): Promise<OwnReply> {
  try {
    const handle = handlers[route] as (request: unknown) => Promise<unknown>; // rebuilt for this very route
    return { ok: true, value: await handle(rebuild(route, request)) };
  } catch (thrown) {
    return { ok: false, error: SignetError.from(thrown).toFields() };
  }
}

function rebuild(route: OwnRoute, request: unknown): unknown {
  const result = v.safeParse(ownSchemas[route], request);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new SignetError('bad_request', `${route} was asked wrongly: ${issue.message}`, {
    field: v.getDotPath(issue) ?? 'request',
  });
}
