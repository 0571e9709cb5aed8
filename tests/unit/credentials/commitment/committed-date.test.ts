import { Temporal } from '@js-temporal/polyfill';
import { describe, expect, test } from 'vitest';
import { committedDay, cutoffDay, dateOfCommittedDay } from '../../../../lib/credentials/commitment/index.ts';
import { SeededRandom, seedOfRun } from '../../../fixtures/seeded-random.ts';

const seed = seedOfRun();
const DATES = 10_000;

describe('a committed date', () => {
  test.each([
    ['1900-01-01', 0n],
    ['1900-03-01', 59n],
    ['2000-02-29', 36_583n],
    ['2079-06-06', 65_535n],
  ])('%s is day %s', (date, day) => {
    expect(committedDay(date)).toBe(day);
    expect(dateOfCommittedDay(day)).toBe(date);
  });

  test.each(['1899-12-31', '2079-06-07', '1900-02-29', '2001-02-30', '2001-13-01', '1-1-2001', ''])(
    '%o is none',
    (date) => {
      expect(() => committedDay(date)).toThrow(expect.objectContaining({ reason: 'bad_request', field: 'date' }));
    },
  );
});

describe(`the last day of birth for an age (SIGNET_SEED=${seed})`, () => {
  /** Our rule, told to a calendar library: the birthday, and 1 March for the 29th of February in common years. */
  const birthday = (birth: Temporal.PlainDate, age: number): Temporal.PlainDate => {
    const same = birth.add({ years: age }, { overflow: 'constrain' });
    return same.day === birth.day ? same : same.add({ days: 1 });
  };

  const isOldEnough = (birth: Temporal.PlainDate, age: number, asOf: Temporal.PlainDate): boolean =>
    committedDay(birth.toString()) <= cutoffDay(age, asOf.toString());

  test(`is right on the birthday, the day before and the day after, for ${DATES} random dates of birth`, () => {
    const random = new SeededRandom(seed);
    const wrong: string[] = [];
    for (let i = 0; i < DATES; i++) {
      const birth = Temporal.PlainDate.from(dateOfCommittedDay(BigInt(random.integer(0, 46_000))));
      const age = random.integer(1, 120);
      const reached = birthday(birth, age);
      const answers = [-1, 0, 1].map((days) => isOldEnough(birth, age, reached.add({ days })));
      if (answers.join() !== 'false,true,true') wrong.push(`${birth.toString()}: ${age}`);
    }
    expect(wrong).toEqual([]);
  });

  test('is right for those born on 29 February, in every year and for every age', () => {
    const wrong: string[] = [];
    for (let year = 1904; year <= 2024; year += 4) {
      const birth = Temporal.PlainDate.from({ year, month: 2, day: 29 });
      for (const age of [1, 4, 13, 16, 18, 20, 21, 25, 65, 100]) {
        const inYear = { year: year + age };
        const isLeap = Temporal.PlainDate.from({ ...inYear, month: 1, day: 1 }).inLeapYear;
        const last = Temporal.PlainDate.from({ ...inYear, month: 2, day: 28 });
        const first = Temporal.PlainDate.from({ ...inYear, month: isLeap ? 2 : 3, day: isLeap ? 29 : 1 });
        if (isOldEnough(birth, age, last) || !isOldEnough(birth, age, first)) wrong.push(`${year}: ${age}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('is before the first committed day where nobody can be old enough', () => {
    expect(cutoffDay(65, '1950-01-01')).toBeLessThan(0n);
  });

  test('is refused for what is no date', () => {
    expect(() => cutoffDay(18, '2026-02-30')).toThrow(expect.objectContaining({ field: 'as_of' }));
  });
});
