import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Limits } from '../configuration/schema.ts';
import type { RequestLog } from '../request-log.ts';
import type { Gate } from './gate.ts';
import type { BodyBudget } from './read-body.ts';
import { BodyShare, assertJsonBody, readJsonBody } from './read-body.ts';
import type { Reply } from './reply.ts';
import { Refusal, SECURITY_HEADERS, refusalOf, retryAfter } from './reply.ts';
import type { Route } from './routes.ts';
import { findRoute } from './routes.ts';

/** Bytes. */
const MOST_DRAINED = 1_048_576;

export interface AnswererOptions {
  readonly routes: readonly Route[];
  readonly gate: Gate;
  readonly budget: BodyBudget;
  readonly limits: Pick<Limits, 'body_bytes' | 'requests'>;
  readonly log: RequestLog;
}

/** How the body of a request comes. */
export interface Coming {
  /** The client waits to be told that it may send it. */
  readonly continues: boolean;
  /** Aborts with a Refusal where it cannot come whole any more. */
  readonly broken: AbortSignal;
}

/** Answers requests, each once and always, however it goes. */
export class Answerer {
  readonly #options: AnswererOptions;
  #open = 0;
  #isClosing = false;

  constructor(options: AnswererOptions) {
    this.#options = options;
  }

  /** From now on each answer is the last of its connection. */
  close(): void {
    this.#isClosing = true;
  }

  async answer(request: IncomingMessage, response: ServerResponse, coming: Coming): Promise<void> {
    const id = crypto.randomUUID();
    const start = performance.now();
    const share = new BodyShare(this.#options.budget);
    this.#open += 1;
    try {
      const reply = await this.#replyTo(request, response, { ...coming, id, share });
      const isLast = this.#isClosing || coming.broken.aborted || !isDrainable(request);
      this.#send(request, response, { id, isLast }, reply);
      this.#note(request, id, reply, performance.now() - start);
    } finally {
      this.#open -= 1;
      share.release();
    }
  }

  async #replyTo(
    request: IncomingMessage,
    response: ServerResponse,
    { id, share, continues, broken }: Coming & { readonly id: string; readonly share: BodyShare },
  ): Promise<Reply> {
    const { gate, routes, limits } = this.#options;
    try {
      gate.assertMayAsk(request);
      if (this.#open > limits.requests) {
        throw new Refusal(503, 'busy', 'Too many requests are here. Try again later.', { headers: retryAfter(1) });
      }
      const found = findRoute(routes, request.method ?? '', request.url ?? '');
      if (found.kind === 'preflight') return preflightReply(request, found.allow);
      const { route } = found;
      if (route.method === 'GET') return await route.answer();
      assertJsonBody(request, limits.body_bytes);
      if (continues) response.writeContinue();
      return await route.answer(await readJsonBody(request, { maxBytes: limits.body_bytes, share, broken }));
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.status === 500) this.#noteFault(id, refusal.cause);
      return refusal.toReply(id);
    }
  }

  #send(
    request: IncomingMessage,
    response: ServerResponse,
    { id, isLast }: { readonly id: string; readonly isLast: boolean },
    { status, headers, body }: Reply,
  ): void {
    response
      .writeHead(status, {
        ...SECURITY_HEADERS,
        ...(status === 403 || status === 421 ? {} : this.#options.gate.corsHeaders(request)),
        ...headers,
        'content-length': String(Buffer.byteLength(body)),
        'x-request-id': id,
        ...(isLast && { connection: 'close' }),
      })
      .end(request.method === 'HEAD' ? undefined : body);
  }

  #note(request: IncomingMessage, id: string, { status, outcome }: Reply, took: number): void {
    this.#options.log.add({
      level: status >= 500 ? 'error' : 'info',
      event: 'request',
      id,
      method: request.method,
      path: knownPath(this.#options.routes, request.url ?? ''),
      status,
      outcome,
      ms: Math.round(took * 100) / 100,
    });
  }

  /** Its name and where it was thrown; its words could hold what was sent. */
  #noteFault(id: string, cause: unknown): void {
    const where = cause instanceof Error ? /\n\s+at (.*)/.exec(cause.stack ?? '')?.[1] : undefined;
    this.#options.log.add({
      level: 'error',
      event: 'fault',
      id,
      fault: cause instanceof Error ? cause.name : typeof cause,
      where,
    });
  }
}

/** The rest of a short body is read and thrown away, so that the connection lives on and the answer is read. */
const isDrainable = ({ complete, headers }: IncomingMessage): boolean =>
  complete || Number(headers['content-length'] ?? Infinity) <= MOST_DRAINED;

/** Of strangers' paths the log says nothing. */
const knownPath = (routes: readonly Route[], target: string): string => {
  const [path = ''] = target.split('?', 1);
  return routes.some((route) => route.path === path) ? path : 'other';
};

function preflightReply({ headers: { origin } }: IncomingMessage, allow: string): Reply {
  const cors = {
    'access-control-allow-methods': allow,
    'access-control-allow-headers': 'content-type',
    'access-control-max-age': '600',
  };
  return { status: 204, headers: { allow, ...(origin !== undefined && cors) }, body: '' };
}
