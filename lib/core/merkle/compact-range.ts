import type { Bytes } from '../index.ts';
import { hashNode, isTreeSize, joinRoots, subtreesOf } from './tree-hash.ts';

/**
 * A Merkle tree of which only the roots of its full subtrees are kept, the largest first: all that appending leaves
 * and naming the root takes. Never more than 48 hashes.
 */
export class CompactRange {
  #size: number;
  readonly #roots: Bytes[];

  private constructor(size: number, roots: readonly Bytes[]) {
    this.#size = size;
    this.#roots = [...roots];
  }

  static empty(): CompactRange {
    return new CompactRange(0, []);
  }

  /**
   * A range as `roots` gave it.
   * @throws RangeError when there are not as many roots as a tree of this size has
   */
  static of(size: number, roots: readonly Bytes[]): CompactRange {
    if (!isTreeSize(size) || roots.length !== subtreesOf({ start: 0, end: size }).length) {
      throw new RangeError('These are not the subtrees of a tree of this size.');
    }
    return new CompactRange(size, roots);
  }

  /** How many leaves there are. */
  get size(): number {
    return this.#size;
  }

  /** Roots of the full subtrees, the largest first. */
  get roots(): readonly Bytes[] {
    return this.#roots;
  }

  /** The root of the tree (RFC 9162 §2.1.1). */
  root(): Bytes {
    return joinRoots(this.#roots);
  }

  /**
   * Adds a leaf by its hash.
   * @returns the roots of the full subtrees that it completes, by level: the leaf itself is the first
   */
  append(leaf: Bytes): readonly Bytes[] {
    return this.appendSubtree(leaf, 0);
  }

  /**
   * Adds 2^level leaves at once, by the root of their subtree.
   * @returns the roots of the full subtrees that this completes: the given one is the first
   * @throws RangeError where such a subtree cannot begin
   */
  appendSubtree(root: Bytes, level: number): readonly Bytes[] {
    const leaves = 2 ** level;
    if (this.#size % leaves !== 0) throw new RangeError('A subtree of this size cannot begin here.');
    const completed = [root];
    let node = root;
    for (let rest = this.#size / leaves; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      const left = this.#roots.pop();
      if (left === undefined) throw new RangeError('A tree lacks a subtree.');
      node = hashNode(left, node);
      completed.push(node);
    }
    this.#roots.push(node);
    this.#size += leaves;
    return completed;
  }

  /** The same tree once more, going its own way from here. */
  fork(): CompactRange {
    return new CompactRange(this.#size, this.#roots);
  }
}

/** The root over the roots of full subtrees of one size. */
export function rootOver(roots: readonly Bytes[]): Bytes {
  const tree = CompactRange.empty();
  for (const root of roots) tree.append(root);
  return tree.root();
}
