import type { Socket } from 'node:net';
import { MAX_FRAME } from '../../lib/agents/index.ts';
import type { Json } from '../../lib/core/index.ts';
import { Allowance } from './allowance.ts';
import { MAX_MESSAGE, MessageReader, encodeMessage } from './message-stream.ts';
import type { Piece } from './message-stream.ts';

/** What one program may send: beyond it, it is not read. */
const BYTES = { burst: 4 * MAX_FRAME, perSecond: 2 * MAX_FRAME } as const;
const FRAMES = { burst: 200, perSecond: 100 } as const;
/** A frame that has begun must end within this time. */
const FRAME_MS = 10_000;
/** What a program may leave untaken before its connection ends, in bytes. */
const MAX_UNTAKEN = 4 * MAX_FRAME;

/** What is told of a program's connection. */
export interface ProgramEvents {
  frame(frame: Json): void;
  ended(): void;
}

/** A program's connection to the host: carries frames, reads none, and keeps it within what is allowed. */
export class Program {
  readonly #socket: Socket;
  readonly #events: ProgramEvents;
  readonly #reader = new MessageReader(MAX_MESSAGE);
  readonly #bytes = new Allowance(BYTES, performance.now());
  readonly #frames = new Allowance(FRAMES, performance.now());
  #unfinished: NodeJS.Timeout | undefined;
  #resting: NodeJS.Timeout | undefined;
  #isHeld = false;

  constructor(socket: Socket, events: ProgramEvents) {
    this.#socket = socket;
    this.#events = events;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', () => undefined); // `close` follows
    socket.once('close', () => {
      clearTimeout(this.#unfinished);
      clearTimeout(this.#resting);
      events.ended();
    });
  }

  /** Sends what was JSON. A program that takes nothing is let go: it must not hold up the others. */
  send(frame: Json): void {
    if (this.#socket.writableLength > MAX_UNTAKEN) this.end();
    else this.#socket.write(encodeMessage(JSON.stringify(frame)));
  }

  /** Whether it is read: not while the browser takes nothing. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#flow();
  }

  end(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    let wait = this.#bytes.take(chunk.length, performance.now());
    for (const piece of this.#reader.read(chunk)) {
      const frame = frameOf(piece);
      if (frame === undefined) {
        this.end();
        return;
      }
      wait = Math.max(wait, this.#frames.take(1, performance.now()));
      this.#events.frame(frame);
    }
    this.#watch();
    if (wait > 0) this.#rest(wait);
  }

  /** Bytes that come one by one are no way to keep a frame open. */
  #watch(): void {
    if (!this.#reader.isWithin) {
      clearTimeout(this.#unfinished);
      this.#unfinished = undefined;
      return;
    }
    this.#unfinished ??= setTimeout(() => this.end(), FRAME_MS);
  }

  #rest(milliseconds: number): void {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      this.#resting = undefined;
      this.#flow();
    }, milliseconds);
    this.#flow();
  }

  #flow(): void {
    if (this.#isHeld || this.#resting !== undefined) this.#socket.pause();
    else this.#socket.resume();
  }
}

/** JSON of any shape, or nothing. */
function frameOf(piece: Piece): Json | undefined {
  if (piece.kind !== 'message') return undefined;
  try {
    return JSON.parse(piece.text) as Json; // what JSON.parse gives is Json
  } catch {
    return undefined;
  }
}
