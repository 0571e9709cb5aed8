import type { Bytes } from '../../core/index.ts';
import { randomBytes } from '../../core/index.ts';
import { ROW_FORMAT, ROW_LENGTH } from './envelope.ts';

/**
 * A row that holds nothing, for the twin of one that does: without its key a sealed row is random bytes behind a
 * format byte, and so is this.
 */
export function decoyRow(): Bytes {
  const row = randomBytes(ROW_LENGTH);
  row[0] = ROW_FORMAT;
  return row;
}

/** The same items in an order that says nothing: rows and twins written together are not told apart by it. */
export function shuffled<T>(items: readonly T[]): T[] {
  const mixed: T[] = [];
  for (const item of items) {
    const place = randomBelow(mixed.length + 1);
    const moved = mixed[place];
    if (moved !== undefined) mixed.push(moved);
    mixed[place] = item;
  }
  return mixed;
}

/** Of 48 random bits, so that what does not divide evenly is not seen: a batch has fewer than 2^24 rows. */
function randomBelow(limit: number): number {
  const view = new DataView(randomBytes(6).buffer);
  return (view.getUint32(0) * 0x1_0000 + view.getUint16(4)) % limit;
}
