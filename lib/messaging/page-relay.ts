import { CALL_EVENT, MAX_PARAMS } from '../provider/call-channel.ts';
import type { CallAnswer, CallMessage } from '../provider/call-channel.ts';

/** Calls one document may have open: beyond that nothing reaches the worker. */
const MAX_OPEN = 32;
const FIRST_RETRY = 100;
/** Well below the time that a restarted worker gives a document to come back (RECONNECT_LIMIT). */
const LAST_RETRY = 2_000;

const INTERRUPTED: CallAnswer = { ok: false, error: { code: 4900, message: 'Signet was interrupted. Ask again.' } };
const TOO_MANY: CallAnswer = { ok: false, error: { code: -32005, message: 'Too many calls are open already.' } };
const TOO_LONG: CallAnswer = { ok: false, error: { code: -32602, message: 'The call is too long.', field: 'params' } };

interface OpenCall {
  readonly page: MessagePort;
  /** `active`: the person had just touched the page when it called. */
  readonly message: CallMessage & { readonly active: boolean };
}

/** Why a call goes no further than this document. */
function refusal(method: unknown, params: unknown, open: number): CallAnswer | undefined {
  if (typeof method !== 'string' || typeof params !== 'string') return INTERRUPTED;
  if (method.length > 64 || params.length > MAX_PARAMS) return TOO_LONG;
  return open >= MAX_OPEN ? TOO_MANY : undefined;
}

/**
 * Runs in the isolated world at document_start and does nothing but listen until the first call. It then keeps one
 * port to the worker for as long as calls are open; when the worker dies it sends the same calls again.
 */
export function startRelay(): void {
  if (self !== top || self.origin === 'null') return;
  const calls = new Map<string, OpenCall>();
  let port: chrome.runtime.Port | undefined;
  let retry = FIRST_RETRY;

  const send = (message: object) => port?.postMessage(message);
  const request = (id: string, { message }: OpenCall) => send({ t: 'request', id, ...message });

  const closeWhenIdle = () => {
    if (calls.size > 0) return;
    port?.disconnect();
    port = undefined;
  };
  const settle = (id: string, answer: CallAnswer) => {
    calls.get(id)?.page.postMessage(answer);
    calls.delete(id);
  };
  const endAll = () => {
    for (const id of calls.keys()) settle(id, INTERRUPTED);
    closeWhenIdle();
  };

  /** With the extension gone or replaced, connecting throws: this script is all that is left of it. */
  const connect = () => {
    if (port !== undefined || calls.size === 0) return;
    try {
      const opened = chrome.runtime.connect({ name: 'page' });
      port = opened;
      opened.onMessage.addListener(received);
      opened.onDisconnect.addListener(() => {
        if (port !== opened) return;
        port = undefined;
        setTimeout(connect, retry);
        retry = Math.min(2 * retry, LAST_RETRY);
      });
      calls.forEach((call, id) => request(id, call));
    } catch {
      endAll();
    }
  };
  /** A frozen page never hears that its worker died. The old port closes last: a document without one is gone. */
  const reconnect = () => {
    const old = port;
    port = undefined;
    connect();
    old?.disconnect();
  };
  const received = (message: { t: string; id: string } & CallAnswer) => {
    retry = FIRST_RETRY;
    if (message.t !== 'answer') {
      endAll();
      return;
    }
    const { id } = message;
    settle(id, message.ok ? { ok: true, result: message.result } : { ok: false, error: message.error });
    send({ t: 'ack', id });
    closeWhenIdle();
  };

  const open = (page: MessagePort, { method, params }: CallMessage) => {
    const refused = refusal(method, params, calls.size);
    if (refused !== undefined) {
      page.postMessage(refused);
      return;
    }
    addEventListener('pagehide', endAll); // the same listener is only ever added once
    document.addEventListener('resume', reconnect);
    const id = crypto.randomUUID();
    const call = { page, message: { method, params, active: navigator.userActivation.isActive } };
    calls.set(id, call);
    if (port === undefined) connect();
    else request(id, call);
    page.onmessage = () => {
      if (!calls.delete(id)) return;
      send({ t: 'cancel', id });
      closeWhenIdle();
    };
  };

  addEventListener(
    CALL_EVENT,
    (event) => {
      if (!(event instanceof MessageEvent)) return;
      const page = event.ports[0];
      if (page === undefined) return;
      event.stopImmediatePropagation();
      event.preventDefault();
      page.onmessage = ({ data }: MessageEvent<CallMessage | null>) => {
        if (data !== null) open(page, data);
      };
    },
    true,
  );
}
