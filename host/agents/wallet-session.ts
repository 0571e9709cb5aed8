import type { ToolAnswer, ToolName, WalletFrame } from '../../lib/agents/index.ts';
import { readAnswer, signChallenge } from '../../lib/agents/index.ts';
import type { Json } from '../../lib/core/index.ts';
import type { AgentKey } from './agent-key.ts';
import { FrameSocket } from './frame-socket.ts';
import { WalletFailure } from './wallet-failure.ts';

/** What the program that speaks MCP calls itself. */
export interface ClientName {
  readonly name: string;
  readonly version: string;
}

export interface Call {
  readonly tool: ToolName;
  readonly input: Json;
  /** Milliseconds that an answer may take. */
  readonly within: number;
  readonly signal: AbortSignal;
}

const CHALLENGE_MS = 5000;
const WELCOME_MS = 10_000;
const MAX_CALLS = 32;

interface Open {
  readonly resolve: (answer: ToolAnswer) => void;
  readonly reject: (failure: WalletFailure) => void;
}

/** A connection on which the wallet knows who we are: many calls at once, answered in any order. */
export class WalletSession {
  readonly #socket: FrameSocket;
  readonly #open = new Map<number, Open>();
  #nextId = 0;
  /** When the connection is over, for whatever reason. */
  readonly ended: Promise<void>;

  private constructor(socket: FrameSocket) {
    this.#socket = socket;
    this.ended = this.#read();
  }

  /**
   * Connects, and answers the wallet's challenge.
   * @throws WalletFailure when nobody is there, it is another wallet, or it does not let this program in
   */
  static async open(path: string, key: AgentKey, client: ClientName | undefined): Promise<WalletSession> {
    const socket = await FrameSocket.open(path);
    try {
      await introduce(socket, key, client);
      return new WalletSession(socket);
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  /** @throws WalletFailure */
  async call({ tool, input, within, signal }: Call): Promise<ToolAnswer> {
    if (this.#open.size >= MAX_CALLS) throw WalletFailure.of('too_many');
    if (signal.aborted) throw WalletFailure.of('cancelled');
    const id = this.#nextId++;
    this.#socket.send({ type: 'call', id, tool, arguments: input });
    const takeBack = (): void => this.#takeBack(id, WalletFailure.of('cancelled'));
    const timer = setTimeout(() => this.#takeBack(id, WalletFailure.of('timed_out')), within);
    signal.addEventListener('abort', takeBack, { once: true });
    try {
      return await new Promise((resolve, reject) => this.#open.set(id, { resolve, reject }));
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', takeBack);
      this.#open.delete(id);
    }
  }

  close(): void {
    this.#socket.close();
  }

  #takeBack(id: number, failure: WalletFailure): void {
    this.#open.get(id)?.reject(failure);
    try {
      this.#socket.send({ type: 'cancel', id });
    } catch {
      // the connection is gone, and the call with it
    }
  }

  async #read(): Promise<void> {
    try {
      for (;;) this.#settle(await this.#socket.next());
    } catch (error) {
      this.#finish(error instanceof WalletFailure ? error : WalletFailure.of('lost', error));
    }
  }

  /** @throws WalletFailure when the frame ends the connection */
  #settle(frame: WalletFrame): void {
    if (frame.type === 'answer') {
      this.#answer(frame.id, frame.answer);
      return;
    }
    // Whatever else comes now, the wallet and we no longer understand each other.
    const failure = frame.type === 'failed' ? WalletFailure.from(frame.error) : WalletFailure.of('lost');
    if (frame.type !== 'failed' || frame.id === undefined) throw failure;
    this.#open.get(frame.id)?.reject(failure);
  }

  #answer(id: number, input: Json): void {
    const open = this.#open.get(id);
    if (open === undefined) return; // taken back meanwhile
    try {
      open.resolve(readAnswer(input));
    } catch (error) {
      open.reject(WalletFailure.of('lost', error));
    }
  }

  #finish(failure: WalletFailure): void {
    for (const { reject } of this.#open.values()) reject(failure);
    this.#socket.close();
  }
}

async function introduce(socket: FrameSocket, key: AgentKey, client: ClientName | undefined): Promise<void> {
  const challenge = await socket.next(CHALLENGE_MS);
  if (challenge.type === 'failed') throw WalletFailure.from(challenge.error);
  if (challenge.type !== 'challenge') throw WalletFailure.of('no_answer');
  if (challenge.extension !== key.extension) throw WalletFailure.of('wrong_wallet');
  const signature = signChallenge(challenge, key.seed);
  const named = client === undefined ? {} : { client };
  socket.send({ type: 'hello', publicKey: key.publicKey, signature, ...named });
  const answer = await socket.next(WELCOME_MS);
  if (answer.type === 'failed') throw WalletFailure.from(answer.error);
  if (answer.type !== 'welcome') throw WalletFailure.of('no_answer');
}
