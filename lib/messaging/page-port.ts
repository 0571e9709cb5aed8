import * as v from 'valibot';
import { SignetError, parseJson, parseOrigin } from '../core/index.ts';
import type { Json } from '../core/index.ts';
import type { Port, PortSender } from '../platform/index.ts';
import type { PageAnswer } from '../requests/index.ts';
import type { MessageBudget } from './message-budget.ts';
import type { PageSender } from './page-routes.ts';

/** One call, rebuilt from the message that brought it. */
export interface PageCall {
  /** The id the document's relay gave it. */
  readonly clientId: string;
  readonly method: string;
  /** Parsed within its bounds, not yet checked against the method's schema. */
  readonly params: Json;
  /** The person had just touched the page, by its own side's word. */
  readonly active: boolean;
}

export interface PagePortEvents {
  called(call: PageCall): void;
  /** The page gave a call up. */
  cancelled(clientId: string): void;
  /** The page has the answer to a call. */
  taken(clientId: string): void;
  /** The document closed the port or went away; also after this side stopped listening to it. */
  closed(): void;
}

/** Bounds of a call's params: UTF-16 units of JSON text, and levels of nesting. */
export const PARAMS_LIMITS = { maxLength: 65_536, maxDepth: 12 } as const;

const clientId = v.pipe(v.string(), v.uuid());
const Message = v.variant('t', [
  v.strictObject({
    t: v.literal('request'),
    id: clientId,
    method: v.pipe(v.string(), v.maxLength(64)),
    params: v.string(),
    /** A relay of an older version does not say. */
    active: v.optional(v.boolean(), false),
  }),
  v.strictObject({ t: v.literal('cancel'), id: clientId }),
  v.strictObject({ t: v.literal('ack'), id: clientId }),
]);
type RequestMessage = Extract<v.InferOutput<typeof Message>, { t: 'request' }>;

/**
 * Who opened a port, by the browser's word alone: our own relay, in the active top document of a trustworthy origin
 * (design §3, rules 1 to 3). The address of the page, of its tab and the port's name are never looked at.
 * @throws SignetError ask_again when any of it does not hold
 */
export function pageSender(sender: PortSender | undefined, extensionId: string): PageSender {
  const { id, origin, frameId, documentId, documentLifecycle, tab } = sender ?? {};
  if (id !== extensionId) throw refusal();
  if (frameId !== 0 || documentLifecycle !== 'active') throw refusal();
  if (origin === undefined || documentId === undefined || documentId === '' || tab?.id === undefined) throw refusal();
  return { origin: trustworthy(origin), documentId, tabId: tab.id };
}

function trustworthy(origin: string): PageSender['origin'] {
  try {
    return parseOrigin(origin, 'origin');
  } catch (cause) {
    throw refusal(cause);
  }
}

const refusal = (cause?: unknown): SignetError =>
  new SignetError('ask_again', 'Signet does not answer this document.', { cause });

/** Tells the far side that nobody listens to it, so that it does not try again. */
export function refusePort(port: Port): void {
  post(port, { t: 'refused' });
  port.disconnect();
}

/** A port that is gone throws: what it should have carried is kept until the document asks again. */
function post(port: Port, message: unknown): void {
  try {
    port.postMessage(message);
  } catch {
    // The document is going away; its `closed` follows.
  }
}

/** The worker's end of one document's port: rebuilds what comes in, answers only the calls it brought. */
export class PagePort {
  readonly sender: PageSender;
  readonly #port: Port;
  readonly #budget: MessageBudget;
  readonly #events: PagePortEvents;
  readonly #open = new Set<string>();
  #listening = true;

  /** Listens at once: a message that arrives before its listener is lost. */
  constructor(port: Port, sender: PageSender, budget: MessageBudget, events: PagePortEvents) {
    this.#port = port;
    this.sender = sender;
    this.#budget = budget;
    this.#events = events;
    port.onMessage.addListener((message) => this.#receive(message));
    port.onDisconnect.addListener(() => this.#close());
  }

  /** Whether a call came in here and was not answered yet. */
  awaits(id: string): boolean {
    return this.#open.has(id);
  }

  /** Answers a call that came in here; whatever else is asked of it, nothing leaves. */
  answer(id: string, answer: PageAnswer): void {
    if (!this.#listening || !this.#open.delete(id)) return;
    post(this.#port, { t: 'answer', id, ...answer });
  }

  #receive(raw: unknown): void {
    if (!this.#listening) return;
    const spending = this.#budget.spend(this.sender.documentId);
    const message = v.safeParse(Message, raw);
    if (spending === 'exhausted' || !message.success) this.#refuse();
    else this.#act(message.output, spending);
  }

  #act(message: v.InferOutput<typeof Message>, spending: 'within' | 'over'): void {
    switch (message.t) {
      case 'ack':
        this.#events.taken(message.id);
        return;
      case 'cancel':
        this.#cancelled(message.id);
        return;
      case 'request':
        this.#open.add(message.id);
        if (spending === 'within') this.#called(message);
        else this.#fail(message.id, new SignetError('too_many', 'Too many calls in too short a time.'));
    }
  }

  #called({ id, method, params: text, active }: RequestMessage): void {
    let params: Json;
    try {
      params = parseJson(text, 'params', PARAMS_LIMITS);
    } catch (error) {
      this.#fail(id, SignetError.from(error));
      return;
    }
    this.#events.called({ clientId: id, method, params, active });
  }

  #cancelled(id: string): void {
    this.#open.delete(id);
    this.#events.cancelled(id);
  }

  #fail(id: string, error: SignetError): void {
    this.answer(id, refusalAnswer(error));
  }

  #refuse(): void {
    refusePort(this.#port);
    this.#close();
  }

  #close(): void {
    if (!this.#listening) return;
    this.#listening = false;
    this.#open.clear();
    this.#events.closed();
  }
}

/** Codes a page may see (design §6); the rest is the wallet's own business, and reads as "ask again". */
const PAGE_REASONS = new Set<SignetError['reason']>([
  'denied',
  'unsupported',
  'ask_again',
  'bad_request',
  'too_many',
  'locked',
  'no_vault',
]);

/** An error as the page may see it: code, message, field. What depends on the vault reads as a denial (rule 9). */
export function refusalAnswer(error: SignetError): PageAnswer {
  const shown = PAGE_REASONS.has(error.reason)
    ? error
    : new SignetError('ask_again', 'Signet could not answer. Nothing was released; please ask again.');
  if (shown.code === 4001) return { ok: false, error: { code: 4001, message: 'The request was not granted.' } };
  const { code, message, field } = shown;
  return { ok: false, error: field === undefined ? { code, message } : { code, message, field } };
}
