import { ProverClient, ProverHost, createJobTaker } from '../../../lib/prover/index.ts';
import type {
  FrameReply,
  OpenJob,
  ProverDoor,
  ProverFrame,
  ProverHandlers,
  ProverPort,
} from '../../../lib/prover/index.ts';

/** Lets everything happen that was waiting to, without any time passing. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
};

/** 32 bytes, base64url, each byte the same letter's. */
export const bytes32 = (letter: string): string => letter.repeat(43);

/** A job that says which one it is. */
export const openJob = (value = '5'): OpenJob => ({
  kind: 'open',
  checks: [{ point: bytes32('A'), bits: 16, value, blinding: bytes32('B') }],
});

/** Time that passes when the test says so. */
export class Time {
  now = 0;
  #timers: { readonly at: number; readonly callback: () => void }[] = [];

  readonly after = (milliseconds: number, callback: () => void): (() => void) => {
    const timer = { at: this.now + milliseconds, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  async pass(milliseconds: number): Promise<void> {
    this.now += milliseconds;
    const due = this.#timers.filter(({ at }) => at <= this.now);
    this.#timers = this.#timers.filter(({ at }) => at > this.now);
    for (const { callback } of due) callback();
    await settle();
  }
}

type Listener<T> = (value: T) => void;

/** One end of a port, as the browser has it: messages are copied, and come in a turn of their own. */
export class End implements ProverPort {
  other: End | undefined;
  /** Hears nothing, though it is there. */
  isDeaf = false;
  readonly sent: unknown[] = [];
  readonly #messages: Listener<unknown>[] = [];
  readonly #ends: (() => void)[] = [];

  readonly onMessage = { addListener: (listener: Listener<unknown>) => void this.#messages.push(listener) };
  readonly onDisconnect = { addListener: (listener: () => void) => void this.#ends.push(listener) };

  postMessage(message: unknown): void {
    const { other } = this;
    if (other === undefined) throw new Error('Attempting to use a disconnected port object');
    this.sent.push(message);
    const copy: unknown = JSON.parse(JSON.stringify(message));
    queueMicrotask(() => {
      if (this.other === other && !other.isDeaf) for (const listener of other.#messages) listener(copy);
    });
  }

  disconnect(): void {
    const { other } = this;
    this.other = undefined;
    if (other === undefined) return;
    other.other = undefined;
    queueMicrotask(() => other.#ends.forEach((end) => end()));
  }
}

export function createPorts(): readonly [worker: End, document: End] {
  const [worker, document] = [new End(), new End()];
  worker.other = document;
  document.other = worker;
  return [worker, document];
}

/** A frame as the document sees it; what runs in it is put there by `start`. */
export class Frame implements ProverFrame {
  readonly received: unknown[] = [];
  isThere = true;
  readonly #hear: Listener<unknown>;
  #take: Listener<unknown> = () => undefined;

  constructor(hear: Listener<unknown>) {
    this.#hear = hear;
  }

  /** What the frame's script says. */
  readonly say = (reply: unknown): void => {
    if (this.isThere) this.#hear(structuredClone(reply));
  };

  start(take: Listener<unknown>): void {
    this.#take = take;
    this.say({ t: 'ready' } satisfies FrameReply);
  }

  post(message: unknown): void {
    this.received.push(message);
    const copy: unknown = structuredClone(message);
    queueMicrotask(() => {
      if (this.isThere) this.#take(copy);
    });
  }

  remove(): void {
    this.isThere = false;
  }
}

/** What runs in a new frame: by default our own script with the workshop's handlers. */
export type Script = (frame: Frame, handlers: ProverHandlers) => void;

const ownScript: Script = (frame, handlers) => frame.start(createJobTaker(handlers, frame.say));

const unused = (): never => {
  throw new Error('No test asks for this.');
};

/** Offscreen documents and frames in memory: only the browser is made up. */
export class Workshop implements ProverDoor {
  readonly time = new Time();
  readonly frames: Frame[] = [];
  /** The document's end of each port, and the worker's, in the order of the documents. */
  readonly ports: (readonly [worker: End, document: End])[] = [];
  /** How many documents closed themselves. */
  left = 0;
  closed = 0;
  script: Script = ownScript;
  /** Whether a document starts when it is asked for. */
  starts: 'at once' | 'never' | 'fails' = 'at once';
  handlers: ProverHandlers = {
    range: unused,
    bbs: unused,
    'bbs+': unused,
    issued: unused,
    open: () => ({ opens: true }),
  };
  readonly client = new ProverClient({ door: this, after: this.time.after });

  connect(): Promise<ProverPort> {
    if (this.starts === 'never') return new Promise(() => undefined);
    if (this.starts === 'fails') return Promise.reject(new Error('No document.'));
    const ports = createPorts();
    this.ports.push(ports);
    const host = new ProverHost({
      openFrame: (hear) => this.#openFrame(hear),
      leave: () => (this.left += 1),
    });
    host.serve(ports[1]);
    return Promise.resolve(ports[0]);
  }

  close(): Promise<void> {
    this.closed += 1;
    this.vanish();
    return Promise.resolve();
  }

  /** The document goes, and its frames with it. */
  vanish(): void {
    for (const frame of this.frames) frame.remove();
    this.ports.at(-1)?.[1].disconnect();
  }

  /** The last document's end of its port. */
  get documentEnd(): End {
    const end = this.ports.at(-1)?.[1];
    if (end === undefined) throw new Error('There is no document.');
    return end;
  }

  get lastFrame(): Frame {
    const frame = this.frames.at(-1);
    if (frame === undefined) throw new Error('There is no frame.');
    return frame;
  }

  /** Frames that have a job and are there still. */
  get busy(): number {
    return this.frames.filter(({ isThere, received }) => isThere && received.length > 0).length;
  }

  #openFrame(hear: Listener<unknown>): ProverFrame {
    const frame = new Frame(hear);
    this.frames.push(frame);
    queueMicrotask(() => this.script(frame, this.handlers));
    return frame;
  }
}

/** A promise and what settles it. */
export const pending = <T>() => Promise.withResolvers<T>();
