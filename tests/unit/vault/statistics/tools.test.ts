import { describe, expect, test } from 'vitest';
import { BYTE_STATISTICS, byteStatistics } from '../../../fixtures/statistics/byte-statistics.ts';
import type { CopiedRow, Copy } from '../../../fixtures/statistics/copies.ts';
import { FEATURES, featuresOf } from '../../../fixtures/statistics/features.ts';
import type { Household } from '../../../fixtures/statistics/household.ts';
import { COLLECTIONS, DAYS, PEOPLE, createHousehold, ownerOf } from '../../../fixtures/statistics/household.ts';

const row = (place: number, print: number, size = 1280): CopiedRow => ({
  key: `row at ${place}`,
  place,
  print,
  bytes: BYTE_STATISTICS.map((name) => (name === 'size' ? size : 0)),
  truth: { kind: 'record' },
});

const copiesOf = (...days: readonly CopiedRow[][]): Copy[] => days.map((rows, day) => ({ day, inUse: false, rows }));

/** A feature of the row at a place, in one of the copies. */
function featureAt(copies: readonly Copy[], copy: number, place: number, name: string): number | undefined {
  const at = copies[copy]?.rows.findIndex((one) => one.place === place) ?? -1;
  return featuresOf(copies)[copy]?.column(FEATURES.indexOf(name))[at];
}

describe('the attacker’s features', () => {
  test('count the days of a row, and how often and when it changed', () => {
    const copies = copiesOf([row(0.1, 1), row(0.5, 1)], [row(0.1, 2), row(0.5, 1)], [row(0.1, 2)], [row(0.1, 3)]);
    const of = (name: string) => featureAt(copies, 1, 0.1, name);
    expect(of('time: first day seen')).toBe(0);
    expect(of('time: last day seen')).toBe(3);
    expect(of('time: days seen')).toBe(4);
    expect(of('rate: changes')).toBe(2);
    expect(of('rate: shortest gap between changes')).toBe(1);
    expect(of('rate: longest gap between changes')).toBe(2);
    expect(of('rate: days since the last change')).toBe(0);
    expect(featureAt(copies, 1, 0.5, 'rate: changes')).toBe(0);
    expect(featureAt(copies, 1, 0.5, 'time: last day seen')).toBe(1);
  });

  test('see who appears, changes and vanishes together', () => {
    const together = [row(0.2, 1), row(0.3, 1), row(0.4, 1)];
    const copies = copiesOf([row(0.1, 1)], [row(0.1, 2), ...together], [row(0.1, 2), row(0.2, 5), row(0.3, 5)]);
    expect(featureAt(copies, 1, 0.2, 'co-change: rows that appeared with it')).toBe(3);
    expect(featureAt(copies, 1, 0.4, 'co-change: rows that vanished with it')).toBe(1);
    expect(featureAt(copies, 1, 0.2, 'co-change: mean rows changed with it')).toBe(1);
    expect(featureAt(copies, 1, 0.1, 'co-change: mean rows changed with it')).toBe(0);
    expect(featureAt(copies, 1, 0.4, 'co-change: mean rows changed with it')).toBe(-1);
    expect(featureAt(copies, 1, 0.2, 'co-change: growth of the database when it appeared')).toBe(3);
  });

  test('see where a row lies and between whom', () => {
    const copies = copiesOf([row(0.25, 1, 100), row(0.5, 1, 200), row(0.625, 1, 300)]);
    expect(featureAt(copies, 0, 0.5, 'position: distance to the row before')).toBe(0.25);
    expect(featureAt(copies, 0, 0.5, 'position: distance to the row after')).toBe(0.125);
    expect(featureAt(copies, 0, 0.5, 'neighbours: size of the row before')).toBe(100);
    expect(featureAt(copies, 0, 0.5, 'neighbours: size of the row after')).toBe(300);
    expect(featureAt(copies, 0, 0.5, 'position: odd or even rank')).toBe(1);
  });

  test('tell text from noise and noise from zeros by its bytes', () => {
    const of = (bytes: Uint8Array, name: (typeof BYTE_STATISTICS)[number]) =>
      byteStatistics(new Uint8Array(32), bytes)[BYTE_STATISTICS.indexOf(name)];
    const noise = crypto.getRandomValues(new Uint8Array(4096));
    expect(of(noise, 'bytes: entropy')).toBeGreaterThan(7.9);
    expect(of(noise, 'bytes: chi-square')).toBeLessThan(400);
    expect(of(new Uint8Array(4096), 'bytes: entropy')).toBe(0);
    expect(of(Buffer.from('a plain text, as it is. '.repeat(50)), 'bytes: chi-square')).toBeGreaterThan(10_000);
  });
});

describe('a household', () => {
  const changesOf = ({ life }: Household) => life.flatMap((step) => (step.does === 'change' ? [step.change] : []));
  const years = Array.from({ length: 12 }, (_, seed) => createHousehold({ seed }));
  const perMonth = (collection: string): number =>
    years
      .flatMap(changesOf)
      .filter(({ puts: [put] }) => put !== undefined && ownerOf(put.address)?.collection === collection).length /
    years.length;

  test('is the same for the same seed', () => {
    expect(createHousehold({ seed: 7 })).toEqual(createHousehold({ seed: 7 }));
    expect(createHousehold({ seed: 7 })).not.toEqual(createHousehold({ seed: 8 }));
  });

  test('holds records of every person and collection, of 20 to 6,000 bytes, at three tiers', () => {
    const puts = years.flatMap(({ moveIn }) => moveIn).flatMap((change) => change.puts);
    const owners = new Set(puts.map(({ address }) => JSON.stringify(ownerOf(address))));
    expect(owners.size).toBe(PEOPLE.length * COLLECTIONS.length);
    expect(new Set(puts.map(({ tier }) => tier))).toEqual(new Set([1, 2, 3]));
    const lengths = puts.map(({ bytes }) => bytes.length);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(20);
    expect(Math.min(...lengths)).toBeLessThan(40);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(6000);
    expect(Math.max(...lengths)).toBeGreaterThan(5000);
  });

  test('writes histories several times a day and changes an e-mail address twice a year', () => {
    expect(perMonth('history')).toBeGreaterThan(90);
    expect(perMonth('card')).toBeGreaterThan(20);
    expect(perMonth('email')).toBeGreaterThan(1);
    expect(perMonth('email')).toBeLessThan(9);
    expect(perMonth('address')).toBeLessThan(3);
  });

  test('is copied once a day, unlocked on most days, and never twice at once', () => {
    for (const { life } of years) {
      expect(life.filter(({ does }) => does === 'copy')).toHaveLength(DAYS);
      const doors = life.filter(({ does }) => does === 'unlock' || does === 'lock').map(({ does }) => does);
      expect(doors).toEqual(doors.map((_, i) => (i % 2 === 0 ? 'unlock' : 'lock')));
      const days = new Set(life.filter(({ does }) => does === 'unlock').map(({ at }) => Math.floor(at / 1440)));
      expect(days.size).toBeGreaterThan(15);
      expect(days.size).toBeLessThanOrEqual(DAYS);
      expect(life.every(({ at }, i) => at >= (life[i - 1]?.at ?? 0))).toBe(true);
    }
  });
});
