import type { Socket } from 'node:net';
import type { AgentFrame } from '../../lib/agents/index.ts';
import { MAX_FRAME, WalletFrame, parseFrame } from '../../lib/agents/index.ts';
import { MAX_MESSAGE, MessageReader, encodeMessage } from './message-stream.ts';
import type { Piece } from './message-stream.ts';
import { WalletFailure } from './wallet-failure.ts';

/** Frames that were not fetched yet: beyond them the other end has to wait. */
const MAX_WAITING = 64;
/** Bytes that the other end has not taken yet. */
const MAX_BUFFERED = 4 * MAX_FRAME;
const CONNECT_MS = 3000;

interface Waiting {
  readonly resolve: (frame: WalletFrame) => void;
  readonly reject: (failure: WalletFailure) => void;
}

/** One connection to a wallet, by frames. */
export class FrameSocket {
  readonly #socket: Socket;
  readonly #reader = new MessageReader(MAX_MESSAGE);
  readonly #inbox: WalletFrame[] = [];
  #waiting: Waiting | undefined;
  #end: WalletFailure | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#finish(WalletFailure.of('lost', error)));
    socket.on('close', () => this.#finish(WalletFailure.of('lost')));
  }

  /** @throws WalletFailure no_browser when nobody is there */
  static open(path: string): Promise<FrameSocket> {
    return new Promise((resolve, reject) => {
      const socket = process.getBuiltinModule('node:net').connect(path); // not for every command
      socket.setTimeout(CONNECT_MS, () => socket.destroy(new Error('Nobody takes the connection.')));
      socket.once('error', (error) => reject(WalletFailure.of('no_browser', error)));
      socket.once('connect', () => {
        socket.setTimeout(0);
        resolve(new FrameSocket(socket));
      });
    });
  }

  /** @throws WalletFailure too_long for what is no frame by its size, too_many when the wallet takes nothing, lost */
  send(frame: AgentFrame): void {
    if (this.#end !== undefined) throw this.#end;
    const text = JSON.stringify(frame);
    if (Buffer.byteLength(text) > MAX_FRAME) throw WalletFailure.of('too_long');
    if (this.#socket.writableLength > MAX_BUFFERED) throw WalletFailure.of('too_many');
    this.#socket.write(encodeMessage(text));
  }

  /**
   * The next frame, in order. One asks at a time.
   * @param within milliseconds; without, as long as it takes
   * @throws WalletFailure no_answer when there is none in time, lost when there will be none
   */
  async next(within?: number): Promise<WalletFrame> {
    const frame = this.#inbox.shift();
    if (this.#inbox.length < MAX_WAITING) this.#socket.resume();
    if (frame !== undefined) return frame;
    if (this.#end !== undefined) throw this.#end;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<WalletFrame>((resolve, reject) => {
        this.#waiting = { resolve, reject };
        if (within !== undefined) timer = setTimeout(() => reject(WalletFailure.of('no_answer')), within);
      });
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    for (const piece of this.#reader.read(chunk)) {
      const frame = frameOf(piece);
      if (frame === undefined) {
        this.#socket.destroy(new Error('What came is no frame.'));
        return;
      }
      this.#deliver(frame);
    }
    if (this.#inbox.length >= MAX_WAITING) this.#socket.pause();
  }

  #deliver(frame: WalletFrame): void {
    if (this.#waiting === undefined) this.#inbox.push(frame);
    else this.#waiting.resolve(frame);
    this.#waiting = undefined;
  }

  #finish(failure: WalletFailure): void {
    this.#end ??= failure;
    this.#waiting?.reject(failure);
    this.#waiting = undefined;
  }
}

function frameOf(piece: Piece): WalletFrame | undefined {
  if (piece.kind !== 'message') return undefined;
  try {
    return parseFrame(WalletFrame, piece.text);
  } catch {
    return undefined;
  }
}
