import { t, uiLanguage } from '../lib/platform/index.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, in words: "now", "2 min ago", "yesterday"; a date once a week has passed. */
export function timeAgo(time: number, now: number): string {
  const passed = Math.max(0, now - time);
  if (passed < MINUTE) return t('time_now');
  if (passed >= 7 * DAY) return dateWords(time);
  const relative = new Intl.RelativeTimeFormat(uiLanguage(), { numeric: 'auto', style: 'short' });
  if (passed < HOUR) return relative.format(-Math.floor(passed / MINUTE), 'minute');
  if (passed < DAY) return relative.format(-Math.floor(passed / HOUR), 'hour');
  return relative.format(-Math.floor(passed / DAY), 'day');
}

/** A date in the person's locale: "24 Nov 2026". */
export const dateWords = (time: number): string =>
  new Intl.DateTimeFormat(uiLanguage(), { dateStyle: 'medium' }).format(time);

/** A date with the time of day: "24 Nov 2026, 14:05". */
export const dateAndTimeWords = (time: number): string =>
  new Intl.DateTimeFormat(uiLanguage(), { dateStyle: 'medium', timeStyle: 'short' }).format(time);

/** A day as a heading: "Monday, 23 November". */
export const dayWords = (time: number): string =>
  new Intl.DateTimeFormat(uiLanguage(), { dateStyle: 'full' }).format(time);

/** Writes times of day, for many of them: "14:05". */
export const clockFormat = (): Intl.DateTimeFormat => new Intl.DateTimeFormat(uiLanguage(), { timeStyle: 'short' });

/** A date with its time to the second: "23 Nov 2026, 14:05:09". */
export const momentWords = (time: number): string =>
  new Intl.DateTimeFormat(uiLanguage(), { dateStyle: 'medium', timeStyle: 'medium' }).format(time);

/** The local calendar day, to group by. */
export function dayOf(time: number): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}
