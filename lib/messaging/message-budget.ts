import type { Clock } from '../core/index.ts';

/** Messages a document may send at once. */
const BURST = 128;
/** Messages per second it may send after that. */
const REFILL = 16;
/** Messages beyond the budget after which a document is no longer listened to. */
const OVERDRAFT = 1_000;
/** Documents remembered before those with a full budget are forgotten. */
const REMEMBERED = 64;

interface Bucket {
  tokens: number;
  at: number;
}

/** `over`: refuse the message cheaply. `exhausted`: stop listening. */
export type Spending = 'within' | 'over' | 'exhausted';

/** How many messages each document may send, so that one that floods costs nobody else anything. */
export class MessageBudget {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Spends one message of a document. Time heals: the budget survives a port that is closed and opened again. */
  spend(documentId: string): Spending {
    const bucket = this.#refilled(documentId);
    bucket.tokens = Math.max(bucket.tokens - 1, -OVERDRAFT);
    if (bucket.tokens >= 0) return 'within';
    return bucket.tokens > -OVERDRAFT ? 'over' : 'exhausted';
  }

  #refilled(documentId: string): Bucket {
    const now = this.#clock();
    const bucket = this.#buckets.get(documentId);
    if (bucket === undefined) return this.#fresh(documentId, now);
    bucket.tokens = level(bucket, now);
    bucket.at = now;
    return bucket;
  }

  #fresh(documentId: string, now: number): Bucket {
    if (this.#buckets.size >= REMEMBERED) this.#forgetFull(now);
    const bucket = { tokens: BURST, at: now };
    this.#buckets.set(documentId, bucket);
    return bucket;
  }

  #forgetFull(now: number): void {
    for (const [documentId, bucket] of this.#buckets) {
      if (level(bucket, now) === BURST) this.#buckets.delete(documentId);
    }
  }
}

/** Clocks are set back at times: that neither gives nor takes. */
const level = (bucket: Bucket, now: number): number =>
  Math.min(BURST, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * REFILL);
