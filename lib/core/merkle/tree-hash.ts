import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes } from '../index.ts';
import { concatBytes } from '../index.ts';

/** Stands before a leaf where it is hashed (RFC 9162 §2.1.1). */
export const LEAF_PREFIX = Uint8Array.of(0);
const NODE_PREFIX = Uint8Array.of(1);

export const HASH_LENGTH = 32;

/** Root of the tree without a leaf (RFC 9162 §2.1.1). */
export const EMPTY_ROOT: Bytes = sha256(new Uint8Array());

/** Hash of a leaf: SHA-256(0x00 ‖ data). */
export const hashLeaf = (data: Uint8Array): Bytes => sha256(concatBytes(LEAF_PREFIX, data));

/** Hash of an inner node: SHA-256(0x01 ‖ left ‖ right). */
export const hashNode = (left: Uint8Array, right: Uint8Array): Bytes => sha256(concatBytes(NODE_PREFIX, left, right));

/** A full subtree: the 2^level leaves from index · 2^level on. Level 0 is a leaf. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** The leaves from `start` up to, and without, `end`. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The full subtrees a range of leaves falls into, from left to right, the largest first.
 * @param range its start is a multiple of the largest power of two that fits: so it is for every range of a proof
 */
export function subtreesOf({ start, end }: LeafRange): readonly Subtree[] {
  const found: Subtree[] = [];
  for (let at = start; at < end;) {
    const level = levelOf(end - at);
    found.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return found;
}

/** Joins the roots of the subtrees of a range into the range's own hash (MTH of RFC 9162 §2.1.1). */
export const joinRoots = (roots: readonly Bytes[]): Bytes =>
  roots.length === 0 ? EMPTY_ROOT : roots.reduceRight((right, left) => hashNode(left, right));

/** The largest power of two below `size`: where a tree of that size splits. @param size at least 2 */
export function splitOf(size: number): number {
  const power = 2 ** levelOf(size);
  return power === size ? size / 2 : power;
}

/** The exponent of the largest power of two that is not above `size`. Counted: Math.log2 rounds up below a power. */
function levelOf(size: number): number {
  let level = 0;
  while (2 ** (level + 1) <= size) level += 1;
  return level;
}

/** A tree's size as it may come from outside. */
export const isTreeSize = (size: number): boolean => Number.isSafeInteger(size) && size >= 0 && size <= 2 ** 48;
