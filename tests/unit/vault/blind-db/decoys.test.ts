import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHex } from '../../../../lib/core/index.ts';
import { decoyRow, shuffled } from '../../../../lib/vault/blind-db/decoys.ts';
import { RowIdSet } from '../../../../lib/vault/blind-db/row-id-set.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 50);

describe('a decoy', () => {
  test('is as long as a row, begins like one, and is never the same', () => {
    const [one, other] = [decoyRow(), decoyRow()];
    expect([one.length, one[0], other.length, other[0]]).toEqual([1280, 2, 1280, 2]);
    expect(one).not.toEqual(other);
  });
});

describe('shuffling', () => {
  test('keeps every item', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), (items) => {
        expect(shuffled(items).sort()).toEqual([...items].sort());
      }),
      { numRuns },
    );
  });

  test('gives each order its turn', () => {
    const seen = new Map<string, number>();
    for (let turn = 0; turn < 6000; turn++) {
      const order = shuffled(['a', 'b', 'c']).join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    // 1000 expected of each; seven standard deviations
    for (const times of seen.values()) expect(Math.abs(times - 1000)).toBeLessThan(202);
  });
});

describe('a set of row ids', () => {
  // few of them, so that some come twice and many share a slot
  const id = fc.nat(300).map((n) => {
    const bytes = new Uint8Array(32);
    new DataView(bytes.buffer).setUint32(0, (n % 7) * 2048);
    new DataView(bytes.buffer).setUint32(28, n);
    return bytes;
  });

  test('holds what was added, once, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(id), fc.array(id), (added, others) => {
        const [set, model] = [new RowIdSet(), new Set<string>()];
        for (const each of added) {
          set.add(each);
          model.add(toHex(each));
        }
        expect(set.size).toBe(model.size);
        expect([...set].map(toHex)).toEqual([...model]);
        for (const each of [...added, ...others]) expect(set.has(each)).toBe(model.has(toHex(each)));
      }),
      { numRuns },
    );
  });

  test('grows as far as it has to', () => {
    const set = new RowIdSet();
    const ids = Array.from({ length: 5000 }, () => crypto.getRandomValues(new Uint8Array(32)));
    for (const each of ids) set.add(each);
    expect(set.size).toBe(5000);
    expect(ids.every((each) => set.has(each))).toBe(true);
    expect(set.has(new Uint8Array(32))).toBe(false);
  });
});
