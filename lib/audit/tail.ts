import type { VaultKeys } from '../vault/index.ts';
import type { LogState } from './log-state.ts';
import type { Kept } from './segment.ts';

/** The entries of the segment that the log ends in, and the end that they belong to. */
interface Tail extends Pick<LogState, 'last'> {
  readonly size: number;
  readonly entries: readonly Kept[];
}

/** Goes with the keys of the vault it is of. */
const tails = new WeakMap<VaultKeys, Tail>();

/**
 * The segment that the next entry joins, where the newest entry was written here: the next one need not read it again.
 * Told by the newest entry's hash, so that a transaction which failed, or another worker's, leaves no trace.
 */
export function tailOf(keys: VaultKeys, { tree, last }: LogState): readonly Kept[] | undefined {
  const tail = tails.get(keys);
  return tail?.size === tree.size && tail.last === last ? tail.entries : undefined;
}

export function rememberTail(keys: VaultKeys, { tree, last }: LogState, entries: readonly Kept[]): void {
  tails.set(keys, { size: tree.size, last, entries });
}
