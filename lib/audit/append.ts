import type { Bytes } from '../core/index.ts';
import { rootOver } from '../core/merkle/index.ts';
import type { VaultTx } from '../vault/index.ts';
import type { LogState } from './log-state.ts';
import { grow } from './log-state.ts';
import type { Level } from './places.ts';
import { BLOCK, BLOCKS, FAN, LEVELS, SEGMENT, segmentAddress, summaryAddress } from './places.ts';
import { readPruned } from './pruned.ts';
import { openSegment, readSegment, readSummary, unlessDamaged } from './records.ts';
import type { Kept } from './segment.ts';
import { encodeSegment, leafBytes } from './segment.ts';
import { signFor } from './signing-key.ts';
import type { Summary } from './summary.ts';
import { encodeSummary, holdsOf, holdsOfAll } from './summary.ts';

/**
 * Puts an entry at the end of the log: into its segment and the tree, and at the end of a block that one's summary
 * with a signed checkpoint. The caller puts the state it gets back into the transaction.
 * @param time of the checkpoint, in milliseconds since the epoch
 */
export async function append(tx: VaultTx, before: LogState, kept: Kept, time: number): Promise<LogState> {
  const tail = await putInSegment(tx, before, kept);
  const { state, completed } = grow({ ...before, tail }, leafBytes(kept));
  for (const level of LEVELS) {
    const root = completed[level.exponent];
    if (root === undefined) break;
    const summary = await (level === BLOCKS ? sumUpBlock(tx, state, root, time) : sumUp(tx, state, level));
    if (summary === undefined) break;
    tx.put(summaryAddress(level, lastIndex(state, level)), 1, encodeSummary(summary));
  }
  return state;
}

/** The index of the summary that ends where the log does. */
const lastIndex = ({ tree }: LogState, { exponent }: Level): number => tree.size / 2 ** exponent - 1;

async function putInSegment(tx: VaultTx, before: LogState, kept: Kept): Promise<Bytes> {
  const segment = Math.floor(before.tree.size / SEGMENT);
  const bytes = encodeSegment(segment * SEGMENT, [...(await lastSegment(tx, before)), kept]);
  tx.put(segmentAddress(segment), 1, bytes);
  return bytes;
}

/** What stands already in the segment that the next entry joins. */
async function lastSegment(tx: VaultTx, { tree, tail }: LogState): Promise<readonly Kept[]> {
  if (tree.size % SEGMENT === 0) return [];
  return tail === undefined ? ((await readSegment(tx, Math.floor(tree.size / SEGMENT))) ?? []) : openSegment(tail);
}

async function sumUpBlock(tx: VaultTx, { tree }: LogState, root: Bytes, time: number): Promise<Summary> {
  const first = (tree.size - BLOCK) / SEGMENT;
  const numbers = Array.from({ length: BLOCK / SEGMENT }, (_, i) => first + i);
  const segments = await Promise.all(numbers.map((segment) => unlessDamaged(readSegment(tx, segment))));
  const known = segments.filter((entries) => entries !== undefined);
  return {
    roots: [root],
    holds: known.length < segments.length ? undefined : holdsOf(known.flat()),
    checkpoint: signFor(tx.keys.audit, { size: tree.size, root: tree.root(), time }),
  };
}

/** The sum of the sixteen summaries below; undefined when one of them cannot be read: then the search goes without. */
async function sumUp(tx: VaultTx, state: LogState, level: Level): Promise<Summary | undefined> {
  const below = LEVELS[LEVELS.indexOf(level) - 1] ?? BLOCKS;
  const first = lastIndex(state, level) * FAN;
  const found = await Promise.all(Array.from({ length: FAN }, (_, i) => childOf(tx, state, below, first + i)));
  const children = found.filter((child) => child !== undefined);
  if (children.length < FAN) return undefined;
  return sumOf(children);
}

/** @param children all summaries under one of the next level; what was pruned of them holds nothing */
export function sumOf(children: readonly Child[]): Summary {
  const kept = children.filter(({ isPruned }) => !isPruned);
  return {
    roots: children.map(({ root }) => root),
    holds: holdsOfAll(kept.map(({ holds }) => holds)),
  };
}

/** A summary as the one above it sees it. */
export interface Child extends Pick<Summary, 'holds'> {
  readonly root: Bytes;
  readonly isPruned: boolean;
}

async function childOf(tx: VaultTx, state: LogState, level: Level, index: number): Promise<Child | undefined> {
  if ((index + 1) * 2 ** level.exponent <= state.pruned) {
    const blocks = 2 ** (level.exponent - BLOCKS.exponent);
    const { roots } = await readPruned(tx);
    return { root: rootOver(roots.slice(index * blocks, (index + 1) * blocks)), holds: undefined, isPruned: true };
  }
  const summary = await unlessDamaged(readSummary(tx, level, index));
  return summary && { root: rootOver(summary.roots), holds: summary.holds, isPruned: false };
}
