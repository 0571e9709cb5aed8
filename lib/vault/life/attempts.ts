import * as v from 'valibot';
import type { Clock } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import { isStorageFailure } from '../damage.ts';
import type { KeyValue } from '../key-value.ts';
import { ATTEMPTS_KEY } from '../places.ts';

const FREE_ATTEMPTS = 5;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** How long to wait after the fifth wrong password, the sixth, and so on; the last holds from there on. */
const DELAYS = [5 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE];

const AttemptsSchema = v.object({ failures: v.pipe(v.number(), v.integer(), v.minValue(0)), at: v.number() });
type Attempts = v.InferOutput<typeof AttemptsSchema>;

/** Milliseconds to wait after so many wrong passwords in a row. */
export function delayAfter(failures: number): number {
  if (failures < FREE_ATTEMPTS) return 0;
  return DELAYS[Math.min(failures - FREE_ATTEMPTS, DELAYS.length - 1)] ?? 0;
}

/**
 * Counts wrong openers in storage.local. A try counts as wrong before it is made, and is forgiven when it was right:
 * killing the worker in between gives no free try.
 */
export class AttemptCounter {
  readonly #local: KeyValue;
  readonly #clock: Clock;
  /** What storage.local had no room for. */
  #held: Attempts | undefined;

  constructor(local: KeyValue, clock: Clock) {
    this.#local = local;
    this.#clock = clock;
  }

  /** When the next password may be tried, in milliseconds since the epoch; undefined when now. */
  async retryAt(): Promise<number | undefined> {
    const { failures, at } = await this.#read();
    const now = this.#clock();
    const retryAt = Math.min(at, now) + delayAfter(failures); // a clock set back must not lengthen the wait
    return retryAt > now ? retryAt : undefined;
  }

  /** Counts a try that is about to be made. @throws SignetError wait when it is too early for one */
  async begin(): Promise<void> {
    const retryAt = await this.retryAt();
    if (retryAt !== undefined) {
      const seconds = Math.ceil((retryAt - this.#clock()) / SECOND);
      throw new SignetError('wait', `Too many wrong tries. Try again in ${seconds} s.`, { field: 'password' });
    }
    const { failures } = await this.#read();
    await this.#write({ failures: failures + 1, at: this.#clock() });
  }

  /** Forgets what was counted. */
  async clear(): Promise<void> {
    this.#held = undefined;
    await this.#local.remove(ATTEMPTS_KEY);
  }

  /** Forgives, because the opener was right or there is a new one: a failure here is no failure of that. */
  async forgive(): Promise<void> {
    await Promise.allSettled([this.clear()]);
  }

  /** On a full disk it counts in memory: nobody must be kept out of a vault because there is no room for a number. */
  async #write(attempts: Attempts): Promise<void> {
    try {
      await this.#local.set(ATTEMPTS_KEY, attempts);
      this.#held = undefined;
    } catch (error) {
      if (!isStorageFailure(error)) throw error;
      this.#held = attempts;
    }
  }

  async #read(): Promise<Attempts> {
    if (this.#held !== undefined) return this.#held;
    const stored = await this.#local.get(ATTEMPTS_KEY);
    if (stored === undefined) return { failures: 0, at: 0 };
    const parsed = v.safeParse(AttemptsSchema, stored);
    return parsed.success ? parsed.output : { failures: FREE_ATTEMPTS + DELAYS.length, at: this.#clock() };
  }
}
