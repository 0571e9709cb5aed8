import type { Bytes } from '../core/index.ts';
import { SignetError, equalBytes } from '../core/index.ts';
import { rootOver } from '../core/merkle/index.ts';
import type { VaultReader } from '../vault/index.ts';
import type { Child } from './append.ts';
import { sumOf } from './append.ts';
import type { LogKeys } from './log-keys.ts';
import { openOneOfMany } from './log-keys.ts';
import { NoteSignatures } from './note-signatures.ts';
import type { Level } from './places.ts';
import { BLOCK, BLOCKS, FAN, LEVELS, spanOf } from './places.ts';
import type { Pruned } from './pruned.ts';
import { readSummary } from './records.ts';
import type { Kept } from './segment.ts';
import type { Summary } from './summary.ts';
import { encodeSummary, holdsOf } from './summary.ts';
import type { Checkpoint, LogProblem } from './verifying/index.ts';
import { problem } from './verifying/index.ts';

/** Holds each summary against the entries it is of, as a walk comes to its end. */
export class SummaryCheck {
  readonly #vault: VaultReader;
  readonly #keys: LogKeys;
  readonly #pruned: Pruned;
  readonly #signatures = new NoteSignatures();
  readonly #seen = new Map<string, Child>();
  /** Summaries of blocks by index, asked for before the walk is there. */
  readonly #ahead = new Map<number, Promise<Stored>>();

  constructor(vault: VaultReader, { keys, pruned }: { readonly keys: LogKeys; readonly pruned: Pruned }) {
    this.#vault = vault;
    this.#keys = keys;
    this.#pruned = pruned;
  }

  /** Begins to read the summary of a block and to check its signature: the walk waits for neither when it gets there. */
  readAhead(block: number): void {
    const reading = this.#readSigned(block);
    reading.catch(() => undefined); // whoever waits for it has the error; a walk that ends early never does
    this.#ahead.set(block, reading);
  }

  /** To be called at the end of each block. @param entries of the block */
  async atBlockEnd({ tree, completed }: BlockEnd, entries: readonly Kept[]): Promise<LogProblem | undefined> {
    for (const level of LEVELS) {
      if (tree.size % spanOf(level) !== 0) return undefined;
      const index = tree.size / spanOf(level) - 1;
      const root = completed[level.exponent - BLOCKS.exponent];
      if (root === undefined) return undefined;
      const expected =
        level === BLOCKS ? { roots: [root], holds: holdsOf(entries) } : sumOf(this.#children(level, index));
      const { summary, signed } = await (level === BLOCKS ? this.#readBlock(index) : this.#readPlain(level, index));
      const wrong =
        'seq' in summary
          ? summary
          : (compare(summary, expected, level, tree) ?? (signed && (await this.#checkSigned(signed, tree))));
      if (wrong !== undefined) return wrong;
      this.#seen.set(keyOf(level, index), { root, holds: expected.holds, isPruned: false });
    }
    return undefined;
  }

  #readBlock(index: number): Promise<Stored> {
    const reading = this.#ahead.get(index) ?? this.#readSigned(index);
    this.#ahead.delete(index);
    return reading;
  }

  async #readSigned(block: number): Promise<Stored> {
    const summary = await this.#read(BLOCKS, block);
    if ('seq' in summary) return { summary };
    const signed = openOneOfMany(summary.checkpoint ?? '', this.#keys, this.#signatures);
    signed.catch(() => undefined); // as above
    return { summary, signed };
  }

  async #readPlain(level: Level, index: number): Promise<Stored> {
    return { summary: await this.#read(level, index) };
  }

  async #read(level: Level, index: number): Promise<Summary | LogProblem> {
    const seq = index * spanOf(level);
    try {
      const summary = await readSummary(this.#vault, level, index);
      return summary ?? problem('unreadable', seq, `The summary of the entries from ${seq} on is missing.`);
    } catch (error) {
      const { reason, message } = SignetError.from(error);
      if (reason !== 'vault_damaged') throw error;
      return problem('unreadable', seq, message);
    }
  }

  async #checkSigned(signed: Promise<Checkpoint>, tree: Standing): Promise<LogProblem | undefined> {
    const seq = tree.size - BLOCK;
    try {
      const { size, root } = await signed;
      if (size === tree.size && equalBytes(root, tree.root())) return undefined;
      return problem('edited', seq, `The entries up to ${tree.size - 1} are not those that were signed.`);
    } catch (error) {
      const { message } = SignetError.from(error);
      return problem('edited', seq, `The checkpoint after entry ${tree.size - 1} does not hold: ${message}`);
    }
  }

  #children(level: Level, index: number): readonly Child[] {
    const below = LEVELS[LEVELS.indexOf(level) - 1] ?? BLOCKS;
    return Array.from({ length: FAN }, (_, i) => this.#child(below, index * FAN + i));
  }

  #child(level: Level, index: number): Child {
    const seen = this.#seen.get(keyOf(level, index));
    if (seen !== undefined) return seen;
    const blocks = spanOf(level) / BLOCK;
    const { roots } = this.#pruned;
    return { root: rootOver(roots.slice(index * blocks, (index + 1) * blocks)), holds: undefined, isPruned: true };
  }
}

/** Where a block ends. */
interface BlockEnd {
  readonly tree: Standing;
  /** Roots of the full subtrees that it completed: of the block itself first, then by level. */
  readonly completed: readonly Bytes[];
}

/** The summary that stands, and of a block the checkpoint in it, once its signature is known to hold. */
interface Stored {
  readonly summary: Summary | LogProblem;
  readonly signed?: Promise<Checkpoint>;
}

/** Where the walk stands. */
interface Standing {
  readonly size: number;
  root(): Bytes;
}

function compare(
  { roots, holds }: Summary,
  expected: Pick<Summary, 'roots' | 'holds'>,
  level: Level,
  tree: Standing,
): LogProblem | undefined {
  const seq = tree.size - spanOf(level);
  const range = `${seq} to ${tree.size - 1}`;
  if (!equalBytes(rootOver(roots), rootOver(expected.roots))) {
    return problem('edited', seq, `One of the entries ${range} is not what was written, or their summary is not.`);
  }
  // One that was made while something could not be read says of nothing that it is not there.
  const honest = holds === undefined || equalBytes(encodeSummary({ roots, holds }), encodeSummary(expected));
  if (honest) return undefined;
  return problem('edited', seq, `The summary that searches go by misses some of the entries ${range}.`);
}

const keyOf = (level: Level, index: number): string => `${level.label} ${index}`;
