import type { Bytes } from '../../core/index.ts';
import { SignetError, assertField, randomBytes, toBase64url } from '../../core/index.ts';
import type { Subtree } from '../../core/merkle/index.ts';
import { HASH_LENGTH, hashLeaf, hashNode, proveInclusion } from '../../core/merkle/index.ts';
import type { ClauseCommitment } from './commitment.ts';
import { MAX_CLAUSES } from './commitment.ts';
import { makeLeaf } from './leaf.ts';
import type { ClauseOpening } from './clause-opening.ts';
import type { Permission } from './permission.ts';

/** Up to so many clauses nobody can tell how many there are. */
const LEAST_SIZE = 8;

interface PlacedLeaf {
  readonly leaf: Bytes;
  readonly place: number;
}

/**
 * Clauses that a token commits to and its holder opens one by one. Each stands at a place drawn by lot among random
 * hashes, which look like the hashes of other clauses.
 *
 * @example
 * const tree = ClauseTree.of([{ audience: 'https://shop.example', action: 'pay', amount: 15000, currency: 'USD' }]);
 * tree.commitment.leaves; // 8
 * const opening = await tree.openLeaf(0); // goes beside the token, which has the commitment in it
 */
export class ClauseTree {
  /** As the token's terms have it. */
  readonly commitment: ClauseCommitment;
  readonly #leaves: readonly PlacedLeaf[];
  /** Hashes by level: the leaves first, the root last. */
  readonly #levels: readonly (readonly Bytes[])[];

  private constructor(leaves: readonly PlacedLeaf[], levels: readonly (readonly Bytes[])[], root: Bytes) {
    this.#leaves = leaves;
    this.#levels = levels;
    this.commitment = { merkle_root: toBase64url(root), leaves: levels[0]?.length ?? 0 };
  }

  /**
   * @param permissions from one to `MAX_CLAUSES`; each is whole, and restricts nothing but itself
   * @throws SignetError bad_request
   */
  static of(permissions: readonly Permission[]): ClauseTree {
    const enough = permissions.length >= 1 && permissions.length <= MAX_CLAUSES;
    assertField(enough, 'permissions', `A token hides from one to ${MAX_CLAUSES} clauses.`);
    const size = sizeFor(permissions.length);
    const places = shuffled(size);
    const leaves = permissions.map((permission, i) => ({ leaf: makeLeaf(permission), place: places[i] ?? 0 }));
    const hashes = Array.from({ length: size }, () => randomBytes(HASH_LENGTH));
    for (const { leaf, place } of leaves) hashes[place] = hashLeaf(leaf);
    const levels = levelsOver(hashes);
    const root = levels.at(-1)?.[0];
    if (root === undefined) throw new SignetError('internal', 'A tree has no root.');
    return new ClauseTree(leaves, levels, root);
  }

  /**
   * One clause with its inclusion proof.
   * @param index of the permission as it was given, from 0
   * @throws SignetError not_found
   */
  async openLeaf(index: number): Promise<ClauseOpening> {
    const found = this.#leaves[index];
    if (found === undefined) throw new SignetError('not_found', 'There is no such clause.');
    const proof = await proveInclusion(found.place, this.commitment.leaves, this.#rootOf);
    return { leaf: found.leaf.slice(), place: found.place, proof };
  }

  /** Every clause, opened, in the order in which they were given: what the holder keeps. */
  openAll(): Promise<readonly ClauseOpening[]> {
    return Promise.all(this.#leaves.map((_, index) => this.openLeaf(index)));
  }

  readonly #rootOf = ({ level, index }: Subtree): Promise<Bytes> => {
    const root = this.#levels[level]?.[index];
    return root === undefined
      ? Promise.reject(new SignetError('internal', 'A tree lacks a subtree.'))
      : Promise.resolve(root.slice());
  };
}

function sizeFor(clauses: number): number {
  let size = LEAST_SIZE;
  while (size < clauses) size *= 2;
  return size;
}

function levelsOver(hashes: readonly Bytes[]): readonly (readonly Bytes[])[] {
  const levels = [hashes];
  for (let below = hashes; below.length > 1;) {
    below = pairs(below).map(([left, right]) => hashNode(left, right));
    levels.push(below);
  }
  return levels;
}

const pairs = (hashes: readonly Bytes[]): readonly (readonly [Bytes, Bytes])[] =>
  hashes.flatMap((left, i) => {
    const right = hashes[i + 1];
    return i % 2 === 1 || right === undefined ? [] : [[left, right] as const];
  });

/** The numbers below `size` in an order drawn by lot (Fisher and Yates). */
function shuffled(size: number): readonly number[] {
  const order = Array.from({ length: size }, (_, i) => i);
  for (let last = size - 1; last > 0; last--) {
    const other = below(last + 1);
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}

/** A number below `bound`, each as likely as any other. @param bound at most 256 */
function below(bound: number): number {
  const fair = 256 - (256 % bound);
  for (;;) {
    const [byte = 0] = randomBytes(1);
    if (byte < fair) return byte % bound;
  }
}
