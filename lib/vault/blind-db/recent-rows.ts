import type { Bytes } from '../../core/index.ts';
import { toHex } from '../../core/index.ts';

/** Bytes of rows that are kept: some two hundred and fifty of them. */
const ROOM = 1 << 20;

/**
 * Rows as they are stored, sealed, that were read or written lately; the ones that were not used for longest go first. What
 * is kept under an id may have been removed or replaced meanwhile: whoever takes it compares it with the table.
 */
export class RecentRows {
  /** In the order of their last use. */
  readonly #rows = new Map<string, Bytes>();
  #bytes = 0;

  get(id: Bytes): Bytes | undefined {
    const key = toHex(id);
    const row = this.#rows.get(key);
    if (row === undefined) return undefined;
    this.#rows.delete(key);
    this.#rows.set(key, row);
    return row;
  }

  keep(id: Bytes, row: Bytes): void {
    const key = toHex(id);
    this.#drop(key);
    this.#rows.set(key, row);
    this.#bytes += row.length;
    for (const oldest of this.#rows.keys()) {
      if (this.#bytes <= ROOM) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#rows.get(key)?.length ?? 0;
    this.#rows.delete(key);
  }
}
