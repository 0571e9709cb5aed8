import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { isJsonObject, toBase64url, utf8 } from '../core/index.ts';
import type { Clock, Json, SecretBytes } from '../core/index.ts';
import type { KeyValue } from '../vault/index.ts';

/** Requests that an origin may make at once. */
export const REQUEST_BURST = 8;
/** Milliseconds after which it may make one more. */
export const REQUEST_REFILL = 10_000;

const NAME = 'requests.rate';
const TAG_LENGTH = 16;

interface Bucket {
  readonly tokens: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * How many requests each origin may make: a token bucket, kept in storage.session under a keyed hash of the origin, so
 * that a worker that dies gives nobody new tokens.
 */
export class RequestRate {
  readonly #session: KeyValue;
  readonly #clock: Clock;
  readonly #key: SecretBytes;
  #buckets: Map<string, Bucket> | undefined;

  constructor(options: { readonly session: KeyValue; readonly clock: Clock; readonly key: SecretBytes }) {
    this.#session = options.session;
    this.#clock = options.clock;
    this.#key = options.key;
  }

  /**
   * Takes a token of an origin or of an agent: durably, before it says so. Call it in turn, never twice at once.
   * @returns whether there was one
   * @throws SignetError storage_failed
   */
  async spend(asker: string): Promise<boolean> {
    const now = this.#clock();
    const buckets = (this.#buckets ??= bucketsOf(await this.#session.get(NAME)));
    const tag = this.#tagOf(asker);
    const tokens = levelAt(buckets.get(tag), now);
    if (tokens < 1) return false;
    const next = new Map([...buckets, [tag, { tokens: tokens - 1, at: now }]]);
    for (const [name, bucket] of next) if (levelAt(bucket, now) >= REQUEST_BURST) next.delete(name);
    await this.#session.set(NAME, Object.fromEntries([...next].map(([name, { tokens, at }]) => [name, [tokens, at]])));
    this.#buckets = next;
    return true;
  }

  #tagOf(asker: string): string {
    return toBase64url(hmac(sha256, this.#key.expose(), utf8(`rate ${asker}`)).subarray(0, TAG_LENGTH));
  }
}

/** Clocks are set back at times: that neither gives nor takes. */
function levelAt(bucket: Bucket | undefined, now: number): number {
  if (bucket === undefined) return REQUEST_BURST;
  return Math.min(REQUEST_BURST, bucket.tokens + Math.max(0, now - bucket.at) / REQUEST_REFILL);
}

function bucketsOf(stored: Json | undefined): Map<string, Bucket> {
  const buckets = new Map<string, Bucket>();
  for (const [tag, value] of Object.entries(isJsonObject(stored) ? stored : {})) {
    const [tokens, at] = Array.isArray(value) ? (value as readonly Json[]) : []; // Array.isArray loses the type
    if (typeof tokens === 'number' && typeof at === 'number') buckets.set(tag, { tokens, at });
  }
  return buckets;
}
