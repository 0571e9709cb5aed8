import type { Bytes } from '../core/index.ts';
import { SignetError, equalBytes } from '../core/index.ts';
import type { OpenVault } from '../vault/index.ts';
import { BlockAtOnce } from './block-at-once.ts';
import type { LogKeys } from './log-keys.ts';
import { openOwnCheckpoint } from './log-keys.ts';
import type { LogState } from './log-state.ts';
import { BLOCK, BLOCKS, SEGMENT } from './places.ts';
import type { Pruned } from './pruned.ts';
import { prunedTree } from './pruned.ts';
import { readSegment, readState } from './records.ts';
import type { Kept } from './segment.ts';
import { isReadable } from './segment.ts';
import { SummaryCheck } from './summary-check.ts';
import type { Checkpoint, LogProblem, Standing } from './verifying/index.ts';
import { ChainWalk, EarlierCheckpoint, EntryHasher, problem } from './verifying/index.ts';

/** Segments that one step looks at: a block, a dozen milliseconds of work. */
const STEP = 32;

/** Steps whose segments are being read while one looks at its own: the database answers while this thread works. */
const AHEAD = 4;

/** How far verifying has come, and what it found. */
export interface VerificationProgress {
  /** Entries looked at so far, and entries there are. What was pruned counts as looked at. */
  readonly checked: number;
  readonly total: number;
  readonly done: boolean;
  /** The first thing that is wrong; absent while all was well so far. */
  readonly problem?: LogProblem;
  /** How the log stands to the earlier checkpoint, if one was given and nothing is wrong. */
  readonly against?: Standing;
}

/** What a pass holds the entries against, all of one moment. */
export interface PassStart {
  readonly state: LogState;
  readonly keys: LogKeys;
  /** What stands for the log in the vault's root. */
  readonly head: Bytes;
  readonly pruned: Pruned;
  /** Text of the checkpoint that was signed last, if there is one. */
  readonly signed: string | undefined;
  /** A checkpoint that was taken of the log earlier. */
  readonly earlier: Checkpoint | undefined;
}

/** Segments in their order, each as it could be read. */
type ReadSegments = Promise<readonly PromiseSettledResult<readonly Kept[] | undefined>[]>;

/** One walk from the first entry that is kept to the one that was last when it began. */
export class VerificationPass {
  readonly #vault: OpenVault;
  readonly #start: PassStart;
  readonly #chain: ChainWalk;
  readonly #summaries: SummaryCheck;
  readonly #against: EarlierCheckpoint | undefined;
  /** The log's own checkpoints not of a block. */
  readonly #own: readonly EarlierCheckpoint[];
  readonly #all: readonly EarlierCheckpoint[];
  readonly #hasher = new EntryHasher();
  /** Of the block that the walk is in, the entries whose chain is not followed: present while its root may do for all. */
  #atOnce: BlockAtOnce | undefined;
  /** Of that block, the entries whose chain was followed. */
  #block: Kept[] = [];
  /** The first segment that no step has looked at yet. */
  #segment: number;
  /** What the next steps look at. */
  readonly #ahead: ReadSegments[] = [];
  #rolledBack: LogProblem | undefined;
  #standing: Standing | undefined;
  #problem: LogProblem | undefined;
  #done = false;

  /** @throws RangeError, SignetError bad_request when what stands for pruned entries does not hold */
  constructor(vault: OpenVault, start: PassStart) {
    const { state, keys, pruned, signed, earlier } = start;
    this.#vault = vault;
    this.#start = start;
    this.#chain = new ChainWalk({ tree: prunedTree(pruned), prev: pruned.prev });
    this.#summaries = new SummaryCheck(vault, { keys, pruned });
    this.#segment = state.pruned / SEGMENT;
    this.#against = earlier && new EarlierCheckpoint(earlier);
    const own = [signed, pruned.checkpoint].filter((text) => text !== undefined).filter((text) => text !== '');
    this.#own = own.map((text) => new EarlierCheckpoint(openOwnCheckpoint(text, keys)));
    this.#all = this.#against === undefined ? this.#own : [...this.#own, this.#against];
    this.#look();
    this.#beginBlock();
  }

