import { equalBytes } from '../../core/index.ts';
import type { CompactRange } from '../../core/merkle/index.ts';
import { problem } from './chain-walk.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { LogProblem } from './problem.ts';

/** How a log stands to a checkpoint that was taken of it before. */
export type Standing = 'consistent' | 'not_comparable';

/** Holds a log that is being walked against an earlier checkpoint of it. */
export class EarlierCheckpoint {
  readonly #earlier: Checkpoint;
  #standing: Standing = 'not_comparable';

  constructor(earlier: Checkpoint) {
    this.#earlier = earlier;
  }

  /** Entries that it is of. */
  get size(): number {
    return this.#earlier.size;
  }

  /** To be shown the tree at its own size, if the walk comes through that. */
  look(tree: CompactRange): LogProblem | undefined {
    if (tree.size !== this.#earlier.size) return undefined;
    if (!equalBytes(tree.root(), this.#earlier.root)) return this.#rewritten();
    this.#standing = 'consistent';
    return undefined;
  }

  /**
   * What is known once the walk is over: not comparable when the earlier checkpoint is of entries that were pruned.
   * @param now the checkpoint of the log as it is
   */
  end(now: Pick<Checkpoint, 'size' | 'time'>): LogProblem | Standing {
    return now.size < this.#earlier.size ? this.#shorter(now) : this.#standing;
  }

  #shorter({ size, time }: Pick<Checkpoint, 'size' | 'time'>): LogProblem {
    const is = `the log ends after ${size} entries, on ${stamp(time)}`;
    return problem('rolled_back', size, `An older state was put in place: ${is}; ${this.#was()}.`);
  }

  #rewritten(): LogProblem {
    const { size } = this.#earlier;
    const message = `The log was rewritten: its first ${size} entries are not those that were signed; ${this.#was()}.`;
    return problem('rolled_back', Math.max(0, size - 1), message);
  }

  #was(): string {
    const { size, time } = this.#earlier;
    return `the checkpoint of ${stamp(time)} was of ${size}`;
  }
}

/** UTC, to the second. */
const stamp = (time: number): string => `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
