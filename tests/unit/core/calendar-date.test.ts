import { Temporal } from '@js-temporal/polyfill';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cutoffFor,
  dateInUtc,
  dateOfDay,
  dayNumber,
  formatDate,
  isAtLeast,
  isCalendarDate,
  parseDate,
} from '../../../lib/core/index.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 200);

const at = (text: string) => parseDate(text, 'date');
const isReached = (birth: string, years: number, asOf: string) => isAtLeast(at(birth), years, at(asOf));

/** The rule of design §6, told to a calendar library: the birthday, or 1 March where the year has none. */
function birthdayIn(birth: Temporal.PlainDate, years: number): Temporal.PlainDate {
  const birthday = birth.add({ years }, { overflow: 'constrain' });
  return birthday.day === birth.day ? birthday : birthday.add({ days: 1 });
}

const anyDay = fc.integer({ min: -60_000, max: 60_000 }).map(dateOfDay);

describe('a date', () => {
  test.each(['1900-01-01', '0001-01-01', '9999-12-31', '2000-02-29', '2024-02-29', '1990-05-17'])('is %s', (text) => {
    expect(isCalendarDate(text)).toBe(true);
    expect(formatDate(at(text))).toBe(text);
  });

  test.each([
    ...['1900-02-29', '2023-02-29', '2021-04-31', '2021-00-10', '2021-13-01', '2021-01-00', '2021-01-32', '0000-01-01'],
    ...['2021-1-1', '21-01-01', '02021-01-01', '2021-01-01 ', ' 2021-01-01', '2021-01-01T00:00:00Z', '20210101', ''],
    ...['-2021-01-01', '２０２１-01-01', '2021/01/01'],
  ])('is not %o', (text) => {
    expect(isCalendarDate(text)).toBe(false);
    expect(() => parseDate(text, 'birth_date')).toThrow(
      expect.objectContaining({ reason: 'bad_request', field: 'birth_date' }),
    );
  });

  test('has the number of days since the first of 1900', () => {
    expect(
      ['1900-01-01', '1899-12-31', '1900-03-01', '1970-01-01', '2026-11-28'].map((text) => dayNumber(at(text))),
    ).toEqual([0, -1, 59, 25_567, 46_352]);
  });

  test('is found by its number again, as a calendar library counts', () => {
    fc.assert(
      fc.property(anyDay, (date) => {
        const number = dayNumber(date);
        expect(dateOfDay(number)).toEqual(date);
        const counted = Temporal.PlainDate.from('1900-01-01').add({ days: number });
        expect(counted.toString()).toBe(formatDate(date));
      }),
      { numRuns: RUNS },
    );
  });

  test.each([0.5, Number.NaN, -700_000, 3_000_000, 1e300])('has no number %o', (number) => {
    expect(() => dateOfDay(number)).toThrow(expect.objectContaining({ reason: 'bad_request' }));
  });

  test('is today’s in UTC until midnight there', () => {
    const midnight = Date.UTC(2026, 10, 28);
    expect([midnight - 1, midnight, midnight + 86_399_999].map((now) => formatDate(dateInUtc(now)))).toEqual([
      '2026-11-27',
      '2026-11-28',
      '2026-11-28',
    ]);
  });
});

describe('an age', () => {
  test.each([
    ['2005-06-15', '2026-06-14', false],
    ['2005-06-15', '2026-06-15', true],
    ['2005-06-15', '2026-06-16', true],
    ['2004-02-29', '2025-02-28', false],
    ['2004-02-29', '2025-03-01', true],
    ['2003-02-28', '2024-02-28', true],
    ['2003-03-01', '2024-02-29', false],
    ['2005-01-01', '2025-12-31', false],
  ])('of 21, for somebody born on %s, is reached on %s: %o', (birth, asOf, expected) => {
    expect(isReached(birth, 21, asOf)).toBe(expected);
  });

  test('is reached on the birthday, and from 1 March for the 29th of February, as a calendar library says', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 0, max: 120 }), fc.constantFrom(-1, 0, 1), (birth, years, aside) => {
        const birthday = birthdayIn(Temporal.PlainDate.from(formatDate(birth)), years);
        const asOf = at(birthday.add({ days: aside }).toString());
        expect(isAtLeast(birth, years, asOf)).toBe(aside >= 0);
      }),
      { numRuns: RUNS },
    );
  });

  test('has a last day of birth, which has reached it when the day after has not', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 0, max: 120 }), (asOf, years) => {
        const cutoff = cutoffFor(years, asOf);
        expect(isAtLeast(cutoff, years, asOf)).toBe(true);
        expect(isAtLeast(dateOfDay(dayNumber(cutoff) + 1), years, asOf)).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });

  test.each([-1, 1.5, Number.NaN, 2026, Infinity])('is not %o', (years) => {
    expect(() => cutoffFor(years, at('2026-11-28'))).toThrow(
      expect.objectContaining({ reason: 'bad_request', field: 'years' }),
    );
  });
});
