import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes } from '../core/index.ts';
import { SignetError, fromBase64url, toBase64url } from '../core/index.ts';
import { CompactRange, HASH_LENGTH, hashLeaf } from '../core/merkle/index.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { GENESIS } from './verifying/index.ts';

const VERSION = 1;

/** Where the log stands: what the vault's root keeps of it, at most 1,024 bytes. */
export interface LogState {
  /** Its Merkle tree: size, and the roots of its full subtrees. */
  readonly tree: CompactRange;
  /** base64url SHA-256 of the newest entry: what the next points back to. */
  readonly last: string;
  /** The first entry that is kept: those before were pruned. A multiple of a block. */
  readonly pruned: number;
  /** Up to here the records of pruned entries are gone; behind `pruned` while some are still due. */
  readonly swept: number;
  /** The newest segment as it was put, where this worker did that: not kept with the rest. */
  readonly tail?: Bytes | undefined;
}

export const emptyState = (): LogState => ({ tree: CompactRange.empty(), last: GENESIS, pruned: 0, swept: 0 });

export function encodeState({ tree, last, pruned, swept }: LogState): Bytes {
  const out = new ByteWriter().number(VERSION).number(tree.size).number(pruned).number(swept);
  out.bytes(fromBase64url(last));
  for (const root of tree.roots) out.bytes(root);
  return out.finish();
}

/** @param bytes as `encodeState` gave them; empty for a log that has not begun @throws SignetError vault_damaged */
export function decodeState(bytes: Bytes): LogState {
  if (bytes.length === 0) return emptyState();
  try {
    return readState(new ByteReader(bytes));
  } catch (cause) {
    throw new SignetError('vault_damaged', 'The state of the log cannot be read.', { cause });
  }
}

function readState(input: ByteReader): LogState {
  if (input.number() !== VERSION) throw new RangeError('This state is of another version.');
  const [size, pruned, swept] = [input.number(), input.number(), input.number()];
  const last = toBase64url(input.bytes(HASH_LENGTH));
  const roots: Bytes[] = [];
  while (!input.isAtEnd) roots.push(input.bytes(HASH_LENGTH));
  return { tree: CompactRange.of(size, roots), last, pruned, swept };
}

/** The state with an entry more, and the roots of the full subtrees that it completes, by level. */
export function grow(state: LogState, leaf: Bytes): { readonly state: LogState; readonly completed: readonly Bytes[] } {
  const tree = state.tree.fork();
  const completed = tree.append(hashLeaf(leaf));
  return { state: { ...state, tree, last: toBase64url(sha256(leaf)) }, completed };
}
