import browser from 'webextension-polyfill';
import type { Port, PortSender } from './ports.ts';
import { onConnect } from './ports.ts';
import { extensionId } from './runtime.ts';

const PAGE = 'offscreen.html';

/** How often a document that is just going may stand in the way of a new one. */
const TRIES = 5;

/**
 * How long the browser may take to make a document, in milliseconds: ten times what it does. Now and then it forgets one
 * that it was asked for while another was going.
 */
const START_LIMIT = 3000;

/** The parts of the extension API (Chrome 116+) that the polyfill's types lack. */
interface OffscreenApi {
  readonly offscreen: {
    createDocument(options: {
      readonly url: string;
      readonly reasons: readonly string[];
      readonly justification: string;
    }): Promise<void>;
    closeDocument(): Promise<void>;
  };
}

const api = (): OffscreenApi['offscreen'] => (browser as unknown as OffscreenApi).offscreen; // newer than the types

/**
 * The worker's way into the one offscreen document that an extension may have. Documents are made one after the other,
 * so two callers never make two, and none is made while one is being closed.
 */
export class OffscreenDocument {
  readonly #portName: string;
  #tail: Promise<unknown> = Promise.resolve();
  /** Aborted by the next `close`: the browser never answers who asked for a document that was closed as it loaded. */
  #round = new AbortController();

  /** @param portName what the document knows the worker's port by */
  constructor(portName: string) {
    this.#portName = portName;
  }

  /**
   * Starts the document and joins it. One that is there already is closed first: a worker that died may have left it.
   * @throws Error what the browser says when it makes none, or that it was closed meanwhile
   */
  connect(): Promise<Port> {
    const { signal } = this.#round;
    return this.#inTurn(async () => {
      await unlessAborted(signal, create(TRIES, signal));
      return browser.runtime.connect({ name: this.#portName }); // the part that is used here
    });
  }

  /** Closes the document, and ends what it is doing, its start included. Harmless when there is none. */
  close(): Promise<void> {
    this.#round.abort(new Error('The offscreen document was closed.'));
    this.#round = new AbortController();
    const closed = closeAny();
    this.#tail = closed;
    return closed;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work);
    this.#tail = result.catch(() => undefined); // the caller has the error; the next in line must not
    return result;
  }
}

async function create(tries: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const justification = 'Makes proofs in a sandboxed frame that has no network and no access to the extension.';
  try {
    await withinLimit(api().createDocument({ url: PAGE, reasons: ['IFRAME_SCRIPTING'], justification }));
  } catch (error) {
    if (tries <= 1) throw error;
    await closeAny();
    await create(tries - 1, signal);
  }
}

async function withinLimit(work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(() => late.reject(new Error('The browser made no offscreen document.')), START_LIMIT);
  await Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}

function unlessAborted(signal: AbortSignal, work: Promise<void>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }); // `close` gave the reason
  work.then(resolve, reject);
  return promise;
}

/** There may be none: that is what is wanted. */
const closeAny = (): Promise<void> =>
  api()
    .closeDocument()
    .catch(() => undefined);

/**
 * Calls `listener` with each port that the worker opens to the offscreen document. The worker is what of our own
 * extension has no document, no frame and no tab. A port of anybody else, one of our own pages included, is closed
 * unheard. Register in the document's first turn.
 */
export function onWorkerPort(portName: string, listener: (port: Port) => void): void {
  onConnect().addListener((port) => {
    if (port.name !== portName) return;
    if (isWorker(port.sender)) listener(port);
    else port.disconnect();
  });
}

const isWorker = ({ id, documentId, frameId, tab }: PortSender = {}): boolean =>
  id === extensionId() && documentId === undefined && frameId === undefined && tab === undefined;
