import { SignetError } from './errors.ts';

/** A day of the proleptic Gregorian calendar: a date, in no time zone. */
export interface CalendarDate {
  /** 1 to 9999. */
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

const FORM = /^(\d{4})-(\d{2})-(\d{2})$/;
const MS_PER_DAY = 86_400_000;
/** Day 0 of day numbers. */
const FIRST_DAY = Date.UTC(1900, 0, 1) / MS_PER_DAY;

/** Whether a text is YYYY-MM-DD of a day that exists, of the years 0001 to 9999. */
export const isCalendarDate = (text: string): boolean => read(text) !== undefined;

/** The day in a text `YYYY-MM-DD`. @throws SignetError bad_request, naming `field`, where the calendar has none such */
export function parseDate(text: string, field = 'date'): CalendarDate {
  const date = read(text);
  if (date !== undefined) return date;
  throw new SignetError('bad_request', `${field} is not a date that the calendar has, as YYYY-MM-DD.`, { field });
}

function read(text: string): CalendarDate | undefined {
  const [, year = 0, month = 0, day = 0] = FORM.exec(text)?.map(Number) ?? [];
  return year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
    ? { year, month, day }
    : undefined;
}

const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** `YYYY-MM-DD`. */
export const formatDate = ({ year, month, day }: CalendarDate): string =>
  [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');

/** The day that it is in UTC. @param now milliseconds since the epoch */
export const dateInUtc = (now: number): CalendarDate => dateOf(new Date(now));

const dateOf = (time: Date): CalendarDate => ({
  year: time.getUTCFullYear(),
  month: time.getUTCMonth() + 1,
  day: time.getUTCDate(),
});

/** Days since 1900-01-01, which is 0; negative before it. */
export function dayNumber({ year, month, day }: CalendarDate): number {
  const time = new Date(0);
  time.setUTCFullYear(year, month - 1, day); // Date.UTC takes the years 0 to 99 for those of the last century
  return time.getTime() / MS_PER_DAY - FIRST_DAY;
}

/** The day of a number of `dayNumber`. @throws SignetError bad_request outside the years 0001 to 9999 */
export function dateOfDay(number: number): CalendarDate {
  const date = dateOf(new Date((number + FIRST_DAY) * MS_PER_DAY));
  if (Number.isSafeInteger(number) && date.year >= 1 && date.year <= 9999) return date;
  throw new SignetError('bad_request', 'The number is not of a day of the years 1 to 9999.', { field: 'day' });
}

/**
 * Whether somebody has reached an age on a day: on the birthday itself, and from then on. Born on 29 February counts
 * from 1 March in common years (design §6).
 * @param years whole, at least 0
 */
export const isAtLeast = (birth: CalendarDate, years: number, asOf: CalendarDate): boolean =>
  dayNumber(birth) <= dayNumber(cutoffFor(years, asOf));

/**
 * The latest day of birth of those who have reached an age on a day: `asOf` minus that many years, and 28 February
 * where that year has no 29th. Whoever was born on a 29th has no birthday before 1 March in a common year, so a day
 * `asOf` of 28 February leaves them out.
 * @param years whole, at least 0
 * @throws SignetError bad_request, naming `years`, where that is before the year 1
 */
export function cutoffFor(years: number, asOf: CalendarDate): CalendarDate {
  const year = asOf.year - years;
  if (!Number.isSafeInteger(years) || years < 0 || year < 1) {
    throw new SignetError('bad_request', 'An age is a whole number of years.', { field: 'years' });
  }
  return { year, month: asOf.month, day: Math.min(asOf.day, daysIn(year, asOf.month)) };
}
