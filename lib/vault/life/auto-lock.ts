import * as v from 'valibot';
import type { Clock } from '../../core/index.ts';
import type { KeyValue } from '../key-value.ts';
import { AUTO_LOCK_KEY } from '../places.ts';
import { MAX_AUTO_LOCK } from './settings.ts';

const DeadlineSchema = v.object({ deadline: v.number() });

/** The moment the vault locks by itself: stored, so that no restart and no open port extends it (design §3, rule 8). */
export class AutoLock {
  readonly #local: KeyValue;
  readonly #clock: Clock;
  #held: number | undefined;

  constructor(local: KeyValue, clock: Clock) {
    this.#local = local;
    this.#clock = clock;
  }

  async extend(minutes: number): Promise<void> {
    this.#held = undefined;
    await this.#local.set(AUTO_LOCK_KEY, { deadline: this.#clock() + minutes * 60_000 });
  }

  /** For a session that is in memory alone, and ends with the worker as this deadline does. */
  hold(minutes: number): void {
    this.#held = this.#clock() + minutes * 60_000;
  }

  /** The deadline in milliseconds since the epoch, or undefined when it has passed, is missing or is implausible. */
  async deadline(): Promise<number | undefined> {
    const deadline = this.#held ?? (await this.#stored());
    if (deadline === undefined) return undefined;
    const left = deadline - this.#clock();
    return left > 0 && left <= MAX_AUTO_LOCK ? deadline : undefined;
  }

  async clear(): Promise<void> {
    this.#held = undefined;
    await this.#local.remove(AUTO_LOCK_KEY);
  }

  async #stored(): Promise<number | undefined> {
    const parsed = v.safeParse(DeadlineSchema, await this.#local.get(AUTO_LOCK_KEY));
    return parsed.success ? parsed.output.deadline : undefined;
  }
}
