import { assertField } from '../../core/index.ts';

/** Some 100 bytes each. */
const DEFAULT_CAPACITY = 10_000;

/**
 * The ids of webhooks that were taken, for as long as they could be taken again. It never forgets one early: when it is
 * full, further ones are refused.
 */
export class ReplayCache {
  readonly #capacity: number;
  /** When each id may be forgotten, in the order in which they came: as time only goes forward here, that of the times. */
  readonly #until = new Map<string, number>();
  #latest = 0;

  /** @param capacity ids that are remembered at once, at least 1. @throws SignetError bad_request */
  constructor(capacity: number = DEFAULT_CAPACITY) {
    assertField(Number.isSafeInteger(capacity) && capacity >= 1, 'capacity', 'A cache has room for one at least.');
    this.#capacity = capacity;
  }

  /** The latest time that this cache has seen: a clock that is put back must not make forgotten ids good again. */
  forward(now: number): number {
    this.#latest = Math.max(this.#latest, now);
    return this.#latest;
  }

  /**
   * Takes an id once.
   * @param now milliseconds since the epoch
   * @param keep milliseconds for which the webhook could come again
   */
  take(id: string, now: number, keep: number): 'new' | 'replayed' | 'full' {
    const at = this.forward(now);
    this.#forget(at);
    if (this.#until.has(id)) return 'replayed';
    if (this.#until.size >= this.#capacity) return 'full';
    this.#until.set(id, at + keep);
    return 'new';
  }

  get size(): number {
    return this.#until.size;
  }

  #forget(now: number): void {
    for (const [id, until] of this.#until) {
      if (until >= now) return;
      this.#until.delete(id);
    }
  }
}
