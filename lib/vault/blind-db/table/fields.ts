import type { Bytes } from '../../../core/index.ts';

const HIGH = 0x1_0000_0000;

/** Writes fields of fixed width one after the other, little-endian, into bytes that begin as zeros. */
export class FieldWriter {
  readonly bytes: Bytes;
  readonly #view: DataView;
  #offset = 0;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.#view = new DataView(this.bytes.buffer);
  }

  u8(value: number): this {
    this.#view.setUint8(this.#take(1), value);
    return this;
  }

  u16(value: number): this {
    this.#view.setUint16(this.#take(2), value, true);
    return this;
  }

  /** @param value below 2^48 */
  u48(value: number): this {
    this.#view.setUint32(this.#take(4), value % HIGH, true);
    return this.u16(Math.floor(value / HIGH));
  }

  raw(bytes: Uint8Array): this {
    this.bytes.set(bytes, this.#take(bytes.length));
    return this;
  }

  #take(length: number): number {
    const start = this.#offset;
    this.#offset += length;
    return start;
  }
}

/** Reads what a FieldWriter wrote. */
export class FieldReader {
  readonly #bytes: Bytes;
  readonly #view: DataView;
  #offset: number;

  constructor(bytes: Bytes, offset = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#offset = offset;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u48(): number {
    const low = this.#view.getUint32(this.#take(4), true);
    return low + this.u16() * HIGH;
  }

  raw(length: number): Bytes {
    const start = this.#take(length);
    return this.#bytes.slice(start, start + length);
  }

  #take(length: number): number {
    const start = this.#offset;
    this.#offset += length;
    return start;
  }
}
