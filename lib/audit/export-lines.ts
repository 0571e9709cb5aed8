import { fromUtf8 } from '../core/index.ts';
import type { VaultReader } from '../vault/index.ts';
import type { LogState } from './log-state.ts';
import { SEGMENT } from './places.ts';
import { readSegment } from './records.ts';
import type { Kept } from './segment.ts';
import { isReadable } from './segment.ts';
import { entryText } from './verifying/index.ts';

/**
 * Entries as lines of canonical JSON, oldest first. One that cannot be read is a line too, so that whoever checks the
 * export finds it.
 * @param range numbers of the first entry and of the one after the last
 */
export async function exportLines(
  vault: VaultReader,
  { tree, pruned }: LogState,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<string> {
  const [start, end] = [Math.max(from, pruned), Math.min(to, tree.size)];
  const first = Math.floor(start / SEGMENT);
  const numbers = Array.from({ length: Math.max(0, Math.ceil(end / SEGMENT) - first) }, (_, i) => first + i);
  const segments = await Promise.all(numbers.map((segment) => readSegment(vault, segment)));
  const entries = segments.flatMap((entries) => entries ?? []);
  return entries
    .slice(start - first * SEGMENT, end - first * SEGMENT)
    .map((kept) => `${lineOf(kept)}\n`)
    .join('');
}

function lineOf(kept: Kept): string {
  if (isReadable(kept)) return entryText(kept);
  try {
    return fromUtf8(kept.unreadable).replaceAll('\n', ' ');
  } catch {
    return ''; // no text at all: no entry either way
  }
}
