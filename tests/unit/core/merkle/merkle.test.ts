import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bytes } from '../../../../lib/core/index.ts';
import { fromHex, toHex, utf8 } from '../../../../lib/core/index.ts';
import type { Subtree } from '../../../../lib/core/merkle/index.ts';
import {
  CompactRange,
  EMPTY_ROOT,
  hashLeaf,
  includes,
  isConsistent,
  proveConsistency,
  proveInclusion,
} from '../../../../lib/core/merkle/index.ts';
import { naiveConsistency, naiveInclusion, naiveLeaf, naiveRoot } from '../../../fixtures/merkle/naive-tree.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 150);

const leavesOf = (size: number): readonly Bytes[] => Array.from({ length: size }, (_, i) => utf8(`leaf ${i}`));
const bytesOf = (buffer: Uint8Array): Bytes => Uint8Array.from(buffer);
const rootsIn =
  (leaves: readonly Bytes[]) =>
  ({ level, index }: Subtree): Promise<Bytes> =>
    Promise.resolve(bytesOf(naiveRoot(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))));

const tree = fc.integer({ min: 1, max: 130 }).map(leavesOf);
const treeAndPlace = tree.chain((leaves) => fc.tuple(fc.constant(leaves), fc.nat(leaves.length - 1)));

function grown(leaves: readonly Bytes[]): CompactRange {
  const range = CompactRange.empty();
  for (const leaf of leaves) range.append(hashLeaf(leaf));
  return range;
}

describe('a tree that grows leaf by leaf', () => {
  test('has at each size the root of the definition', () => {
    const leaves = leavesOf(70);
    const range = CompactRange.empty();
    expect(range.root()).toEqual(bytesOf(naiveRoot([])));
    for (const [i, leaf] of leaves.entries()) {
      range.append(hashLeaf(leaf));
      expect(toHex(range.root())).toBe(naiveRoot(leaves.slice(0, i + 1)).toString('hex'));
    }
  });

  test('goes on from the roots of its subtrees as if it had never stopped', () => {
    fc.assert(
      fc.property(treeAndPlace, ([leaves, place]) => {
        const before = grown(leaves.slice(0, place));
        const resumed = CompactRange.of(before.size, before.roots);
        for (const leaf of leaves.slice(place)) resumed.append(hashLeaf(leaf));
        expect(toHex(resumed.root())).toBe(naiveRoot(leaves).toString('hex'));
      }),
      { numRuns: RUNS },
    );
  });

  test('takes a whole subtree at once as if leaf by leaf, and tells which it completes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 9 }), (level, before) => {
        const leaves = leavesOf((before + 1) * 2 ** level);
        const [range, whole] = [grown(leaves.slice(0, before * 2 ** level)), grown(leaves.slice(0, -1))];
        const completed = range.appendSubtree(grown(leaves.slice(before * 2 ** level)).root(), level);
        const all = whole.append(hashLeaf(leaves.at(-1) ?? utf8('')));
        expect([range.size, range.root()]).toEqual([whole.size, whole.root()]);
        expect(completed).toEqual(all.slice(level));
      }),
      { numRuns: RUNS },
    );
    expect(() => grown(leavesOf(3)).appendSubtree(EMPTY_ROOT, 1)).toThrow(RangeError);
  });

  test('takes no more and no fewer roots than its size has, and no size that is none', () => {
    expect(() => CompactRange.of(3, [EMPTY_ROOT])).toThrow(RangeError);
    expect(() => CompactRange.of(2, [EMPTY_ROOT, EMPTY_ROOT])).toThrow(RangeError);
    for (const size of [-1, 0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 52]) {
      expect(() => CompactRange.of(size, [EMPTY_ROOT])).toThrow(RangeError);
    }
  });
});

