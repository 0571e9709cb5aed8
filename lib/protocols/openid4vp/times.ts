import type { JsonObject } from '../../core/index.ts';
import { toSeconds } from '../../core/index.ts';
import { CLOCK_SKEW } from '../../credentials/verifying/index.ts';

/** Times of a signed object (RFC 7519 §4.1), in seconds since the epoch. */
export interface Times {
  readonly exp?: number;
  readonly nbf?: number;
  readonly iat?: number;
  /** Whether one is there that is no time at all. */
  readonly malformed?: true;
}

/** The times that a payload states. */
export function readTimes(payload: JsonObject): Times {
  const stated = (['exp', 'nbf', 'iat'] as const).flatMap((name) => {
    const value = payload[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
  if (!stated.every(([, value]) => isTime(value))) return { malformed: true };
  return Object.fromEntries(stated);
}

/**
 * Whether now lies within the times stated, give or take what clocks differ by. What states none is always in time.
 * @param now milliseconds since the epoch
 */
export function isInTime({ exp, nbf, iat, malformed }: Times, now: number): boolean {
  const seconds = toSeconds(now);
  const begins = Math.max(nbf ?? -Infinity, iat ?? -Infinity);
  return malformed !== true && seconds < (exp ?? Infinity) + CLOCK_SKEW && begins <= seconds + CLOCK_SKEW;
}
