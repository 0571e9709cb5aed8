import * as v from 'valibot';
import { SignetError } from '../core/index.ts';
import { readJob, resultReader } from './job-schema.ts';
import type { ResultReader } from './job-schema.ts';
import type { ProverJob, ProverKind, ProverResult } from './job.ts';
import { fromFailure, hostReply } from './messages.ts';
import type { HostOrder, HostReply } from './messages.ts';
import type { ProverDoor, ProverPort } from './prover-port.ts';

/** How long a job may take from its turn on, the prover's start included, in milliseconds. */
export const DEFAULT_TIME_LIMIT = 10_000;
/** A worker without events is ended after 30 s: a longer limit would never be reached. */
export const MAX_TIME_LIMIT = 25_000;
/** How long the prover stays without a job, in milliseconds. */
export const IDLE_TIME = 30_000;
/** How long the offscreen document may take to throw a frame away before it goes itself, in milliseconds. */
const DROP_LIMIT = 1_000;

/** `waiting`: others are before it. `starting`: its turn has come. `proving`: `done` from 0 to 1. */
export interface ProverProgress {
  readonly stage: 'waiting' | 'starting' | 'proving';
  readonly done: number;
}

export interface RunOptions {
  /** Ends the job; the promise rejects with `denied`. */
  readonly signal?: AbortSignal;
  /** Milliseconds from the job's turn on, at most MAX_TIME_LIMIT. Default: DEFAULT_TIME_LIMIT. */
  readonly timeLimit?: number;
  readonly onProgress?: (progress: ProverProgress) => void;
}

export interface ProverClientOptions {
  readonly door: ProverDoor;
  /** Calls back once, `milliseconds` from now, unless the function it returns is called before. */
  readonly after: (milliseconds: number, callback: () => void) => () => void;
}

/** A job on its way. Its order holds the witness, and is forgotten as soon as it is sent or ended. */
interface Errand {
  readonly id: number;
  readonly read: ResultReader;
  readonly limit: number;
  readonly report: (progress: ProverProgress) => void;
  readonly resolve: (result: ProverResult) => void;
  readonly reject: (error: SignetError) => void;
  order: HostOrder | undefined;
  isSettled: boolean;
}

/** The worker's current way into the offscreen document. */
interface Connection {
  readonly port: Promise<ProverPort>;
}

/**
 * The worker's end of the prover: one job at a time, in the order they came. Starts the offscreen document when there
 * is something to do, and closes it 30 s after the last job. Carries no curve code.
 */
export class ProverClient {
  readonly #options: ProverClientOptions;
  readonly #waiting: Errand[] = [];
  /** The job whose turn it is; it stays until the prover is free of it. */
  #current: Errand | undefined;
  #connection: Connection | undefined;
  #stopTimer: (() => void) | undefined;
  #lastId = 0;

  constructor(options: ProverClientOptions) {
    this.#options = options;
  }

