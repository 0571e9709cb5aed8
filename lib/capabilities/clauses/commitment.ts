import type { Bytes } from '../../core/index.ts';
import { fromBase64url } from '../../core/index.ts';
import { HASH_LENGTH } from '../../core/merkle/index.ts';

/** The most leaves that a tree of clauses may have, padding among them. */
export const MAX_CLAUSES = 256;

/** What a token's terms say of its hidden clauses: nothing but the tree's root, and its size. */
export interface ClauseCommitment {
  /** Root of the tree (RFC 9162 §2.1.1): base64url, 32 bytes. */
  readonly merkle_root: string;
  /** Leaves with padding: a power of two, at most `MAX_CLAUSES`. */
  readonly leaves: number;
}

/** Whether a number can be the size of a tree of clauses. */
export const isClauseTreeSize = (size: unknown): size is number =>
  typeof size === 'number' && size >= 1 && size <= MAX_CLAUSES && Number.isInteger(Math.log2(size));

/** The root's bytes, or undefined for a commitment to no tree. */
export function rootOf({ merkle_root, leaves }: ClauseCommitment): Bytes | undefined {
  if (!isClauseTreeSize(leaves) || typeof merkle_root !== 'string' || merkle_root.length !== ROOT_TEXT)
    return undefined;
  try {
    return fromBase64url(merkle_root);
  } catch {
    return undefined; // which is what no tree has
  }
}
const ROOT_TEXT = 43;

/** Whether bytes can be a hash of the tree. */
export const isHash = (bytes: unknown): bytes is Bytes => bytes instanceof Uint8Array && bytes.length === HASH_LENGTH;