  get progress(): VerificationProgress {
    const [checked, total] = [Math.min(this.#next, this.#total), this.#total];
    const found = { checked, total, done: this.#done };
    if (this.#problem !== undefined) return { ...found, problem: this.#problem };
    return this.#standing === undefined ? found : { ...found, against: this.#standing };
  }

  /** The first entry that was kept when the pass began. */
  get pruned(): number {
    return this.#start.state.pruned;
  }

  get #total(): number {
    return this.#start.state.tree.size;
  }

  /** Number of the entry that is expected next. */
  get #next(): number {
    return this.#chain.next + (this.#atOnce?.entries.length ?? 0);
  }

  async step(): Promise<void> {
    const end = Math.ceil(this.#total / SEGMENT);
    while (this.#ahead.length < AHEAD) this.#readAhead(this.#segment + this.#ahead.length * STEP);
    const read = (await this.#ahead.shift()) ?? [];
    this.#segment += read.length;
    const wrong = (await this.#take(read)) ?? (await this.#atBlockEnd());
    if (wrong !== undefined) this.#finish(wrong);
    else if (this.#segment >= end) this.#finish(await this.#atEnd());
  }

  #readAhead(from: number): void {
    const length = Math.max(0, Math.min(STEP, Math.ceil(this.#total / SEGMENT) - from));
    this.#ahead.push(Promise.allSettled(Array.from({ length }, (_, i) => readSegment(this.#vault, from + i))));
    const seq = from * SEGMENT;
    if (seq % BLOCK === 0 && seq + BLOCK <= this.#total) this.#summaries.readAhead(seq / BLOCK);
  }

  async #take(read: Awaited<ReadSegments>): Promise<LogProblem | undefined> {
    const here = read.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []));
    for (const one of read) {
      if (one.status === 'rejected') return this.#unreadable(one.reason);
      for (const kept of one.value ?? []) {
        if (this.#next >= this.#total) return this.#beyondEnd();
        const wrong = this.#push(kept, here);
        if (wrong !== undefined) return this.#refine(wrong, here);
      }
    }
    return undefined;
  }

  #push(kept: Kept, here: readonly Kept[]): LogProblem | undefined {
    if (this.#atOnce?.take(kept, this.#next) === true) return undefined;
    return this.#followAll() ?? this.#follow(kept, here);
  }

  /** Follows the chain of what was taken without: something is wrong in this block, and each entry may be it. */
  #followAll(): LogProblem | undefined {
    const taken = this.#atOnce?.entries ?? [];
    this.#atOnce = undefined;
    for (const entry of taken) {
      const wrong = this.#follow(entry, []);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }

  #follow(kept: Kept, here: readonly Kept[]): LogProblem | undefined {
    const { next } = this.#chain;
    if (!isReadable(kept)) {
      return this.#chain.end(undefined) ?? problem('unreadable', next, `Entry ${next} cannot be read.`);
    }
    const wrong = this.#chain.push(kept, (seq) => here.some((other) => isReadable(other) && other.seq === seq));
    if (wrong !== undefined) return wrong;
    this.#block.push(kept);
    this.#look();
    return undefined;
  }

  /** A missing entry may stand far away: where the one belongs that is here instead. */
  async #refine(wrong: LogProblem, here: readonly Kept[]): Promise<LogProblem> {
    if (wrong.kind !== 'gap') return wrong;
    const instead = here.find((kept) => isReadable(kept) && kept.seq > wrong.seq);
    if (instead === undefined || !isReadable(instead)) return wrong;
    const there = await readSegment(this.#vault, Math.floor(instead.seq / SEGMENT)).catch(() => undefined);
    const isThere = there?.some((kept) => isReadable(kept) && kept.seq === wrong.seq) === true;
    const message = `Where entry ${wrong.seq} belongs, entry ${instead.seq} is.`;
    return isThere ? problem('reordered', wrong.seq, message) : wrong;
  }

  #unreadable(error: unknown): LogProblem {
    const { reason, message } = SignetError.from(error);
    if (reason !== 'vault_damaged') throw error;
    return this.#followAll() ?? this.#chain.end(undefined) ?? problem('unreadable', this.#chain.next, message);
  }

  /** Entries after the last one are fine when they were written meanwhile. */
  async #beyondEnd(): Promise<LogProblem | undefined> {
    if ((await readState(this.#vault)).tree.size > this.#total) return undefined;
    const seq = this.#total;
    return problem('truncated', seq, `Entry ${seq} stands after the end that the vault knows: that was put back.`);
  }

  /** The block that begins here is taken at once where all of it is there, and nobody signed for a part of it. */
  #beginBlock(): void {
    const { next } = this.#chain;
    const end = next + BLOCK;
    const isWhole =
      next % BLOCK === 0 && end <= this.#total && !this.#all.some(({ size }) => size > next && size < end);
    this.#atOnce = isWhole ? new BlockAtOnce(this.#hasher) : undefined;
  }

  async #atBlockEnd(): Promise<LogProblem | undefined> {
    if (this.#atOnce?.isFull === true && (await this.#isAsSigned(this.#atOnce))) return undefined;
    const broken = this.#atOnce?.isFull === true ? this.#followAll() : undefined;
    if (broken !== undefined || this.#block.length < BLOCK || this.#chain.next % BLOCK !== 0) return broken;
    const block = this.#block;
    this.#block = [];
    const { tree, completed } = this.#chain;
    const wrong = await this.#summaries.atBlockEnd({ tree, completed: completed.slice(BLOCKS.exponent) }, block);
    if (wrong !== undefined) return (await this.#blameLast()) ?? wrong;
    this.#beginBlock();
    return undefined;
  }

  /** Goes past a block whose root is the one that was signed, and whose first entry goes on where the walk is. */
  async #isAsSigned({ entries, root }: BlockAtOnce): Promise<boolean> {
    const [first, last] = [entries[0], entries.at(-1)];
    if (first === undefined || last === undefined || !this.#chain.isFollowedBy(first)) return false;
    const tree = this.#chain.tree.fork();
    const completed = tree.appendSubtree(root, BLOCKS.exponent);
    if ((await this.#summaries.atBlockEnd({ tree, completed }, entries)) !== undefined) return false;
    this.#chain.pass(tree, last);
    this.#look();
    this.#beginBlock();
    return true;
  }

  /** Whether what is wrong with a block is its last entry: the one after it tells, or the state of the log. */
  async #blameLast(): Promise<LogProblem | undefined> {
    const { next, hash } = this.#chain;
    if (next === this.#total) return hash === this.#start.state.last ? undefined : this.#notTheEnd();
    for (const kept of (await readSegment(this.#vault, this.#segment).catch(() => undefined)) ?? []) {
      const wrong = isReadable(kept) ? this.#chain.push(kept, () => false) : undefined;
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }

  #notTheEnd(): LogProblem {
    const seq = Math.max(0, this.#chain.next - 1);
    return problem('edited', seq, `Entry ${seq} is not the one that the log ended with.`);
  }

  #look(): void {
    for (const one of this.#all) this.#rolledBack ??= one.look(this.#chain.tree);
  }

  async #atEnd(): Promise<LogProblem | undefined> {
    const { state, head } = this.#start;
    const broken = this.#followAll() ?? this.#chain.end(state.tree.root());
    if (broken !== undefined) return broken;
    const { next, tree, hash, last } = this.#chain;
    if (next < this.#total) {
      return problem('truncated', next, `The entries from ${next} to ${this.#total - 1} are missing at the end.`);
    }
    if (hash !== state.last || !equalBytes(tree.root(), state.tree.root())) return this.#notTheEnd();
    if (next > 0 && !equalBytes(head, tree.root())) {
      return problem('edited', next - 1, 'The vault’s root names another end of the log.');
    }
    const more = await this.#moreSegments();
    return more ?? this.#rolledBack ?? this.#standings({ size: next, time: last?.time ?? 0 });
  }

  async #moreSegments(): Promise<LogProblem | undefined> {
    const after = await readSegment(this.#vault, Math.ceil(this.#total / SEGMENT)).catch(() => []);
    return after === undefined ? undefined : this.#beyondEnd();
  }

  #standings(now: Pick<Checkpoint, 'size' | 'time'>): LogProblem | undefined {
    for (const own of this.#own) {
      const standing = own.end(now);
      if (typeof standing === 'object') return standing;
    }
    const standing = this.#against?.end(now);
    if (typeof standing === 'object') return standing;
    this.#standing = standing;
    return undefined;
  }

  #finish(found: LogProblem | undefined): void {
    this.#problem = found;
    this.#done = true;
  }
}
