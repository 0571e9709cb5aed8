import { describe, expect, test } from 'vitest';
import { SignetError } from '../../../lib/core/index.ts';
import { againIfLate } from '../../../lib/prover/index.ts';

/** Work that ends so, one try after the other. */
function trying(...ends: readonly (string | Error)[]) {
  let tries = 0;
  const work = (): Promise<string> => {
    const end = ends[tries] ?? new Error('tried too often');
    tries += 1;
    return typeof end === 'string' ? Promise.resolve(end) : Promise.reject(end);
  };
  return { work, tries: () => tries };
}

const late = new SignetError('timed_out', 'It took too long.');

describe('work whose failure costs more than the wait', () => {
  test('is tried once more when it was stopped for its time', async () => {
    const { work, tries } = trying(late, 'done');
    expect(await againIfLate(work)).toBe('done');
    expect(tries()).toBe(2);
  });

  test('is not tried a third time, nor again after it failed otherwise', async () => {
    const slow = trying(late, late, 'done');
    await expect(againIfLate(slow.work)).rejects.toBe(late);
    expect(slow.tries()).toBe(2);
    const wrong = trying(new SignetError('denied', 'It is not true.'), 'done');
    await expect(againIfLate(wrong.work)).rejects.toThrow('not true');
    expect(wrong.tries()).toBe(1);
  });
});
