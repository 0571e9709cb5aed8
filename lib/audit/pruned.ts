import * as v from 'valibot';
import type { Bytes } from '../core/index.ts';
import { SignetError, canonicalJsonBytes, concatBytes, fromBase64url, fromUtf8, toBase64url } from '../core/index.ts';
import { CompactRange, HASH_LENGTH } from '../core/merkle/index.ts';
import type { VaultReader } from '../vault/index.ts';
import { BLOCK, PRUNED } from './places.ts';
import { GENESIS } from './verifying/index.ts';

/** What is left of the entries that were pruned: enough to go on proving what comes after them. */
export interface Pruned {
  /** Roots of the blocks that went, in their order. */
  readonly roots: readonly Bytes[];
  /** base64url hash of the last entry that went: what the first one kept points back to. */
  readonly prev: string;
  /** Text of the checkpoint over all that went; empty while nothing did. */
  readonly checkpoint: string;
}

const NOTHING: Pruned = { roots: [], prev: GENESIS, checkpoint: '' };

const PrunedSchema = v.strictObject({
  v: v.literal(1),
  roots: v.string(),
  prev: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/)),
  checkpoint: v.string(),
});

export const encodePruned = ({ roots, prev, checkpoint }: Pruned): Bytes =>
  canonicalJsonBytes({ v: 1, roots: toBase64url(concatBytes(...roots)), prev, checkpoint });

/** @throws SignetError vault_damaged */
export async function readPruned(vault: VaultReader): Promise<Pruned> {
  const bytes = await vault.get(PRUNED, 1);
  if (bytes === undefined) return NOTHING;
  try {
    const { roots, prev, checkpoint } = v.parse(PrunedSchema, JSON.parse(fromUtf8(bytes)));
    const joined = fromBase64url(roots);
    const count = joined.length / HASH_LENGTH;
    if (!Number.isInteger(count)) throw new RangeError('These are no hashes.');
    return { roots: Array.from({ length: count }, (_, i) => rootAt(joined, i)), prev, checkpoint };
  } catch (cause) {
    throw new SignetError('vault_damaged', 'What is left of pruned entries cannot be read.', { cause });
  }
}

const rootAt = (joined: Bytes, i: number): Bytes => joined.slice(i * HASH_LENGTH, (i + 1) * HASH_LENGTH);

/** The tree of the entries that went. */
export function prunedTree({ roots }: Pruned): CompactRange {
  const blocks = CompactRange.empty();
  // Blocks are full subtrees of one size: a tree over their roots is the upper part of the tree over their entries.
  for (const root of roots) blocks.append(root);
  return CompactRange.of(roots.length * BLOCK, blocks.roots);
}
