import type { Bytes } from '../../core/index.ts';
import { equalBytes, toBase64url } from '../../core/index.ts';
import type { CompactRange } from '../../core/merkle/index.ts';
import type { AuditEntry } from './entry.ts';
import { EntryHasher } from './entry-hasher.ts';
import type { LogProblem, ProblemKind } from './problem.ts';

/** Where a walk begins: at the first entry that is kept, after what was pruned. */
export interface WalkStart {
  /** The tree of what comes before: empty, or what pruning left of it. The walk takes it and lets it grow. */
  readonly tree: CompactRange;
  /** base64url hash the first entry must point back to; undefined where nobody knows it any more. */
  readonly prev: string | undefined;
}

/** Goes along the entries of a log in their order, follows the chain and grows the tree. */
export class ChainWalk {
  #tree: CompactRange;
  readonly #hasher = new EntryHasher();
  /** What the entry last seen hashes to: what the next must point back to. */
  #hash: string | undefined;
  /**
   * Present while the entry last seen does not point back to the one before, and nothing tells yet which of the two
   * is wrong: the root of the tree if it were the last and did point back.
   */
  #mended: Bytes | undefined;
  #last: AuditEntry | undefined;
  #completed: readonly Bytes[] = [];

  constructor({ tree, prev }: WalkStart) {
    this.#tree = tree;
    this.#hash = prev;
  }

  get tree(): CompactRange {
    return this.#tree;
  }

  /** Number of the entry that is expected next. */
  get next(): number {
    return this.#tree.size;
  }

  /** base64url hash of the entry last seen; undefined where there is none and nobody knows the one before. */
  get hash(): string | undefined {
    return this.#hash;
  }

  get last(): AuditEntry | undefined {
    return this.#last;
  }

  /** Roots of the full subtrees that the entry last seen completed, by level. */
  get completed(): readonly Bytes[] {
    return this.#completed;
  }

  /** Whether an entry points back to the one last seen, and nothing is open about that one. */
  isFollowedBy({ prev }: AuditEntry): boolean {
    return this.#mended === undefined && (this.#hash === undefined || this.#hash === prev);
  }

  /**
   * Goes past entries at once whose tree is known to be the one that was signed: how they point back to each other is in
   * their leaves, and so is as it was then.
   * @param tree with them
   * @param last of them
   */
  pass(tree: CompactRange, last: AuditEntry): void {
    this.#tree = tree;
    this.#hash = toBase64url(this.#hasher.hash(last).hash);
    this.#last = last;
    this.#completed = [];
  }

  /**
   * Takes the next entry.
   * @param isElsewhere whether the entry of a number stands in another place: asked when it is not in its own
   * @returns what is wrong, once it is certain which entry it is
   */
  push(entry: AuditEntry, isElsewhere: (seq: number) => boolean): LogProblem | undefined {
    const follows = this.#hash === undefined || entry.prev === this.#hash;
    if (this.#mended !== undefined) return this.#blame(follows && entry.seq === this.next);
    if (entry.seq !== this.next) return follows ? this.#misnumbered(entry) : this.#misplaced(entry, isElsewhere);
    const { hash, leaf } = this.#hasher.hash(entry);
    if (!follows) this.#mended = this.#rootWith({ ...entry, prev: this.#hash ?? entry.prev });
    this.#hash = toBase64url(hash);
    this.#last = entry;
    this.#completed = this.#tree.append(leaf);
    return undefined;
  }

  /**
   * Ends the walk: a break at the very end has no entry after it to tell which side is wrong, but the root has.
   * @param root of the tree as it was signed, if it can be read
   */
  end(root: Bytes | undefined): LogProblem | undefined {
    if (this.#mended === undefined) return undefined;
    return this.#blame(root === undefined || !equalBytes(this.#mended, root));
  }

  #rootWith(entry: AuditEntry): Bytes {
    const tree = this.#tree.fork();
    tree.append(this.#hasher.hash(entry).leaf);
    return tree.root();
  }

  /** An entry that the next one agrees with is as it was: then the one that it points back to is not. */
  #blame(lastStands: boolean): LogProblem {
    const seq = this.next - (lastStands ? 2 : 1);
    return problem('edited', seq, `Entry ${seq} is not what was written: the chain breaks there.`);
  }

  #misnumbered(entry: AuditEntry): LogProblem {
    return problem('edited', this.next, `Entry ${this.next} was renumbered: it says that it is ${entry.seq}.`);
  }

  #misplaced(entry: AuditEntry, isElsewhere: (seq: number) => boolean): LogProblem {
    const { next } = this;
    if (entry.seq < next)
      return problem('reordered', next, `Where entry ${next} belongs, entry ${entry.seq} is again.`);
    if (isElsewhere(next)) return problem('reordered', next, `Where entry ${next} belongs, entry ${entry.seq} is.`);
    const missing = entry.seq - next === 1 ? `Entry ${next} is` : `Entries ${next} to ${entry.seq - 1} are`;
    return problem('gap', next, `${missing} missing.`);
  }
}

export const problem = (kind: ProblemKind, seq: number, message: string): LogProblem => ({ kind, seq, message });
