import { fromUtf8 } from '../core/index.ts';
import type { Bytes } from '../core/index.ts';

/** Takes numbers, bytes and texts one after the other. Everything throws a RangeError where there is no such thing. */
export class ByteReader {
  readonly #bytes: Bytes;
  #at = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  number(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) return this.#checked(value, byte, scale);
    }
    throw new RangeError('This number is too long.');
  }

  bytes(length: number): Bytes {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('There are not so many bytes.');
    const bytes = this.#bytes.slice(this.#at, end);
    this.#at = end;
    return bytes;
  }

  sized(): Bytes {
    return this.bytes(this.number());
  }

  text(): string {
    return fromUtf8(this.sized());
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new RangeError('There are no more bytes.');
    this.#at += 1;
    return byte;
  }

  /** One spelling for each number: none ends in an empty group of bits, none is beyond what a number can hold. */
  #checked(value: number, last: number, scale: number): number {
    if ((last === 0 && scale > 1) || !Number.isSafeInteger(value)) throw new RangeError('This is no number.');
    return value;
  }
}