  /**
   * Has a job done.
   * @throws SignetError `bad_request` for a malformed job, or one that the prover says cannot be done; `timed_out`;
   *   `denied` when `signal` was aborted; `locked` after `close`; `internal` when the prover failed or was gone. In each
   *   case nothing was released.
   */
  async run<K extends ProverKind>(
    job: Extract<ProverJob, { kind: K }>,
    { signal, timeLimit = DEFAULT_TIME_LIMIT, onProgress = () => undefined }: RunOptions = {},
  ): Promise<ProverResult<K>> {
    const order = readJob(job);
    if (signal?.aborted === true) throw stopped();
    const { promise, resolve, reject } = Promise.withResolvers<ProverResult>();
    const id = ++this.#lastId;
    const errand: Errand = {
      id,
      read: resultReader(order),
      limit: Math.min(timeLimit, MAX_TIME_LIMIT),
      report: onProgress,
      resolve,
      reject,
      order: { t: 'job', id, job: order },
      isSettled: false,
    };
    const abort = (): void => this.#giveUp(errand, stopped());
    signal?.addEventListener('abort', abort, { once: true });
    this.#waiting.push(errand);
    errand.report({ stage: 'waiting', done: 0 });
    this.#next();
    try {
      return await promise; // its reader was made for this very job
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /**
   * Ends what is worked on and what waits, and closes the offscreen document: for when the vault locks.
   * Another job may be run afterwards.
   */
  close(): void {
    const all = [...(this.#current === undefined ? [] : [this.#current]), ...this.#waiting.splice(0)];
    for (const errand of all) fail(errand, new SignetError('locked', 'The vault was locked. Nothing was released.'));
    this.#hangUp();
  }

  #next(): void {
    if (this.#current !== undefined) return;
    const errand = this.#waiting.shift();
    if (errand === undefined) {
      if (this.#connection !== undefined) this.#setTimer(IDLE_TIME, () => this.#hangUp());
      return;
    }
    this.#current = errand;
    this.#setTimer(errand.limit, () => this.#giveUp(errand, timedOut()));
    errand.report({ stage: 'starting', done: 0 });
    void this.#send(errand);
  }

  async #send(errand: Errand): Promise<void> {
    const connection = (this.#connection ??= this.#connect());
    try {
      const port = await connection.port;
      if (errand.order === undefined || connection !== this.#connection) return; // it ended meanwhile
      port.postMessage(errand.order);
      errand.order = undefined;
    } catch (cause) {
      this.#lost(connection, cause);
    }
  }

  #connect(): Connection {
    const connection = { port: this.#options.door.connect() };
    connection.port.then(
      (port) => {
        port.onMessage.addListener((message) => {
          if (connection === this.#connection) this.#hear(message);
        });
        port.onDisconnect.addListener(() => this.#lost(connection));
        if (connection !== this.#connection) port.disconnect();
      },
      () => undefined, // whoever waits for it hears of it
    );
    return connection;
  }

  #hear(message: unknown): void {
    const reply = v.safeParse(hostReply, message);
    const errand = this.#current;
    if (!reply.success || errand === undefined || reply.output.id !== errand.id) return;
    this.#take(errand, reply.output);
  }

  #take(errand: Errand, reply: HostReply): void {
    switch (reply.t) {
      case 'progress':
        if (!errand.isSettled) errand.report({ stage: 'proving', done: reply.done });
        return;
      case 'done':
        this.#finish(errand, reply.result);
        break;
      case 'failed':
        fail(errand, fromFailure(reply.error));
        break;
      case 'dropped':
        fail(errand, stopped());
    }
    this.#free();
  }

  #finish(errand: Errand, result: unknown): void {
    try {
      const answer = errand.read(result);
      if (!errand.isSettled) errand.resolve(answer);
      errand.isSettled = true;
    } catch (thrown) {
      fail(errand, SignetError.from(thrown));
    }
  }

  /** Ends one job, wherever it is. What is worked on is thrown away with its frame. */
  #giveUp(errand: Errand, error: SignetError): void {
    const wasSent = errand.order === undefined;
    fail(errand, error);
    if (errand !== this.#current) {
      this.#waiting.splice(0, Infinity, ...this.#waiting.filter((other) => other !== errand));
      return;
    }
    const connection = this.#connection;
    if (!wasSent || connection === undefined) {
      this.#hangUp(); // it has waited for a start that may never come
      return;
    }
    this.#setTimer(DROP_LIMIT, () => this.#hangUp());
    connection.port
      .then((port) => port.postMessage({ t: 'cancel', id: errand.id } satisfies HostOrder))
      .catch((cause: unknown) => this.#lost(connection, cause));
  }

  /** The offscreen document is gone, or never came. */
  #lost(connection: Connection, cause?: unknown): void {
    if (connection !== this.#connection) return;
    if (this.#current !== undefined) {
      fail(
        this.#current,
        new SignetError('internal', 'The proof was interrupted. Nothing was sent. Please try again.', { cause }),
      );
    }
    this.#connection = undefined;
    this.#free();
  }

  /** Closes the document; the next job starts another one. */
  #hangUp(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) this.#options.door.close().catch(() => undefined); // then there is none to close
    this.#free();
  }

  #free(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#current = undefined;
    this.#next();
  }

  /** One timer at a time: a job's limit, a frame's end, or the idle time. */
  #setTimer(milliseconds: number, callback: () => void): void {
    this.#stopTimer?.();
    this.#stopTimer = this.#options.after(milliseconds, callback);
  }
}

function fail(errand: Errand, error: SignetError): void {
  errand.order = undefined;
  if (!errand.isSettled) errand.reject(error);
  errand.isSettled = true;
}

const stopped = (): SignetError => new SignetError('denied', 'Stopped. Nothing was released.');

const timedOut = (): SignetError =>
  new SignetError('timed_out', 'The proof took too long and was stopped. Nothing was sent. Please try again.');
