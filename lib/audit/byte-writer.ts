import { concatBytes, utf8 } from '../core/index.ts';
import type { Bytes } from '../core/index.ts';

/** Puts numbers, bytes and texts one after the other. */
export class ByteWriter {
  readonly #parts: Uint8Array[] = [];

  /** An integer from 0 to 2^53 - 1, seven bits a byte, the lowest first. @throws RangeError for any other number */
  number(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not a whole number from 0.`);
    const bytes: number[] = [];
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
    this.#parts.push(Uint8Array.of(...bytes, rest));
    return this;
  }

  /** Bytes whose length the reader knows. */
  bytes(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    return this;
  }

  /** Bytes, their length before them. */
  sized(bytes: Uint8Array): this {
    return this.number(bytes.length).bytes(bytes);
  }

  text(text: string): this {
    return this.sized(utf8(text));
  }

  finish(): Bytes {
    return concatBytes(...this.#parts);
  }
}