describe('an inclusion proof', () => {
  test('is the one of the definition, and holds', async () => {
    await fc.assert(
      fc.asyncProperty(treeAndPlace, async ([leaves, index]) => {
        const proof = await proveInclusion(index, leaves.length, rootsIn(leaves));
        expect(proof.map(toHex)).toEqual(naiveInclusion(index, leaves).map((hash) => hash.toString('hex')));
        const leaf = bytesOf(naiveLeaf(leaves[index] ?? new Uint8Array()));
        const root = bytesOf(naiveRoot(leaves));
        expect(includes({ leaf, index, size: leaves.length, root }, proof)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  test('fails for another leaf, place, size or root, and with any hash changed, missing or too many', async () => {
    await fc.assert(
      fc.asyncProperty(treeAndPlace, fc.nat(), fc.integer({ min: 1, max: 255 }), async ([leaves, index], at, flip) => {
        const proof = await proveInclusion(index, leaves.length, rootsIn(leaves));
        const claim = {
          leaf: bytesOf(naiveLeaf(leaves[index] ?? new Uint8Array())),
          index,
          size: leaves.length,
          root: bytesOf(naiveRoot(leaves)),
        };
        const bent = (bytes: Bytes): Bytes => bytes.map((byte, i) => (i === at % 32 ? byte ^ flip : byte));
        expect(includes({ ...claim, leaf: bent(claim.leaf) }, proof)).toBe(false);
        expect(includes({ ...claim, root: bent(claim.root) }, proof)).toBe(false);
        expect(includes(claim, [...proof, claim.root])).toBe(false);
        for (const other of [index - 1, index + 1, leaves.length, -1, 0.5]) {
          expect(includes({ ...claim, index: other }, proof)).toBe(false);
        }
        if (proof.length === 0) return;
        const which = at % proof.length;
        expect(includes(claim, proof.slice(1))).toBe(false);
        expect(includes(claim, proof.slice(0, -1))).toBe(false);
        expect(
          includes(
            claim,
            proof.map((hash, i) => (i === which ? bent(hash) : hash)),
          ),
        ).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a consistency proof', () => {
  const head = (leaves: readonly Bytes[]) => ({ size: leaves.length, root: bytesOf(naiveRoot(leaves)) });

  test('is the one of the definition, and holds', async () => {
    await fc.assert(
      fc.asyncProperty(tree, fc.nat(), async (leaves, at) => {
        const older = leaves.slice(0, at % (leaves.length + 1));
        const proof = await proveConsistency(older.length, leaves.length, rootsIn(leaves));
        const inside = older.length > 0 && older.length < leaves.length;
        const naive = inside ? naiveConsistency(older.length, leaves) : [];
        expect(proof.map(toHex)).toEqual(naive.map((hash) => hash.toString('hex')));
        expect(isConsistent(head(older), head(leaves), proof)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  test('fails for another beginning, another end and any change of it', async () => {
    await fc.assert(
      fc.asyncProperty(tree, fc.nat(), fc.integer({ min: 1, max: 255 }), async (leaves, at, flip) => {
        const older = leaves.slice(0, 1 + (at % leaves.length));
        const proof = await proveConsistency(older.length, leaves.length, rootsIn(leaves));
        const bent = (bytes: Bytes): Bytes => bytes.map((byte, i) => (i === at % 32 ? byte ^ flip : byte));
        const [from, to] = [head(older), head(leaves)];
        expect(isConsistent({ ...from, root: bent(from.root) }, to, proof)).toBe(false);
        expect(isConsistent(from, { ...to, root: bent(to.root) }, proof)).toBe(false);
        expect(isConsistent(from, to, [...proof, to.root])).toBe(false);
        if (older.length < leaves.length) expect(isConsistent(to, from, proof)).toBe(false);
        if (proof.length === 0) return;
        const which = at % proof.length;
        expect(isConsistent(from, to, proof.slice(1))).toBe(false);
        expect(
          isConsistent(
            from,
            to,
            proof.map((hash, i) => (i === which ? bent(hash) : hash)),
          ),
        ).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });

  test('is not needed from the empty tree, and nothing else will do there', () => {
    const to = head(leavesOf(3));
    expect(isConsistent(head([]), to, [])).toBe(true);
    expect(isConsistent(head([]), to, [to.root])).toBe(false);
  });
});

describe('the tree of the certificate transparency reference', () => {
  // Leaves and roots that implementations of RFC 6962 share.
  const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  const roots = [
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];

  test('has the published root at each size', () => {
    const range = CompactRange.empty();
    const found = leaves.map((leaf) => {
      range.append(hashLeaf(fromHex(leaf)));
      return toHex(range.root());
    });
    expect(found).toEqual(roots);
  });

  test('has the published consistency proof from six to eight', () => {
    const proof = [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ].map(fromHex);
    const head = (size: number) => ({ size, root: fromHex(roots[size - 1] ?? '') });
    expect(isConsistent(head(6), head(8), proof)).toBe(true);
    expect(isConsistent(head(5), head(8), proof)).toBe(false);
  });
});
