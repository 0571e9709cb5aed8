import { dayNumber, isCalendarDate, parseDate } from '../core/index.ts';

/** A moment, to any precision. */
export interface Instant {
  /** Whole seconds since 1900-01-01T00:00:00Z. */
  readonly seconds: number;
  /** Decimals of the second that follow, without zeros at their end. */
  readonly fraction: string;
}

/** Long enough for any precision that is in use. */
const MAX_LENGTH = 64;
const FORM =
  /^(\d{4}-\d{2}-\d{2})[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d+))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/**
 * The instant in a `date-time` of RFC 3339 §5.6, in the years 0001 to 9999. A leap second is not read, as no count of
 * seconds has a place for it: whoever meets one denies for that second.
 * @returns undefined for anything else, dates without a time and times without an offset among it
 */
export function parseInstant(text: string): Instant | undefined {
  const [, date, hours, minutes, seconds, fraction = '', sign, ...offset] =
    text.length <= MAX_LENGTH ? (FORM.exec(text) ?? []) : [];
  if (date === undefined || !isCalendarDate(date)) return undefined;
  const local = DAY * dayNumber(parseDate(date)) + secondsIn(hours, minutes) + Number(seconds);
  const ahead = secondsIn(...offset) * (sign === '-' ? -1 : 1);
  return { seconds: local - ahead, fraction: fraction.replace(/0+$/, '') };
}

const secondsIn = (hours = '0', minutes = '0'): number => Number(hours) * HOUR + Number(minutes) * MINUTE;

/** Whether one moment is earlier than another. Decimals without zeros at their end sort as texts do. */
export const isEarlier = (a: Instant, b: Instant): boolean =>
  a.seconds === b.seconds ? a.fraction < b.fraction : a.seconds < b.seconds;
