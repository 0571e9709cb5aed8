import type { Bytes } from '../core/index.ts';
import { CompactRange } from '../core/merkle/index.ts';
import { BLOCK } from './places.ts';
import type { Kept } from './segment.ts';
import { isReadable } from './segment.ts';
import type { AuditEntry, EntryHasher } from './verifying/index.ts';

/**
 * The entries of one block, each in its place, hashed as leaves and no further: where the root of them is the one that was
 * signed, the chain in them need not be followed. Half the hashing of a walk goes into that.
 */
export class BlockAtOnce {
  readonly #tree = CompactRange.empty();
  readonly #entries: AuditEntry[] = [];
  readonly #hasher: EntryHasher;

  constructor(hasher: EntryHasher) {
    this.#hasher = hasher;
  }

  get entries(): readonly AuditEntry[] {
    return this.#entries;
  }

  get isFull(): boolean {
    return this.#entries.length === BLOCK;
  }

  /** The root over the entries. */
  get root(): Bytes {
    return this.#tree.root();
  }

  /** @returns whether it was taken: not what cannot be read, nor an entry of another place than `seq` */
  take(kept: Kept, seq: number): boolean {
    if (!isReadable(kept) || kept.seq !== seq) return false;
    this.#tree.append(this.#hasher.leaf(kept));
    this.#entries.push(kept);
    return true;
  }
}
