import type { Clock } from '../../core/index.ts';

/** What one connection may say: in a minute, on average, and at once. */
export const FRAME_BUDGET = { frames: 240, bytes: 4_000_000, calls: 8 } as const;
const MINUTE = 60_000;

/** How much one connection says: buckets that fill again with time. */
export class FrameBudget {
  readonly #clock: Clock;
  #frames: number = FRAME_BUDGET.frames;
  #bytes: number = FRAME_BUDGET.bytes;
  #at: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#at = clock();
  }

  /** Takes in a frame of so many bytes. @returns whether there was room for it */
  spend(bytes: number): boolean {
    this.#refill();
    if (this.#frames < 1 || this.#bytes < bytes) return false;
    this.#frames -= 1;
    this.#bytes -= bytes;
    return true;
  }

  /** Clocks are set back at times: that neither gives nor takes. */
  #refill(): void {
    const now = this.#clock();
    const share = Math.max(0, now - this.#at) / MINUTE;
    this.#frames = Math.min(FRAME_BUDGET.frames, this.#frames + share * FRAME_BUDGET.frames);
    this.#bytes = Math.min(FRAME_BUDGET.bytes, this.#bytes + share * FRAME_BUDGET.bytes);
    this.#at = now;
  }
}
