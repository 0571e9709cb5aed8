import { CALL_EVENT, MAX_PARAMS } from './call-channel.ts';
import type { CallAnswer, CallMessage } from './call-channel.ts';
import type { Intrinsics } from './intrinsics.ts';
import { SignetError } from './page-error.ts';
import type { RequestOptions } from './types.ts';

/** The worker ends a request after 10 minutes; a call that hears nothing for longer than that ends by itself. */
const LONGEST_WAIT = 11 * 60_000;

/** `name` is the parameter's, for errors about it. */
export type PageCall = <T>(method: string, name: string, parameter: unknown, options?: RequestOptions) => Promise<T>;

/**
 * Makes calls to the wallet. Each settles exactly once: with the answer, with the signal's reason, or with a
 * SignetError; while the document is prerendered it waits. The Promise's own `then` is never used: it is the page's.
 */
export function createPageCall(intrinsics: Intrinsics): PageCall {
  const { Promise, listen, unlisten, isAborted, reasonOf, setTimeout, clearTimeout } = intrinsics;
  const send = createSender(intrinsics);

  return <T>(method: string, name: string, parameter: unknown, options?: RequestOptions) =>
    new Promise<T>((resolve, reject) => {
      const params = writeParams(intrinsics, name, parameter);
      const signal = readSignal(intrinsics, options);
      if (signal !== undefined && isAborted(signal)) throw reasonOf(signal);

      let giveUp: (() => void) | undefined;
      const settle = (act: () => void) => {
        clearTimeout(timer);
        if (signal !== undefined) unlisten(signal, 'abort', abort);
        unlisten(document, 'prerenderingchange', begin);
        act();
      };
      const fail = (error: unknown) => settle(() => (reject as (reason: unknown) => void)(error));
      const abort = () => {
        giveUp?.();
        fail(reasonOf(signal));
      };
      const interrupt = () => {
        giveUp?.();
        fail(new SignetError(4900, 'Signet did not answer. Reload the page and ask again.'));
      };
      const take = (answer: CallAnswer) => {
        if (answer.ok)
          settle(() => resolve((answer.result ?? undefined) as T)); // what the worker's table says this method answers
        else fail(new SignetError(answer.error.code, answer.error.message, answer.error.field));
      };
      const begin = () => {
        giveUp = send({ method, params }, take);
        if (giveUp === undefined) interrupt();
      };
      const timer = setTimeout(interrupt, LONGEST_WAIT);

      if (signal !== undefined) listen(signal, 'abort', abort);
      if ((document as Document & { prerendering?: boolean }).prerendering)
        listen(document, 'prerenderingchange', begin);
      else begin();
    });
}

function writeParams({ stringify }: Intrinsics, name: string, parameter: unknown): string {
  let params: string | undefined;
  try {
    params = stringify(parameter);
  } catch {
    // A cycle, a BigInt, or a toJSON that throws: no text, refused below.
  }
  if (params === undefined) throw new SignetError(-32602, `${name} is not JSON.`, name);
  if (params.length > MAX_PARAMS) throw new SignetError(-32602, `${name} is too long.`, name);
  return params;
}

function readSignal({ isAborted }: Intrinsics, options: RequestOptions | undefined): AbortSignal | undefined {
  try {
    const signal = options?.signal;
    if (signal !== undefined) isAborted(signal); // throws on anything else
    return signal;
  } catch {
    throw new SignetError(-32602, 'signal is not an AbortSignal.', 'signal');
  }
}

/** Hands a call to the relay. @returns what gives it up, or undefined where nobody took it */
function createSender({ MessageChannel, MessageEvent, listen, dispatch, post, start, close, dataOf }: Intrinsics) {
  return (message: CallMessage, answered: (answer: CallAnswer) => void): (() => void) | undefined => {
    try {
      const { port1, port2 } = new MessageChannel();
      listen(port1, 'message', (event) => {
        close(port1);
        answered(dataOf(event) as CallAnswer); // the relay's own words
      });
      start(port1);
      // Dispatching a cancelable event answers true unless somebody, the relay, took it.
      if (dispatch(window, new MessageEvent(CALL_EVENT, { cancelable: true, ports: [port2] }))) return undefined;
      post(port1, message);
      return () => post(port1, null);
    } catch {
      return undefined; // a page that rewired arrays or objects themselves: nothing was sent
    }
  };
}
