import { t, uiLanguage } from '../../lib/platform/index.ts';

/** Units of time by their seconds, longest first. */
const UNITS = [
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** The longest unit that divides a span evenly, and how many of it. @param seconds whole, 1 or more */
export function unitsOf(seconds: number): { readonly unit: (typeof UNITS)[number][0]; readonly count: number } {
  for (const [unit, length] of UNITS) if (seconds % length === 0) return { unit, count: seconds / length };
  return { unit: 'second', count: seconds };
}

/** A span of time: "30 days". @param seconds whole, 0 or more */
export function spanWords(seconds: number): string {
  const { unit, count } = unitsOf(seconds);
  return new Intl.NumberFormat(uiLanguage(), { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}

/** How often something comes round: "a day", "in 30 days". */
export function perWords(seconds: number): string {
  const { unit, count } = unitsOf(seconds);
  return count === 1 ? t(`rule_per_${unit}`) : t('rule_per_span', spanWords(seconds));
}

/** A time of day: "22:00". @param minute of the day, from 0 */
export function minuteWords(minute: number): string {
  const whole = Math.floor(minute);
  const wrapped = ((whole % 1440) + 1440) % 1440;
  const format = new Intl.DateTimeFormat(uiLanguage(), {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
    hourCycle: 'h23',
  });
  return format.format(wrapped * 60_000);
}

/** The name of a weekday. @param weekday 1 is Monday, 7 Sunday */
export function weekdayWords(weekday: number): string {
  const format = new Intl.DateTimeFormat(uiLanguage(), { weekday: 'long', timeZone: 'UTC' });
  return format.format(Date.UTC(2024, 0, weekday)); // 1 January 2024 was a Monday
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How long it is until then: "in 30 days", "in 5 hours". */
export function timeUntil(time: number, now: number): string {
  const left = Math.max(0, time - now);
  const relative = new Intl.RelativeTimeFormat(uiLanguage(), { numeric: 'auto' });
  if (left < DAY) return relative.format(Math.ceil(left / HOUR), 'hour');
  return relative.format(Math.round(left / DAY), 'day');
}
