const WEEK = 7 * 24 * 3600;

/** 5 January 1970 was a Monday. */
const FIRST_MONDAY = 4 * 24 * 3600;

/** Whether a time is a Monday, 00:00 UTC. @param seconds since the epoch */
export const isWeekStart = (seconds: number): boolean =>
  Number.isSafeInteger(seconds) && (seconds - FIRST_MONDAY) % WEEK === 0;

/**
 * When a credential ends that is issued now and good for so many whole weeks: the same for all that are issued in one
 * week, Monday to Sunday, UTC, so that the end tells nobody apart.
 * @param now seconds since the epoch
 * @param weeks at least 1
 * @returns seconds since the epoch
 */
export function sharedExpiry(now: number, weeks: number): number {
  const thisMonday = now - ((((now - FIRST_MONDAY) % WEEK) + WEEK) % WEEK);
  return thisMonday + (1 + weeks) * WEEK;
}
