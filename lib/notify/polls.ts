import type { Reply } from './exchange.ts';

/** How often an answer is fetched while its question waits, in milliseconds. */
export const POLL_INTERVAL = 5000;
/** How seldom, where the answer URL does not work, in milliseconds. */
export const MAX_POLL_INTERVAL = 40_000;

interface Poll {
  readonly at: number;
  /** Failures in a row. */
  readonly misses: number;
}

/**
 * When each question's answer is to be fetched next. In memory alone: a worker that starts anew fetches sooner, and
 * nothing else comes of it.
 */
export class Polls {
  readonly #next = new Map<string, Poll>();

  /** When: milliseconds since the epoch; an interval after the question for one that is not known yet. */
  at(id: string, askedAt: number): number {
    return this.#next.get(id)?.at ?? askedAt + POLL_INTERVAL;
  }

  /** One is under way: none other before this is over, or has had its time. */
  begin(id: string, now: number): void {
    this.#next.set(id, { at: now + MAX_POLL_INTERVAL, misses: this.#next.get(id)?.misses ?? 0 });
  }

  end(id: string, reply: Reply, now: number): void {
    const misses = isMiss(reply) ? (this.#next.get(id)?.misses ?? 0) + 1 : 0;
    const wait = Math.min(POLL_INTERVAL * 2 ** misses, MAX_POLL_INTERVAL);
    const asked = reply.kind === 'answered' ? (reply.retryAfter ?? 0) : 0;
    this.#next.set(id, { at: now + Math.max(wait, asked), misses });
  }

  /** Forgets all but these. */
  keep(ids: readonly string[]): void {
    for (const id of this.#next.keys()) if (!ids.includes(id)) this.#next.delete(id);
  }
}

/** 404 is how most servers say that there is nothing yet. */
const isMiss = (reply: Reply): boolean => reply.kind !== 'answered' || (reply.status >= 300 && reply.status !== 404);
