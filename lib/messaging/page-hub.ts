import { SignetError } from '../core/index.ts';
import type { Clock, Json, Origin } from '../core/index.ts';
import { readPageParams } from './page-params.ts';
import type { PageAnswer, PageRequest, QueuedMethod, RequestQueue, Submission } from '../requests/index.ts';
import { MessageBudget } from './message-budget.ts';
import { PagePort, pageSender, refusalAnswer, refusePort } from './page-port.ts';
import type { Port } from '../platform/index.ts';
import type { PageCall } from './page-port.ts';
import type { ImmediateHandlers, ImmediateMethod, PageMethod, PageSender } from './page-routes.ts';

/** How long a document has to come back after the worker was restarted, in milliseconds. */
export const RECONNECT_LIMIT = 5_000;

/** How a call came. `known`: after a restart the document spoke of the same request again. */
export interface Arrival {
  readonly kind: Submission['kind'];
  /** The person had just touched the page when it made this call. */
  readonly active: boolean;
}

export interface PageHubOptions {
  /** The queue, once it is open. Asked for with each message: listeners are there before the stores are. */
  readonly queue: () => Promise<RequestQueue>;
  readonly extensionId: string;
  readonly clock: Clock;
  /** Calls back once, `milliseconds` from now (setTimeout). */
  readonly after: (milliseconds: number, callback: () => void) => void;
  readonly handlers: ImmediateHandlers;
  /**
   * Before a call is queued and without looking at the vault: the params it waits with, or an answer that needs nobody.
   * Throws SignetError for what no vault could answer.
   */
  readonly admit: (call: {
    readonly method: QueuedMethod;
    readonly params: Json;
    readonly origin: Origin;
  }) => Promise<{ readonly params: Json } | { readonly result: Json }>;
  /** A request waits to be considered. */
  readonly onWaiting: (request: PageRequest, arrival: Arrival) => void;
  /**
   * These waiting requests ended without the person: cancelled, expired, or their document went away. None of them
   * where what was refused before came to its end.
   */
  readonly onEnded: (requests: readonly PageRequest[]) => void;
  /** Something failed with nobody left to tell. */
  readonly onFailure: (error: SignetError) => void;
}

/**
 * Joins documents to the request queue: calls go in, answers go out to the one document that asked, and a document
 * that goes away takes its requests with it.
 */
export class PageHub {
  readonly #options: PageHubOptions;
  readonly #budget: MessageBudget;
  readonly #ports = new Map<string, Set<PagePort>>();

  constructor(options: PageHubOptions) {
    this.#options = options;
    this.#budget = new MessageBudget(options.clock);
  }

  /** Takes in a port that a relay opened. Synchronous: call it from the listener itself. */
  connect(port: Port): void {
    let sender: PageSender;
    try {
      sender = pageSender(port.sender, this.#options.extensionId);
    } catch {
      refusePort(port); // whoever it is learns nothing but that
      return;
    }
    const { documentId } = sender;
    const page = new PagePort(port, sender, this.#budget, {
      called: (call) => this.#run(() => this.#called(page, call)),
      cancelled: (clientId) => this.#run(() => this.#cancelled(documentId, clientId)),
      taken: (clientId) => this.#run(async () => (await this.#options.queue()).delivered(documentId, clientId)),
      closed: () => this.#closed(page),
    });
    this.#ports.set(documentId, (this.#ports.get(documentId) ?? new Set()).add(page));
  }

  /** Whether a document has a port open now. */
  documentConnected(documentId: string): boolean {
    return this.#ports.has(documentId);
  }

