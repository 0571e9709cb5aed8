import type { Bytes } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import { hashLeaf, includes } from '../../core/merkle/index.ts';
import type { ClauseCommitment } from './commitment.ts';
import { MAX_CLAUSES, isHash, rootOf } from './commitment.ts';
import { MAX_LEAF_LENGTH, readLeaf } from './leaf.ts';
import type { ClauseOpening } from './clause-opening.ts';
import type { Permission } from './permission.ts';

/**
 * Why opened clauses are refused: the commitment is none (`bad_commitment`), there are too many of them (`too_many`),
 * a place comes twice (`twice`), a proof is not of the tree's form (`bad_proof`) or does not lead to its root
 * (`not_included`), a leaf holds no permission (`bad_leaf`).
 */
export type ClauseFault = 'bad_commitment' | 'too_many' | 'twice' | 'bad_proof' | 'not_included' | 'bad_leaf';

export type ClauseCheck =
  | { readonly ok: true; readonly permissions: readonly Permission[] }
  | { readonly ok: false; readonly reason: ClauseFault; readonly detail: string };

/**
 * Checks that a token committed to each of these clauses. One that does not hold makes all of them worthless: whoever
 * shows it is not the holder of what it looks like.
 * @param commitment from the token, whose signature was verified
 * @returns the permissions in the order of the clauses; an empty list for none
 */
export function verifyClauses(commitment: ClauseCommitment, opened: readonly ClauseOpening[]): ClauseCheck {
  const root = rootOf(commitment);
  if (root === undefined) return fault('bad_commitment', 'The commitment is to no tree of clauses.');
  if (opened.length > MAX_CLAUSES) return fault('too_many', `There are at most ${MAX_CLAUSES} clauses.`);
  if (new Set(opened.map(({ place }) => place)).size < opened.length) return fault('twice', 'A clause is shown twice.');
  const permissions: Permission[] = [];
  for (const clause of opened) {
    const read = verifyOne({ root, size: commitment.leaves }, clause);
    if ('reason' in read) return read;
    permissions.push(read.permission);
  }
  return { ok: true, permissions };
}

type Fault = Extract<ClauseCheck, { ok: false }>;
const fault = (reason: ClauseFault, detail: string): Fault => ({ ok: false, reason, detail });

/**
 * The tree's size is signed, so a proof has one length: a path that stops at a node, or goes on below a leaf, is too
 * short or too long before any hash is compared. The prefixes of leaf and node keep the two apart besides.
 */
function verifyOne(
  { root, size }: { readonly root: Bytes; readonly size: number },
  clause: ClauseOpening,
): Fault | { readonly permission: Permission } {
  const { leaf, place, proof } = clause;
  const isWhole = Number.isInteger(place) && place >= 0 && place < size;
  if (!isWhole || proof.length !== Math.log2(size) || !proof.every(isHash)) {
    return fault('bad_proof', 'The proof is not one of this tree.');
  }
  if (leaf.length > MAX_LEAF_LENGTH) return fault('bad_leaf', `A leaf has at most ${MAX_LEAF_LENGTH} bytes.`);
  if (!includes({ leaf: hashLeaf(leaf), index: place, size, root }, proof)) {
    return fault('not_included', 'The token did not commit to this clause.');
  }
  try {
    return { permission: readLeaf(leaf) };
  } catch (error) {
    return fault('bad_leaf', SignetError.from(error).message);
  }
}
