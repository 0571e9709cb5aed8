import type { Bytes } from '../../../core/index.ts';
import { toHex } from '../../../core/index.ts';
import type { NodeRef } from './node.ts';

/** About 10 MB: the nodes of a vault of 100,000 records. */
const MAX_NODES = 8192;

/** What the tables of one open vault share: nodes once read, and how far numbers were used, written or not. */
export class TableMemory {
  readonly #nodes = new Map<string, Bytes>();
  #spent: number;

  constructor(spent: number) {
    this.#spent = spent;
  }

  /** The first number that no commit has used, not even one that failed: it may have been written after all. */
  get spent(): number {
    return this.#spent;
  }

  set spent(serial: number) {
    this.#spent = Math.max(this.#spent, serial);
  }

  node({ digest }: NodeRef): Bytes | undefined {
    return this.#nodes.get(toHex(digest));
  }

  /** By digest: whatever is found under it is what the table refers to. */
  keep({ digest }: NodeRef, node: Bytes): void {
    this.#nodes.set(toHex(digest), node);
    if (this.#nodes.size <= MAX_NODES) return;
    const [oldest] = this.#nodes.keys();
    if (oldest !== undefined) this.#nodes.delete(oldest);
  }
}
