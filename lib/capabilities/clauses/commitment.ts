import type { Bytes, JsonObject } from '../../core/index.ts';
import { assertField, fromBase64url, isJsonObject, toBase64url } from '../../core/index.ts';
import { HASH_LENGTH } from '../../core/merkle/index.ts';

/** The most leaves that a tree of clauses may have, padding among them. */
export const MAX_CLAUSES = 256;

/** What a token says of its hidden clauses: nothing but the tree's root, and its size. */
export interface ClauseCommitment {
  /** Root of the tree (RFC 9162 §2.1.1), 32 bytes. */
  readonly root: Bytes;
  /** Leaves with padding: a power of two, at most `MAX_CLAUSES`. */
  readonly size: number;
}

/** Whether a number can be the size of a tree of clauses. */
export const isClauseTreeSize = (size: unknown): size is number =>
  typeof size === 'number' && size >= 1 && size <= MAX_CLAUSES && Number.isInteger(Math.log2(size));

/** A commitment as a token's claim: the root in base64url. */
export const commitmentClaim = ({ root, size }: ClauseCommitment): JsonObject => ({ root: toBase64url(root), size });

/** A commitment, from a claim of any shape. @throws SignetError bad_request */
export function readCommitment(value: unknown): ClauseCommitment {
  const field = 'clauses';
  assertField(isJsonObject(value) && Object.keys(value).length === 2, field, 'A commitment has a root and a size.');
  const [root, size] = ['root', 'size'].map((name) => (Object.hasOwn(value, name) ? value[name] : undefined));
  assertField(isClauseTreeSize(size), field, `The size is a power of two up to ${MAX_CLAUSES}.`);
  assertField(typeof root === 'string' && root.length === 43, field, 'The root is 32 bytes of base64url.');
  return { root: fromBase64url(root), size };
}

/** Whether bytes can be a hash of the tree. */
export const isHash = (bytes: unknown): bytes is Bytes => bytes instanceof Uint8Array && bytes.length === HASH_LENGTH;
