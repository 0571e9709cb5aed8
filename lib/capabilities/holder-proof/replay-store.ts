import type { Clock } from '../../core/index.ts';
import { SignetError, systemClock } from '../../core/index.ts';

/** Remembers which proofs were taken. */
export interface ReplayStore {
  /**
   * Takes an id once, in one step: of two calls at the same time one gets `new`.
   * @param id of a proof, at most 128 characters
   * @param until milliseconds since the epoch: from then on nobody needs it to be remembered
   * @returns `full` where it could not be remembered: the proof is then refused
   */
  remember(id: string, until: number): Promise<'new' | 'seen' | 'full'>;
}

export interface MemoryReplayOptions {
  /** Default: the system's. */
  readonly clock?: Clock;
  /** How many ids are kept at most, default 65,536: some 150 bytes each. */
  readonly capacity?: number;
}

const DEFAULT_CAPACITY = 65_536;

/**
 * A replay store in memory, for one process. It forgets what is out of time and nothing else: when full it refuses.
 * After a restart it knows nothing: what keeps an old proof out then is that its nonce was never given by the new process.
 */
export class MemoryReplayStore implements ReplayStore {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #known = new Set<string>();
  /** Ids by the second they may be forgotten in: few, since proofs live for a minute and a half. */
  readonly #bySecond = new Map<number, string[]>();

  /** @throws SignetError bad_request unless `capacity` is a whole number */
  constructor({ clock = systemClock, capacity = DEFAULT_CAPACITY }: MemoryReplayOptions = {}) {
    if (!Number.isSafeInteger(capacity) || capacity < 1) {
      throw new SignetError('bad_request', 'capacity must be a whole number.', { field: 'capacity' });
    }
    this.#clock = clock;
    this.#capacity = capacity;
  }

  /** How many ids are remembered. */
  get size(): number {
    return this.#known.size;
  }

  remember(id: string, until: number): Promise<'new' | 'seen' | 'full'> {
    return Promise.resolve(this.#remember(id, until));
  }

  #remember(id: string, until: number): 'new' | 'seen' | 'full' {
    if (this.#known.has(id)) return 'seen';
    if (this.#known.size >= this.#capacity) this.#forget();
    if (this.#known.size >= this.#capacity) return 'full';
    const second = Math.ceil(until / 1000);
    const ids = this.#bySecond.get(second);
    if (ids === undefined) this.#bySecond.set(second, [id]);
    else ids.push(id);
    this.#known.add(id);
    return 'new';
  }

  #forget(): void {
    const now = this.#clock();
    for (const [second, ids] of this.#bySecond) {
      if (second * 1000 > now) continue;
      for (const id of ids) this.#known.delete(id);
      this.#bySecond.delete(second);
    }
  }
}
