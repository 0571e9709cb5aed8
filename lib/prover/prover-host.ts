import * as v from 'valibot';
import { resultReader } from './job-schema.ts';
import type { ResultReader } from './job-schema.ts';
import { frameReply, hostOrder, toFailure } from './messages.ts';
import type { FrameOrder, FrameReply, HostOrder, HostReply, JobOrder } from './messages.ts';
import type { ProverPort } from './prover-port.ts';

/** A sandboxed frame that takes one job. */
export interface ProverFrame {
  post(message: FrameOrder): void;
  /** Ends the frame and whatever it is doing. Nothing is heard of it any more. */
  remove(): void;
}

export interface ProverHostOptions {
  /** Opens a fresh frame; `hear` is called with every message of that very frame. */
  readonly openFrame: (hear: (message: unknown) => void) => ProverFrame;
  /** Closes the offscreen document. */
  readonly leave: () => void;
}

/** The job that is worked on; its order is forgotten as soon as the frame has it. */
interface Work {
  readonly id: number;
  readonly read: ResultReader;
  order: JobOrder | undefined;
}

/**
 * The offscreen document's part: has one fresh frame ready, gives it one job, hands the answer on and throws the frame
 * away. A job that is cancelled goes with its frame. When the worker is gone, so is everything here: nobody waits for
 * the answer any more.
 */
export class ProverHost {
  readonly #options: ProverHostOptions;
  #port: ProverPort | undefined;
  #frame: ProverFrame;
  #isReady = false;
  #work: Work | undefined;

  /** Opens the first frame at once. */
  constructor(options: ProverHostOptions) {
    this.#options = options;
    this.#frame = this.#open();
  }

  /** Takes orders from the worker's port: the first, and no other. */
  serve(port: ProverPort): void {
    if (this.#port !== undefined) {
      port.disconnect();
      return;
    }
    this.#port = port;
    port.onMessage.addListener((message) => {
      const order = v.safeParse(hostOrder, message);
      if (order.success) this.#obey(order.output);
    });
    port.onDisconnect.addListener(() => {
      this.#work = undefined;
      this.#frame.remove();
      this.#options.leave();
    });
  }

  #obey(order: HostOrder): void {
    if (order.t === 'cancel') {
      if (this.#work?.id === order.id) this.#kill();
      this.#reply({ t: 'dropped', id: order.id });
      return;
    }
    if (this.#work !== undefined) return; // one at a time: the worker knows
    this.#work = { id: order.id, read: resultReader(order.job), order };
    this.#handOver();
  }

  #handOver(): void {
    const order = this.#isReady ? this.#work?.order : undefined;
    if (this.#work === undefined || order === undefined) return;
    this.#work.order = undefined;
    this.#frame.post(order);
  }

  #hear(message: unknown): void {
    const reply = v.safeParse(frameReply, message);
    if (reply.success && reply.output.t === 'ready') {
      this.#isReady = true; // it may say so twice
      this.#handOver();
      return;
    }
    if (this.#work === undefined || this.#work.order !== undefined) return; // it has nothing to speak of
    const { id } = this.#work;
    if (reply.success && reply.output.t !== 'ready' && reply.output.id !== id) return;
    this.#pass(this.#work, reply.success ? reply.output : undefined);
  }

  /** @param reply undefined: the frame said something that has no meaning */
  #pass({ id, read }: Work, reply: FrameReply | undefined): void {
    if (reply?.t === 'progress') {
      this.#reply(reply);
      return;
    }
    const end = endOf(id, read, reply);
    this.#reply(end);
    if (end.t === 'done') this.#relieve();
    else this.#kill();
  }

  #reply(reply: HostReply): void {
    this.#port?.postMessage(reply);
  }

  #open(): ProverFrame {
    this.#isReady = false;
    const frame: ProverFrame = this.#options.openFrame((message) => {
      if (frame === this.#frame) this.#hear(message);
    });
    return frame;
  }

  /** The next frame opens before this one goes: it starts in the same process, and so in a fifth of the time. */
  #relieve(): void {
    const last = this.#frame;
    this.#work = undefined;
    this.#frame = this.#open();
    last.remove();
  }

  /** Whatever this frame is doing ends, and its process with it, before the next one opens. */
  #kill(): void {
    this.#work = undefined;
    this.#frame.remove();
    this.#frame = this.#open();
  }
}

function endOf(id: number, read: ResultReader, reply: FrameReply | undefined): HostReply {
  if (reply?.t === 'failed') return reply;
  try {
    return { t: 'done', id, result: read(reply?.t === 'done' ? reply.result : undefined) };
  } catch (thrown) {
    return { t: 'failed', id, error: toFailure(thrown) };
  }
}
