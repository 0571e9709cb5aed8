import { SignetError, cutoffFor, dateOfDay, dayNumber, formatDate, parseDate } from '../../core/index.ts';
import { DATE_BITS } from './committed-number.ts';

/** Days that fit a committed date. */
const DAYS = 2 ** DATE_BITS;

/**
 * The number that is committed to for a date: days since 1900-01-01.
 * @param date YYYY-MM-DD, from 1900-01-01 to 2079-06-06
 * @throws SignetError bad_request for what is no such date
 */
export function committedDay(date: string): bigint {
  const day = dayNumber(parseDate(date));
  if (day < 0 || day >= DAYS) {
    throw new SignetError('bad_request', 'A committed date is from 1900-01-01 to 2079-06-06.', { field: 'date' });
  }
  return BigInt(day);
}

/** The date of a committed number of days, as YYYY-MM-DD. @param day from 0 to below 2^16 */
export const dateOfCommittedDay = (day: bigint): string => formatDate(dateOfDay(Number(day)));

/**
 * The last day of birth, in days since 1900-01-01, with which somebody has reached an age: negative where nobody has
 * whose birth date can be committed to. Born on 29 February counts from 1 March in common years.
 * @param age whole years
 * @param asOf YYYY-MM-DD
 * @throws SignetError bad_request when it is no date
 */
export const cutoffDay = (age: number, asOf: string): bigint =>
  BigInt(dayNumber(cutoffFor(age, parseDate(asOf, 'as_of'))));