  /**
   * Call once when the worker starts. Documents whose requests outlived the last worker have 5 s to come back; then
   * their requests end. What was refused is said to them in its time.
   */
  resume(): void {
    this.awaitRefusals();
    this.#run(async () => {
      const left = (await this.#options.queue()).documents();
      if (left.length === 0) return;
      this.#options.after(RECONNECT_LIMIT, () => {
        for (const documentId of left) {
          if (!this.documentConnected(documentId)) this.#run(() => this.#gone(documentId));
        }
      });
    });
  }

  /** Sends out the answer of a request that was just settled in the queue. Never waits for the document. */
  push(request: PageRequest): void {
    if (request.state.phase !== 'answered') return;
    for (const clientId of request.clientIds) this.#answer(request.documentId, clientId, request.state.answer);
  }

  /** Denies what has waited its time, or was refused. Call it when the queue's `nextDeadline` is reached. */
  async expire(): Promise<void> {
    const { late, refused } = await (await this.#options.queue()).expire();
    const denied = [...late, ...refused];
    for (const request of denied) this.push(request);
    if (denied.length > 0) this.#options.onEnded(late);
  }

  /** Says no to what was refused when its time comes. Call it when something was. */
  awaitRefusals(): void {
    this.#run(async () => {
      const { clock, after, queue } = this.#options;
      const next = (await queue()).nextRefusal();
      if (next === undefined) return;
      after(Math.max(0, next - clock()), () =>
        this.#run(async () => {
          await this.expire();
          this.awaitRefusals();
        }),
      );
    });
  }

  async #called(page: PagePort, call: PageCall): Promise<void> {
    try {
      const method = pageMethod(call.method);
      if (isQueued(method)) await this.#submit(page, call, method);
      else page.answer(call.clientId, await this.#immediately(page.sender, call.params, method));
    } catch (error) {
      page.answer(call.clientId, refusalAnswer(SignetError.from(error)));
    }
  }

  async #submit(page: PagePort, call: PageCall, method: QueuedMethod): Promise<void> {
    const { sender } = page;
    const read = readPageParams(method, call.params) as unknown as Json; // a schema's output is made of JSON alone
    const { clientId, active } = call;
    const admission = await this.#options.admit({ method, params: read, origin: sender.origin });
    if ('result' in admission) {
      page.answer(clientId, { ok: true, result: admission.result });
      return;
    }
    const { params } = admission;
    const queue = await this.#options.queue();
    if (!page.awaits(clientId)) return; // given up meanwhile
    const { request, kind } = await queue.submit({ ...sender, clientId, method, params, active });
    if (request.state.phase === 'answered') this.push(request);
    if (request.state.phase === 'waiting') this.#options.onWaiting(request, { kind, active });
  }

  async #immediately(sender: PageSender, params: Json, method: ImmediateMethod): Promise<PageAnswer> {
    const { handlers } = this.#options;
    switch (method) {
      case 'permissions': {
        const result = await handlers.permissions(readPageParams(method, params), sender);
        return { ok: true, result: result.map((permission) => ({ ...permission })) };
      }
      case 'disconnect':
        return { ok: true, result: await handlers.disconnect(readPageParams(method, params), sender) };
    }
  }

  async #cancelled(documentId: string, clientId: string): Promise<void> {
    const ended = await (await this.#options.queue()).cancel(documentId, clientId);
    if (ended !== undefined) this.#options.onEnded([ended]);
  }

  #closed(page: PagePort): void {
    const { documentId } = page.sender;
    const ports = this.#ports.get(documentId);
    ports?.delete(page);
    if (ports?.size !== 0) return;
    this.#ports.delete(documentId);
    this.#run(() => this.#gone(documentId));
  }

  async #gone(documentId: string): Promise<void> {
    const ended = await (await this.#options.queue()).cancelDocument(documentId);
    if (ended.length > 0) this.#options.onEnded(ended);
  }

  #answer(documentId: string, clientId: string, answer: PageAnswer): void {
    for (const page of this.#ports.get(documentId) ?? []) {
      if (page.awaits(clientId)) page.answer(clientId, answer);
    }
  }

  #run(task: () => Promise<void>): void {
    task().catch((error: unknown) => this.#options.onFailure(SignetError.from(error)));
  }
}

const METHODS: Readonly<Record<PageMethod, 'queued' | 'immediate'>> = {
  requestProof: 'queued',
  offerCredential: 'queued',
  requestCapability: 'queued',
  digitalGet: 'queued',
  digitalCreate: 'queued',
  permissions: 'immediate',
  disconnect: 'immediate',
};

function pageMethod(name: string): PageMethod {
  if (Object.hasOwn(METHODS, name)) return name as PageMethod; // the line above is what the type says
  throw new SignetError('unsupported', 'Signet has no such method.');
}

const isQueued = (method: PageMethod): method is QueuedMethod => METHODS[method] === 'queued';

/** Every port named `page` that a relay opens goes to the hub. `onConnect` is `runtime.onConnect`. */
export function mountPagePorts(
  onConnect: { addListener(listener: (port: Port & { readonly name: string }) => void): void },
  hub: PageHub,
): void {
  onConnect.addListener((port) => {
    if (port.name === 'page') hub.connect(port);
  });
}
