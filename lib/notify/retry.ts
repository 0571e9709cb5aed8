import { randomBytes } from '../core/index.ts';
import { MAX_HOLD } from './breaker.ts';

/** The most that the first retry waits, in milliseconds; each further one twice as long, up to `MAX_BACKOFF`. */
export const FIRST_BACKOFF = 1000;
export const MAX_BACKOFF = 60_000;

/** A number from 0 up to, and without, 1. */
export type Random = () => number;

export const systemRandom: Random = () => new DataView(randomBytes(4).buffer).getUint32(0) / 2 ** 32;

/**
 * How long to wait after an attempt that failed, in milliseconds: anything from nothing to the whole backoff (“full
 * jitter”), so that those who failed together do not come back together.
 * @param attempts made so far, at least 1
 */
export const backoff = (attempts: number, random: Random): number =>
  Math.floor(random() * Math.min(FIRST_BACKOFF * 2 ** (attempts - 1), MAX_BACKOFF));

const SECONDS = /^\d{1,9}$/;
/** The only form of a date that is sent today (RFC 9110 §5.6.7). */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * What a receiver asks for in `Retry-After` (RFC 9110 §10.2.3): milliseconds from now, at most an hour; undefined where it
 * asks for nothing that makes sense.
 * @param now milliseconds since the epoch
 */
export function retryAfter(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? '';
  const wait = SECONDS.test(text) ? Number(text) * 1000 : HTTP_DATE.test(text) ? Date.parse(text) - now : Number.NaN;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), MAX_HOLD);
}
