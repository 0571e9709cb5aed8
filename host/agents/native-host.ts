import type { Server, Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import * as v from 'valibot';
import { Envelope } from '../../lib/agents/index.ts';
import type { Json } from '../../lib/core/index.ts';
import { SignetError } from '../../lib/core/index.ts';
import type { Listening } from './listening.ts';
import { listenOn } from './listening.ts';
import { MAX_MESSAGE, MessageReader, encodeMessage } from './message-stream.ts';
import type { Piece } from './message-stream.ts';
import { Program } from './program.ts';

const MAX_PROGRAMS = 32;

/** The browser's end: standard input and output of a native messaging host. */
export interface BrowserStreams {
  readonly input: Readable;
  readonly output: Writable;
}

/**
 * Carries frames between the programs of a person and the extension in one profile of their browser. It knows whose each
 * frame is and reads none; it holds programs to sizes, counts and rates, and ends when the browser closes its input.
 */
export class NativeHost {
  readonly #browser: BrowserStreams;
  readonly #folder: string;
  readonly #reader = new MessageReader(MAX_MESSAGE);
  readonly #programs = new Map<string, Program>();
  readonly #server: Server;
  #listening: Promise<Listening> | undefined;
  #nextConnection = 0;
  #isHeld = false;
  #stop: (failure?: unknown) => void = () => undefined;

  /** @param folder where its socket is made */
  constructor(browser: BrowserStreams, folder: string) {
    this.#browser = browser;
    this.#folder = folder;
    this.#server = process.getBuiltinModule('node:net').createServer((socket) => this.#welcome(socket));
  }

  /** Until the browser closes its end, or a signal. @throws SignetError when there can be no socket */
  async run(signal: AbortSignal): Promise<void> {
    const { input, output } = this.#browser;
    const stopped = new Promise<void>((resolve, reject) => {
      this.#stop = (failure) => (failure === undefined ? resolve() : reject(SignetError.from(failure)));
    });
    const stop = (): void => this.#stop();
    input.on('data', (chunk: Buffer) => this.#take(chunk)).once('end', stop);
    for (const stream of [input, output]) stream.once('close', stop).on('error', stop);
    signal.addEventListener('abort', stop, { once: true });
    try {
      await stopped;
    } finally {
      await this.#close();
    }
  }

  async #close(): Promise<void> {
    this.#server.close();
    for (const program of this.#programs.values()) program.end();
    const listening = await this.#listening?.catch(() => undefined);
    listening?.remove();
    this.#server.close();
    this.#browser.input.destroy();
  }

  #take(chunk: Buffer): void {
    for (const piece of this.#reader.read(chunk)) {
      const envelope = envelopeOf(piece);
      // Whose it was cannot be told, so nobody may wait for it: all begin anew.
      if (envelope === undefined) this.#endAll();
      else this.#obey(envelope);
    }
  }

  #obey(envelope: Envelope): void {
    switch (envelope.kind) {
      case 'installed':
        this.#listen(envelope.installation);
        return;
      case 'frame':
        this.#programs.get(envelope.connection)?.send(envelope.frame);
        return;
      case 'closed':
        this.#programs.get(envelope.connection)?.end();
        return;
      case 'opened':
        this.#endAll(); // only the host opens
        return;
    }
  }

  /** Once: a worker that says it again is the same one. */
  #listen(installation: string): void {
    this.#listening ??= listenOn(this.#server, this.#folder, installation);
    this.#listening.catch((error: unknown) => this.#stop(error));
  }

  #welcome(socket: Socket): void {
    if (this.#programs.size >= MAX_PROGRAMS) {
      socket.on('error', () => undefined).end(encodeMessage(JSON.stringify(FULL)), () => socket.destroy());
      return;
    }
    const connection = String(this.#nextConnection++);
    const program = new Program(socket, {
      frame: (frame) => this.#tell({ kind: 'frame', connection, frame }),
      ended: () => this.#forget(connection),
    });
    this.#programs.set(connection, program);
    program.hold(this.#isHeld);
    this.#tell({ kind: 'opened', connection });
  }

  #forget(connection: string): void {
    if (this.#programs.delete(connection)) this.#tell({ kind: 'closed', connection });
  }

  #endAll(): void {
    for (const program of this.#programs.values()) program.end();
  }

  #tell(envelope: Envelope): void {
    const text = textOf(envelope);
    // Written anew, numbers can take more room than they did: what is too long now never reaches the browser.
    if (text === undefined || Buffer.byteLength(text) > MAX_MESSAGE) {
      if (envelope.kind !== 'installed') this.#programs.get(envelope.connection)?.end();
      return;
    }
    const { output } = this.#browser;
    if (output.destroyed || output.write(encodeMessage(text)) || this.#isHeld) return;
    this.#hold(true);
    output.once('drain', () => this.#hold(false));
  }

  /** Nobody is read while the browser takes nothing. */
  #hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    for (const program of this.#programs.values()) program.hold(isHeld);
  }
}

/** The one thing that a host says itself. */
const FULL: Json = {
  type: 'failed',
  error: { reason: 'too_many', message: 'Too many programs are connected to Signet.' },
};

function envelopeOf(piece: Piece): Envelope | undefined {
  if (piece.kind !== 'message') return undefined;
  try {
    return v.parse(Envelope, JSON.parse(piece.text));
  } catch {
    return undefined;
  }
}

/** Nothing for what is nested too deep to be written. */
function textOf(envelope: Envelope): string | undefined {
  try {
    return JSON.stringify(envelope);
  } catch {
    return undefined;
  }
}
