import type { Bytes } from '../../core/index.ts';
import { compareBytes } from './table/index.ts';

const ID_LENGTH = 32;
const FREE = -1;

/** A set of row ids in about 50 bytes each, where a Set of strings takes 150: a vault may have a million. */
export class RowIdSet {
  #ids = new Uint8Array(1024 * ID_LENGTH);
  #slots = new Int32Array(2048).fill(FREE);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @param id 32 bytes */
  add(id: Bytes): void {
    const slot = this.#find(id);
    if (this.#slots[slot] !== FREE) return;
    if (this.#size * 2 >= this.#slots.length) {
      this.#grow();
      this.add(id);
      return;
    }
    this.#ids.set(id, this.#size * ID_LENGTH);
    this.#slots[slot] = this.#size;
    this.#size += 1;
  }

  has(id: Bytes): boolean {
    return this.#slots[this.#find(id)] !== FREE;
  }

  *[Symbol.iterator](): Generator<Bytes> {
    for (let index = 0; index < this.#size; index++) yield this.#ids.slice(index * ID_LENGTH, (index + 1) * ID_LENGTH);
  }

  /** The slot of an id, or the free one where it belongs. Row ids are hashes: their first bytes spread well. */
  #find(id: Bytes): number {
    const mask = this.#slots.length - 1;
    let slot = new DataView(id.buffer, id.byteOffset).getUint32(0) & mask;
    for (;;) {
      const index = this.#slots[slot] ?? FREE;
      if (index === FREE || compareBytes(this.#at(index), id, ID_LENGTH) === 0) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #at(index: number): Uint8Array {
    return this.#ids.subarray(index * ID_LENGTH, (index + 1) * ID_LENGTH);
  }

  #grow(): void {
    const ids = new Uint8Array(this.#ids.length * 2);
    ids.set(this.#ids);
    this.#ids = ids;
    this.#slots = new Int32Array(this.#slots.length * 2).fill(FREE);
    for (let index = 0; index < this.#size; index++) this.#slots[this.#find(Uint8Array.from(this.#at(index)))] = index;
  }
}
