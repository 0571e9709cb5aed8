import type { Bytes } from '../index.ts';
import { equalBytes } from '../index.ts';
import type { LeafRange, Subtree } from './tree-hash.ts';
import { hashNode, isTreeSize, joinRoots, splitOf, subtreesOf } from './tree-hash.ts';

/** Gives the root of a full subtree. */
export type SubtreeRoots = (subtree: Subtree) => Promise<Bytes>;

/** The hash of a range of leaves, from the roots of its subtrees. */
export async function hashRange(range: LeafRange, rootOf: SubtreeRoots): Promise<Bytes> {
  return joinRoots(await Promise.all(subtreesOf(range).map(rootOf)));
}

/**
 * An inclusion proof (RFC 9162 §2.1.3.1): the hashes from the leaf's sibling up to the root's child.
 * @param index of the leaf, below `size`
 */
export function proveInclusion(index: number, size: number, rootOf: SubtreeRoots): Promise<readonly Bytes[]> {
  return Promise.all(inclusionRanges(index, { start: 0, end: size }).map((range) => hashRange(range, rootOf)));
}

function inclusionRanges(index: number, { start, end }: LeafRange): readonly LeafRange[] {
  if (end - start <= 1) return [];
  const middle = start + splitOf(end - start);
  const [left, right] = [
    { start, end: middle },
    { start: middle, end },
  ];
  return index < middle ? [...inclusionRanges(index, left), right] : [...inclusionRanges(index, right), left];
}

/** What an inclusion proof is about. */
export interface InclusionClaim {
  /** Hash of the leaf, and its place. */
  readonly leaf: Bytes;
  readonly index: number;
  /** The tree: its size and root. */
  readonly size: number;
  readonly root: Bytes;
}

/** Whether a proof shows that a leaf is in a tree (RFC 9162 §2.1.3.2). */
export function includes({ leaf, index, size, root }: InclusionClaim, proof: readonly Bytes[]): boolean {
  if (!isTreeSize(index) || !isTreeSize(size) || index >= size) return false;
  let [at, last, node] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      node = hashNode(sibling, node);
      // A right border without a sibling on this level rises alone.
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      node = hashNode(node, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && equalBytes(node, root);
}

const half = (value: number): number => Math.floor(value / 2);
