import type { Bytes } from '../index.ts';
import { equalBytes } from '../index.ts';
import type { SubtreeRoots } from './inclusion.ts';
import { hashRange } from './inclusion.ts';
import type { LeafRange } from './tree-hash.ts';
import { hashNode, isTreeSize, splitOf } from './tree-hash.ts';

/** A tree as a checkpoint states it. */
export interface TreeHead {
  readonly size: number;
  readonly root: Bytes;
}

/**
 * A consistency proof (RFC 9162 §2.1.4.1): that the tree of `to` leaves begins with the tree of `from` leaves.
 * Empty where that needs no proof: from the empty tree, or to the tree itself.
 */
export function proveConsistency(from: number, to: number, rootOf: SubtreeRoots): Promise<readonly Bytes[]> {
  if (from === 0 || from === to) return Promise.resolve([]);
  return Promise.all(consistencyRanges(from, { start: 0, end: to }, true).map((range) => hashRange(range, rootOf)));
}

/** @param isWhole the old tree ends exactly here and its root is known to the verifier */
function consistencyRanges(from: number, range: LeafRange, isWhole: boolean): readonly LeafRange[] {
  const { start, end } = range;
  if (from === end) return isWhole ? [] : [range];
  const middle = start + splitOf(end - start);
  if (from <= middle) return [...consistencyRanges(from, { start, end: middle }, isWhole), { start: middle, end }];
  return [...consistencyRanges(from, { start: middle, end }, false), { start, end: middle }];
}

/** Whether a proof shows that one tree begins with the other (RFC 9162 §2.1.4.2). */
export function isConsistent(from: TreeHead, to: TreeHead, proof: readonly Bytes[]): boolean {
  if (!isTreeSize(from.size) || !isTreeSize(to.size) || from.size > to.size) return false;
  if (from.size === to.size) return proof.length === 0 && equalBytes(from.root, to.root);
  if (from.size === 0) return proof.length === 0;
  return followConsistency(from, to, proof);
}

function followConsistency(from: TreeHead, to: TreeHead, proof: readonly Bytes[]): boolean {
  let [at, last] = [from.size - 1, to.size - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  // A tree of a power of two leaves is itself the first node; otherwise the proof begins with it.
  const [first, ...rest] = at === 0 ? [from.root, ...proof] : proof;
  if (first === undefined) return false;
  let [older, newer] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      [older, newer] = [hashNode(sibling, older), hashNode(sibling, newer)];
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      newer = hashNode(newer, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && equalBytes(older, from.root) && equalBytes(newer, to.root);
}

const half = (value: number): number => Math.floor(value / 2);
