import type { Bytes } from '../core/index.ts';
import { SignetError, toBase64url } from '../core/index.ts';
import { sha256 } from '@noble/hashes/sha2.js';
import type { VaultTx } from '../vault/index.ts';
import type { Child } from './append.ts';
import { sumOf } from './append.ts';
import type { LogState } from './log-state.ts';
import type { Level } from './places.ts';
import { BLOCK, BLOCKS, FAN, LEVELS, PRUNED, SEGMENT, segmentAddress, summaryAddress } from './places.ts';
import { encodePruned, prunedTree, readPruned } from './pruned.ts';
import { readSegment, readSummary } from './records.ts';
import { leafBytes } from './segment.ts';
import { signFor } from './signing-key.ts';
import { encodeSummary } from './summary.ts';
import { TreeNodes } from './tree-nodes.ts';
import type { Checkpoint } from './verifying/index.ts';

/** The last block boundary that is not after an entry. */
export const boundaryBefore = (seq: number): number => Math.floor(seq / BLOCK) * BLOCK;

/**
 * Puts a checkpoint in the place of the entries before `boundary`: their records are then due to be swept.
 * @param boundary the end of a block, not after the end of the log
 * @param time of the checkpoint, in milliseconds since the epoch
 * @throws SignetError not_found when nothing is there to go; vault_damaged
 */
export async function markPruned(
  tx: VaultTx,
  state: LogState,
  boundary: number,
  time: number,
): Promise<{ readonly state: LogState; readonly checkpoint: Omit<Checkpoint, 'origin'> }> {
  if (boundary <= state.pruned) throw new SignetError('not_found', 'There is nothing that old in the log.');
  const roots = await blockRoots(tx, state, boundary);
  const tree = prunedTree({ roots, prev: '', checkpoint: '' });
  const stated = { size: boundary, root: tree.root(), time };
  const prev = await lastHash(tx, boundary);
  const next = { ...state, pruned: boundary };
  tx.put(PRUNED, 1, encodePruned({ roots, prev, checkpoint: signFor(tx.keys.audit, stated) }));
  for (const level of LEVELS.slice(1)) await forgetNames(tx, next, level);
  return { state: next, checkpoint: stated };
}

async function blockRoots(tx: VaultTx, state: LogState, boundary: number): Promise<readonly Bytes[]> {
  const before = await readPruned(tx);
  const nodes = new TreeNodes(tx, state);
  const numbers = Array.from({ length: boundary / BLOCK - before.roots.length }, (_, i) => before.roots.length + i);
  const level = BLOCKS.exponent;
  return [...before.roots, ...(await Promise.all(numbers.map((index) => nodes.rootOf({ level, index }))))];
}

async function lastHash(tx: VaultTx, boundary: number): Promise<string> {
  const last = (await readSegment(tx, boundary / SEGMENT - 1))?.at(-1);
  if (last === undefined) throw new SignetError('vault_damaged', `Entry ${boundary - 1} of the log is missing.`);
  return toBase64url(sha256(leafBytes(last)));
}

/** The summary that reaches over the boundary names no more what only pruned entries had. */
async function forgetNames(tx: VaultTx, { pruned }: LogState, level: Level): Promise<void> {
  const index = Math.floor(pruned / 2 ** level.exponent);
  const summary = await readSummary(tx, level, index);
  if (summary === undefined || pruned % 2 ** level.exponent === 0) return;
  const below = LEVELS[LEVELS.indexOf(level) - 1] ?? BLOCKS;
  const children = summary.roots.map(async (root, i): Promise<Child> => {
    const isPruned = (index * FAN + i + 1) * 2 ** below.exponent <= pruned;
    const child = isPruned ? undefined : await readSummary(tx, below, index * FAN + i);
    return { root, isPruned, holds: child?.holds };
  });
  tx.put(summaryAddress(level, index), 1, encodeSummary(sumOf(await Promise.all(children))));
}

/** Deletes the records of one block that was pruned, and of what ends with it. Does nothing when none is due. */
export async function sweepBlock(tx: VaultTx, state: LogState): Promise<LogState> {
  const { swept, pruned } = state;
  if (swept >= pruned) return state;
  const end = swept + BLOCK;
  for (let segment = swept / SEGMENT; segment < end / SEGMENT; segment++) await tx.delete(segmentAddress(segment));
  for (const level of LEVELS) {
    const span = 2 ** level.exponent;
    if (end % span === 0) await tx.delete(summaryAddress(level, end / span - 1));
  }
  return { ...state, swept: end };
}
