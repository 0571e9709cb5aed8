import type { Bytes } from '../core/index.ts';
import { SignetError } from '../core/index.ts';
import type { Subtree } from '../core/merkle/index.ts';
import { hashLeaf, rootOver, subtreesOf } from '../core/merkle/index.ts';
import type { VaultReader } from '../vault/index.ts';
import type { LogState } from './log-state.ts';
import type { Level } from './places.ts';
import { BLOCK, LEVELS, SEGMENT } from './places.ts';
import { readPruned } from './pruned.ts';
import { readSegment, readSummary } from './records.ts';
import { leafBytes } from './segment.ts';

/**
 * The nodes of the log's Merkle tree, from what is kept of it: the state has those at the right border, summaries
 * those of blocks and above, and only inside a block the entries themselves are hashed. Light: make one per proof.
 */
export class TreeNodes {
  readonly #vault: VaultReader;
  readonly #state: LogState;
  readonly #border: ReadonlyMap<string, Bytes>;
  readonly #found = new Map<string, Promise<readonly Bytes[]>>();

  constructor(vault: VaultReader, state: LogState) {
    this.#vault = vault;
    this.#state = state;
    const { size, roots } = state.tree;
    const border = subtreesOf({ start: 0, end: size }).map((subtree, i) => [keyOf(subtree), roots[i]] as const);
    this.#border = new Map(border.flatMap(([key, root]) => (root === undefined ? [] : [[key, root] as const])));
  }

  /**
   * The root of a full subtree.
   * @throws SignetError not_found when it is of entries that were pruned; vault_damaged
   */
  readonly rootOf = async (subtree: Subtree): Promise<Bytes> => {
    const known = this.#border.get(keyOf(subtree));
    if (known !== undefined) return known;
    const { level, index } = subtree;
    const below = this.#below(subtree);
    if (below === undefined) return rootOver(await this.#leavesOf(subtree));
    if (level === below.exponent) return rootOver(await this.#rootsOf(below, index));
    const count = 2 ** (level - below.exponent);
    const numbers = Array.from({ length: count }, (_, i) => index * count + i);
    return rootOver(await Promise.all(numbers.map(async (i) => rootOver(await this.#rootsOf(below, i)))));
  };

  /** The highest level of summaries that a subtree is made of; undefined inside a block. */
  #below({ level }: Subtree): Level | undefined {
    return LEVELS.findLast(({ exponent }) => exponent <= level);
  }

  #rootsOf(level: Level, index: number): Promise<readonly Bytes[]> {
    return this.#once(`${level.label} ${index}`, () => this.#readRoots(level, index));
  }

  async #readRoots(level: Level, index: number): Promise<readonly Bytes[]> {
    const end = (index + 1) * 2 ** level.exponent;
    if (end <= this.#state.pruned) {
      const { roots } = await readPruned(this.#vault);
      return roots.slice((index * 2 ** level.exponent) / BLOCK, end / BLOCK);
    }
    const summary = await readSummary(this.#vault, level, index);
    if (summary !== undefined) return summary.roots;
    const below = LEVELS[LEVELS.indexOf(level) - 1];
    if (below === undefined) throw new SignetError('vault_damaged', `The summary of block ${index} is missing.`);
    const fan = 2 ** (level.exponent - below.exponent);
    const children = Array.from({ length: fan }, (_, i) => this.#rootsOf(below, index * fan + i));
    return (await Promise.all(children)).map(rootOver);
  }

  async #leavesOf({ level, index }: Subtree): Promise<readonly Bytes[]> {
    const [start, end] = [index * 2 ** level, (index + 1) * 2 ** level];
    if (start < this.#state.pruned) throw new SignetError('not_found', `Entry ${start} was pruned.`);
    const first = Math.floor(start / SEGMENT);
    const numbers = Array.from({ length: Math.ceil(end / SEGMENT) - first }, (_, i) => first + i);
    const leaves = (await Promise.all(numbers.map((segment) => this.#segmentLeaves(segment)))).flat();
    const wanted = leaves.slice(start - first * SEGMENT, end - first * SEGMENT);
    if (wanted.length < end - start) throw new SignetError('vault_damaged', `Entries from ${start} on are missing.`);
    return wanted;
  }

  #segmentLeaves(segment: number): Promise<readonly Bytes[]> {
    return this.#once(`segment ${segment}`, async () => {
      const entries = await readSegment(this.#vault, segment);
      return (entries ?? []).map((kept) => hashLeaf(leafBytes(kept)));
    });
  }

  #once(key: string, read: () => Promise<readonly Bytes[]>): Promise<readonly Bytes[]> {
    const found = this.#found.get(key) ?? read();
    this.#found.set(key, found);
    return found;
  }
}

const keyOf = ({ level, index }: Subtree): string => `${level} ${index}`;
