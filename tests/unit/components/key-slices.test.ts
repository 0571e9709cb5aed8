import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keySlices, sliceOf } from '../../../components/key-slices.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 100);
const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const count = fc.integer({ min: 1, max: 3000 });
const FIRST = '0'.repeat(64);
const LAST = 'f'.repeat(64);

describe('slices of the ids', () => {
  it('follow each other without a gap, from the first id to the last', () => {
    fc.assert(
      fc.property(count, (slices) => {
        const cut = keySlices(slices);
        expect(cut).toHaveLength(slices);
        expect(cut[0]?.after).toBeUndefined();
        expect(cut.at(-1)?.last).toBe(LAST);
        cut.slice(1).forEach(({ after }, at) => expect(after).toBe(cut[at]?.last));
      }),
      { numRuns: Math.min(numRuns, 200) },
    );
  });

  it('hold each id in the one slice that it is looked for in', () => {
    fc.assert(
      fc.property(id, count, (row, slices) => {
        const cut = keySlices(slices);
        const { after, last } = cut[sliceOf(row, slices)] ?? {};
        expect(after === undefined || row > after).toBe(true);
        expect(last !== undefined && row <= last).toBe(true);
      }),
      { numRuns },
    );
  });

  it('hold their own ends, and the ends of everything', () => {
    for (const slices of [1, 2, 3, 7, 1024]) {
      expect(sliceOf(FIRST, slices)).toBe(0);
      expect(sliceOf(LAST, slices)).toBe(slices - 1);
      keySlices(slices).forEach(({ after, last }, at) => {
        expect(sliceOf(last, slices)).toBe(at);
        if (after !== undefined) expect(sliceOf(after, slices)).toBe(at - 1);
      });
    }
  });

  it('hold about as many of the ids that a hash gives as each other', () => {
    const slices = 64;
    const held = Array.from({ length: slices }, () => 0);
    const ids = crypto.getRandomValues(new Uint8Array(32 * 2000));
    for (let at = 0; at < ids.length; at += 32) {
      const slice = sliceOf(Buffer.from(ids.subarray(at, at + 32)).toString('hex'), slices);
      held[slice] = (held[slice] ?? 0) + 1;
    }
    // 31 each; 80 in one of 64 would happen less than once in 10^10 times.
    expect(Math.max(...held)).toBeLessThan(80);
  });
});
