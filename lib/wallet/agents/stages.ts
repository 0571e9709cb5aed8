import { SignetError } from '../../core/index.ts';

/** Calls back once, so many milliseconds from now (setTimeout). @returns what takes that back */
export type After = (milliseconds: number, callback: () => void) => () => void;

/** What every call goes through, in this order; each has so many milliseconds. */
export const STAGE_LIMITS = { session: 2_000, tier: 5_000, policy: 5_000, tool: 20_000, audit: 5_000 } as const;
export type Stage = keyof typeof STAGE_LIMITS;

/** A stage that did not end in its time. */
export class StageTimeout extends SignetError {
  readonly stage: Stage;

  constructor(stage: Stage) {
    super('timed_out', 'Signet took too long, and stopped. Nothing was released.');
    this.stage = stage;
  }
}

/**
 * The way of one call through its stages. What did not end in its time, or was taken back, is over: what it was about to
 * write is not written (`assertGoing`).
 */
export class Course {
  readonly #after: After;
  readonly #signal: AbortSignal;
  #isOver = false;

  constructor(after: After, signal: AbortSignal) {
    this.#after = after;
    this.#signal = signal;
  }

  /** @throws StageTimeout; SignetError ask_again when the call was taken back; and what `work` throws */
  async run<T>(stage: Stage, work: () => Promise<T>, limit: number = STAGE_LIMITS[stage]): Promise<T> {
    this.assertGoing();
    const late = Promise.withResolvers<never>();
    const stop = this.#after(limit, () => {
      this.#isOver = true;
      late.reject(new StageTimeout(stage));
    });
    try {
      return await Promise.race([work(), late.promise]);
    } finally {
      stop();
    }
  }

  /** Goes on after a stage that was late, to write down that it was. */
  reopened(): Course {
    return new Course(this.#after, this.#signal);
  }

  /** @throws SignetError ask_again when nothing may come of the call any more */
  assertGoing(): void {
    if (this.#isOver || this.#signal.aborted) throw new SignetError('ask_again', 'This call was taken back.');
  }
}
