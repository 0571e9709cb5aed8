import type { VaultReader } from '../vault/index.ts';
import type { EntryMatcher } from './filter.ts';
import type { LogState } from './log-state.ts';
import type { Level } from './places.ts';
import { BLOCK, LEVELS, SEGMENT, spanOf } from './places.ts';
import { readSegment, readSummary, unlessDamaged } from './records.ts';
import type { Kept } from './segment.ts';
import { isReadable } from './segment.ts';
import type { Summary } from './summary.ts';
import type { AuditEntry } from './verifying/index.ts';

/** Records that one call reads at most, or a little above: what keeps a search from holding anything up. */
const MOST_READS = 128;

/** Segments or summaries that are asked for at once: few at first, more while nothing is found. */
const AT_ONCE = 16;

/** What was found, newest first. */
export interface Found {
  readonly entries: readonly AuditEntry[];
  /** The `before` to go on with; absent when everything was looked at. */
  readonly next?: number;
  /** Entries on the way could not be read: there may be more than was found. */
  readonly damaged: boolean;
}

/** One stretch of a search back through the log. Used once. */
export class Search {
  readonly #vault: VaultReader;
  readonly #state: LogState;
  readonly #matcher: EntryMatcher;
  readonly #limit: number;
  readonly #summaries = new Map<string, Promise<Summary | undefined>>();
  readonly #found: AuditEntry[] = [];
  #before: number;
  #damaged = false;
  #reads = 0;
  #ahead = 1;

  constructor(
    vault: VaultReader,
    { state, matcher, before, limit }: { state: LogState; matcher: EntryMatcher; before: number; limit: number },
  ) {
    this.#vault = vault;
    this.#state = state;
    this.#matcher = matcher;
    this.#limit = limit;
    this.#before = Math.min(before, state.tree.size);
  }

  async run(): Promise<Found> {
    while (this.#before > this.#state.pruned && this.#found.length < this.#limit && this.#reads < MOST_READS) {
      const start = await this.#skipped();
      if (start === undefined) await this.#readSegments();
      else this.#before = start;
    }
    const found = { entries: this.#found, damaged: this.#damaged };
    return this.#before > this.#state.pruned ? { ...found, next: this.#before } : found;
  }

  /** Where the widest run of entries begins that ends here and has no match; undefined when there may be one. */
  async #skipped(): Promise<number | undefined> {
    if (this.#matcher.isOpen) return undefined;
    for (const level of LEVELS.toReversed()) {
      const span = spanOf(level);
      if (this.#before % span !== 0) continue;
      const summary = await this.#summary(level, this.#before / span - 1);
      if (summary === undefined || this.#matcher.mayBeIn(summary.holds)) continue;
      this.#ahead = Math.min(AT_ONCE, this.#ahead * 2);
      return this.#before - span;
    }
    return undefined;
  }

  /** A summary; some of those before it are asked for with it, more of them the longer nothing is found. */
  #summary(level: Level, index: number): Promise<Summary | undefined> {
    const first = Math.max(this.#state.pruned / spanOf(level), index + 1 - this.#ahead);
    for (let i = index; i >= first; i--) void this.#ask(level, i);
    return this.#ask(level, index);
  }

  #ask(level: Level, index: number): Promise<Summary | undefined> {
    const key = `${level.label} ${index}`;
    const known = this.#summaries.get(key);
    if (known !== undefined) return known;
    this.#reads += 1;
    const asked = unlessDamaged(readSummary(this.#vault, level, index));
    asked.catch(() => undefined); // whoever waits for it has the error; one asked for ahead may never be waited for
    this.#summaries.set(key, asked);
    return asked;
  }

  /** Looks at the entries back to the beginning of a block at most, where a summary may save the next look. */
  async #readSegments(): Promise<void> {
    const last = Math.ceil(this.#before / SEGMENT) - 1;
    const first = Math.max(last + 1 - this.#width(), Math.floor((this.#before - 1) / BLOCK) * (BLOCK / SEGMENT));
    const numbers = Array.from({ length: last + 1 - first }, (_, i) => last - i);
    const read = await Promise.all(numbers.map((segment) => unlessDamaged(readSegment(this.#vault, segment))));
    this.#reads += numbers.length;
    const before = this.#found.length;
    for (const [i, entries] of read.entries()) {
      this.#damaged ||= entries === undefined || !entries.every(isReadable);
      if (this.#collect(entries ?? [], (numbers[i] ?? 0) * SEGMENT)) break;
    }
    this.#ahead = this.#found.length > before ? 1 : Math.min(AT_ONCE, this.#ahead * 2);
  }

  /** How many segments to look at: without a filter those that fill the page, with one a few and then more. */
  #width(): number {
    if (!this.#matcher.isOpen) return Math.max(4, this.#ahead);
    return Math.min(AT_ONCE, Math.ceil((this.#limit - this.#found.length) / SEGMENT) + 1);
  }

  /** Takes what matches in a segment, newest first. @returns whether the page is full */
  #collect(entries: readonly Kept[], start: number): boolean {
    for (const [i, entry] of [...entries.entries()].reverse()) {
      if (start + i >= this.#before || !isReadable(entry) || !this.#matcher.matches(entry)) continue;
      this.#found.push(entry);
      this.#before = start + i;
      if (this.#found.length >= this.#limit) return true;
    }
    this.#before = start;
    return false;
  }
}
