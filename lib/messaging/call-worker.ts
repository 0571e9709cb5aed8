import { SignetError } from '../core/index.ts';

/** How long an answer may take before the page asks whether it is still being worked on: milliseconds. */
export const PATIENCE = 10_000;
/** How long an answer that is made may be on its way: milliseconds. */
export const ON_ITS_WAY = 1_000;

/** The way from one of our pages to the worker. */
export interface WorkerDoor {
  /** Rejects when the worker died before it replied; where it died before it heard, that may never settle. */
  readonly send: (message: unknown) => Promise<unknown>;
  /** Calls back once, `milliseconds` from now; returns what calls that off. */
  readonly after: (milliseconds: number, callback: () => void) => () => void;
}

/** A call of one of our pages. */
export interface OwnCall {
  /** Names this very call. */
  readonly id: string;
  readonly route: string;
  readonly request: unknown;
}

/** Asks the worker whether it works on a call. */
export interface RunningQuestion {
  readonly isRunning: string;
}

/** The worker's reply to a `RunningQuestion`. */
export interface RunningAnswer {
  readonly running: boolean;
}

/**
 * Sends a call and waits for its reply for as long as the worker works on it: a message that a dying worker never heard
 * leaves nobody waiting. What a worker had in its hands when it died is rejected, or comes back empty: both are lost.
 * @throws SignetError internal where the call was lost; whatever `send` rejects with
 */
export async function callWorker(door: WorkerDoor, call: OwnCall): Promise<unknown> {
  const reply = door.send(call);
  for (;;) {
    const answered = await within(door, reply, PATIENCE);
    if (answered !== undefined) return full(answered.value);
    if (await isRunning(door, call.id)) continue;
    const late = await within(door, reply, ON_ITS_WAY);
    return full(late?.value);
  }
}

function full(reply: unknown): unknown {
  if (reply === undefined) throw new SignetError('internal', 'Signet did not answer. Please try again.');
  return reply;
}

async function isRunning(door: WorkerDoor, id: string): Promise<boolean> {
  const answered = await within(door, door.send({ isRunning: id } satisfies RunningQuestion), PATIENCE);
  const answer = answered?.value as RunningAnswer | undefined; // only our own worker can reply inside the extension
  return answer?.running === true;
}

/** What comes of it in time; undefined where that is nothing. */
function within<T>({ after }: WorkerDoor, work: Promise<T>, limit: number): Promise<{ readonly value: T } | undefined> {
  return new Promise((resolve, reject) => {
    const callOff = after(limit, () => resolve(undefined));
    work.then((value) => resolve({ value }), reject).finally(callOff);
  });
}
