import { CALL_EVENT, MAX_PARAMS } from './call-channel.ts';
import type { CallAnswer, CallMessage } from './call-channel.ts';
import {
  MessageChannel,
  MessageEvent,
  Promise,
  clearTimeout,
  close,
  dataOf,
  dispatch,
  listen,
  post,
  reasonOf,
  setTimeout,
  start,
  stringify,
  unlisten,
} from './intrinsics.ts';
import { SignetError } from './page-error.ts';
import type { RequestOptions } from './types.ts';

/** The worker ends a request after 10 minutes; a call that hears nothing for longer than that ends by itself. */
const LONGEST_WAIT = 11 * 60_000;

/**
 * Makes a call to the wallet. It settles exactly once: with the answer, with the signal's reason, or with a
 * SignetError; while the document is prerendered it waits. The Promise's own `then` is never used: it is the page's.
 * @param name the parameter's, for errors about it
 * @param check throws where the call must not be made; a signal that was aborted comes first
 */
export const pageCall = <T>(
  method: string,
  name: string,
  parameter: unknown,
  options?: RequestOptions,
  check?: () => void,
): Promise<T> =>
  new Promise<T>((resolve, reject) => {
    const params = writeParams(name, parameter);
    const signal = readSignal(options);
    check?.();

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
      fail(new SignetError(4900, 'Signet did not answer. Reload and ask again.'));
    };
    const begin = () => {
      giveUp = send({ method, params }, (answer) => {
        if (answer.ok)
          settle(() => resolve((answer.result ?? undefined) as T)); // what the method's route answers
        else fail(new SignetError(answer.error.code, answer.error.message, answer.error.field));
      });
      if (giveUp === undefined) interrupt();
    };
    const timer = setTimeout(interrupt, LONGEST_WAIT);

    if (signal !== undefined) listen(signal, 'abort', abort);
    if ((document as Document & { prerendering?: boolean }).prerendering) listen(document, 'prerenderingchange', begin);
    else begin();
  });

function writeParams(name: string, parameter: unknown): string {
  let params: string | undefined;
  try {
    params = stringify(parameter);
  } catch {
    // A cycle, a BigInt, or a toJSON that throws: no text, refused below.
  }
  if (params === undefined || params.length > MAX_PARAMS) {
    throw new SignetError(-32602, `${name} is not JSON of at most 64 KiB.`, name);
  }
  return params;
}

/** The signal to listen to; throws its reason when it was aborted already. */
function readSignal(options: RequestOptions | undefined): AbortSignal | undefined {
  const signal = options?.signal;
  let reason: unknown;
  try {
    if (signal !== undefined) reason = reasonOf(signal);
  } catch {
    throw new SignetError(-32602, 'signal is not an AbortSignal.', 'signal');
  }
  if (reason !== undefined) throw reason as Error; // whatever it is: it is the page that chose it
  return signal;
}

/** Hands a call to the relay. @returns what gives it up, or undefined where nobody took it */
function send(message: CallMessage, answered: (answer: CallAnswer) => void): (() => void) | undefined {
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
    return () => {
      post(port1, null);
      close(port1);
    };
  } catch {
    return undefined; // a page that rewired arrays or objects themselves: nothing was sent
  }
}
