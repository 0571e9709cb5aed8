import { expect, test } from 'vitest';
import { RecentRows } from '../../../../lib/vault/blind-db/recent-rows.ts';

const id = (number: number): Uint8Array<ArrayBuffer> => new Uint8Array(32).fill(number);
const row = (bytes: number): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);
const QUARTER = 1 << 18;

test('keeps a megabyte of rows, and lets those go that were not used for longest', () => {
  const rows = new RecentRows();
  for (const number of [1, 2, 3, 4]) rows.keep(id(number), row(QUARTER));
  rows.get(id(1));
  rows.keep(id(5), row(QUARTER + 1));
  expect([1, 2, 3, 4, 5].map((number) => rows.get(id(number))?.length)).toEqual([
    ...[QUARTER, undefined, undefined, QUARTER],
    QUARTER + 1,
  ]);
});

test('keeps the last row of an id, once', () => {
  const rows = new RecentRows();
  for (let times = 0; times < 100; times++) rows.keep(id(1), row(QUARTER - times));
  rows.keep(id(2), row(QUARTER));
  expect([rows.get(id(1))?.length, rows.get(id(2))?.length]).toEqual([QUARTER - 99, QUARTER]);
});
