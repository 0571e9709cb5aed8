import type { Bytes } from '../core/index.ts';
import { SignetError, fromUtf8 } from '../core/index.ts';
import type { VaultReader, VaultTx } from '../vault/index.ts';
import type { LogState } from './log-state.ts';
import { decodeState, encodeState } from './log-state.ts';
import type { Level } from './places.ts';
import { CHECKPOINT, segmentAddress, summaryAddress } from './places.ts';
import type { Kept } from './segment.ts';
import { decodeSegment } from './segment.ts';
import type { Summary } from './summary.ts';
import { decodeSummary } from './summary.ts';

/** @throws SignetError vault_damaged */
export async function readState(vault: VaultReader): Promise<LogState> {
  const [state, tail] = await Promise.all([vault.logState(), vault.logTail()]);
  return { ...decodeState(state), tail };
}

/** Puts the state into the vault's root, and the root of the log's tree into its anchor. */
export function writeState(tx: VaultTx, state: LogState): void {
  const { tree, tail } = state;
  tx.setLog({ head: tree.root(), state: encodeState(state), ...(tail && { tail }) });
}

/** The entries of a segment, or undefined when there is none. @throws SignetError vault_damaged */
export async function readSegment(vault: VaultReader, segment: number): Promise<readonly Kept[] | undefined> {
  const bytes = await vault.get(segmentAddress(segment), 1);
  return bytes === undefined ? undefined : openSegment(bytes);
}

/** @throws SignetError vault_damaged */
export function openSegment(bytes: Bytes): readonly Kept[] {
  try {
    return decodeSegment(bytes).entries;
  } catch (cause) {
    throw new SignetError('vault_damaged', 'Entries of the log cannot be read.', { cause });
  }
}

/** A summary, or undefined when there is none. @throws SignetError vault_damaged */
export async function readSummary(vault: VaultReader, level: Level, index: number): Promise<Summary | undefined> {
  const bytes = await vault.get(summaryAddress(level, index), 1);
  return bytes === undefined ? undefined : decodeSummary(bytes);
}

/** What `read` finds; undefined where it finds damage. */
export async function unlessDamaged<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (SignetError.from(error).reason !== 'vault_damaged') throw error;
    return undefined; // verifying names it; what is built from the rest goes without
  }
}

/** Text of the checkpoint that was signed last, but for those of blocks; undefined when none was. */
export async function readCheckpoint(vault: VaultReader): Promise<string | undefined> {
  const bytes = await vault.get(CHECKPOINT, 1);
  return bytes === undefined ? undefined : fromUtf8(bytes);
}
