import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KNOWN_CLAIMS, ageTestOf, claimKey, coversClaim } from '../../../lib/credentials/index.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 500);

/** Steps as issuers and sites write them, and as nobody should. */
const word = fc.constantFrom(
  'age',
  'over',
  'under',
  'is',
  'equal',
  'or',
  'Over',
  'Under',
  '_',
  '-',
  '.',
  ' ',
  '21',
  '018',
);
const step = fc.oneof(
  fc.array(word, { maxLength: 6 }).map((words) => words.join('')),
  fc.constantFrom('age_equal_or_over', 'age_over_21', 'birthdate', 'address', 'constructor', '__proto__', '*'),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ minLength: 90, maxLength: 130 }),
);
const path = fc.array(
  fc.oneof({ weight: 4, arbitrary: step }, { weight: 1, arbitrary: fc.nat(9) }, fc.constant(null)),
  {
    minLength: 1,
    maxLength: 5,
  },
);

describe('the name of a claim in rules', () => {
  test.each<[(string | number | null)[], string]>([
    [['age_over_21'], 'age_over_21'],
    [['age_equal_or_over', '21'], 'age_over_21'],
    [['ageEqualOrOver', '21'], 'age_over_21'],
    [['age_equal_or_over.21'], 'age_over_21'],
    [['is_over_21'], 'age_over_21'],
    [['isOver21'], 'age_over_21'],
    [['over_21'], 'age_over_21'],
    [['over21'], 'age_over_21'],
    [['age-over-21'], 'age_over_21'],
    [['Age Over 21'], 'age_over_21'],
    [['age_over_021'], 'age_over_21'],
    [['age_over_1000'], 'age_over_1000'],
    [['under_18'], 'age_under_18'],
    [['isUnder18'], 'age_under_18'],
    [['age_under_18'], 'age_under_18'],
    [['person', 'isOver21'], 'person.age_over_21'],
    [['birthdate'], 'birth_date'],
    [['birthDate'], 'birth_date'],
    [['date_of_birth'], 'birth_date'],
    [['givenName'], 'given_name'],
    [['IBANNumber'], 'iban_number'],
    [['address', 'locality'], 'address.locality'],
    [['address.locality'], 'address.locality'],
    [['nationalities', 0], 'nationalities'],
    [['degrees', null, 'type'], 'degrees.type'],
    [['age_equal_or_over'], 'age_equal_or_over'],
    [['age_equal_or_over', 'x'], 'age_equal_or_over.x'],
    [['age_equal_or_over', 'age_over_21'], 'age_equal_or_over.age_over_21'],
    [['age_over_21_or_so'], 'age_over_21_or_so'],
    [['overdraft_21'], 'overdraft_21'],
    [['age_in_years'], 'age_in_years'],
    [[null], '_'],
    [['*'], '_'],
  ])('of %j is %s', (written, key) => {
    expect(claimKey(written)).toBe(key);
  });

  test('is its own name, so that it means the same wherever it is read again', () => {
    fc.assert(
      fc.property(path, (written) => {
        const key = claimKey(written);
        expect(claimKey([key])).toBe(key);
        expect(claimKey(key.split('.'))).toBe(key);
      }),
      { numRuns },
    );
  });

  test('can stand in a rule: never empty, at most 200 characters, no capitals, spaces, hyphens or asterisks', () => {
    fc.assert(
      fc.property(path, (written) => {
        const key = claimKey(written);
        expect(key.length).toBeLessThanOrEqual(200);
        expect(key).toBe(key.toLowerCase());
        expect(key).not.toMatch(/[\s*-]/);
        expect(key.isWellFormed()).toBe(true);
        expect(key.split('.')).not.toContain('');
      }),
      { numRuns },
    );
  });

  test('is that of an age limit for age limits, all of them and nothing else', () => {
    fc.assert(
      fc.property(path, (written) => {
        const age = ageTestOf(written);
        const named = /(?:^|\.)age_(over|under)_(0|[1-9]\d*)$/.exec(claimKey(written));
        expect(named && { side: named[1], limit: named[2] }).toEqual(age ?? null);
      }),
      { numRuns },
    );
  });

  test('differs for ages that differ, and for the two sides of one age', () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.nat(2000), (a, b) => {
        expect(claimKey([`age_over_${a}`]) === claimKey(['age_equal_or_over', String(b)])).toBe(a === b);
        expect(claimKey([`age_over_${a}`])).not.toBe(claimKey([`is_under_${b}`]));
      }),
      { numRuns },
    );
  });

  test('of long names differs where they differ, however far behind', () => {
    const long = 'x'.repeat(300);
    expect(claimKey([`${long}a`])).not.toBe(claimKey([`${long}b`]));
    expect(claimKey(['address', `${long}a`]).startsWith('address.x')).toBe(true);
    expect(claimKey([long, 'isOver21']).endsWith('.age_over_21')).toBe(true);
    expect(claimKey([`${long}a`, 'isOver21'])).not.toBe(claimKey([`${long}b`, 'isOver21']));
  });

  test('is what the catalogue lists', () => {
    expect(KNOWN_CLAIMS.map((claim) => claimKey([claim]))).toEqual(KNOWN_CLAIMS);
    expect(KNOWN_CLAIMS).toContain('birth_date');
    expect(KNOWN_CLAIMS).not.toContain('birthdate');
  });
});

test('a claim covers itself and what is nested in it, and not what begins alike', () => {
  expect(coversClaim('address', 'address')).toBe(true);
  expect(coversClaim('address', 'address.locality')).toBe(true);
  expect(coversClaim('address', 'address_book')).toBe(false);
  expect(coversClaim('address.locality', 'address')).toBe(false);
});
