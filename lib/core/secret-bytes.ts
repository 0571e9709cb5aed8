import type { Bytes } from './bytes.ts';
import { SignetError } from './errors.ts';

/**
 * Bytes that must not spread: a key, a password, an entropy. Zeroed on dispose, and refused by JSON, structured
 * clone, printing and string conversion. JavaScript cannot promise that the engine kept no copy (SECURITY.md).
 *
 * @example
 * using key = SecretBytes.take(new Uint8Array(32));
 * key.length; // 32
 */
export class SecretBytes {
  #bytes: Bytes | undefined;
  /** A function among the own properties: structured clone throws on it instead of copying an empty object. */
  readonly uncloneable = (): never => refuse();

  private constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  /** Takes ownership of `bytes`: the caller must not keep or use them. */
  static take(bytes: Bytes): SecretBytes {
    return new SecretBytes(bytes);
  }

  get length(): number {
    return this.expose().length;
  }

  /** The bytes themselves, for the length of one call; never store them. @throws SignetError locked once disposed */
  expose(): Bytes {
    if (this.#bytes === undefined) throw new SignetError('locked', 'This key was already forgotten.');
    return this.#bytes;
  }

  /** Zeroes the bytes. Harmless when repeated. */
  dispose(): void {
    this.#bytes?.fill(0);
    this.#bytes = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  toJSON(): never {
    return refuse();
  }

  toString(): string {
    return '[secret]';
  }

  [Symbol.toPrimitive](): never {
    return refuse();
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}

function refuse(): never {
  throw new SignetError('internal', 'Secret bytes are never serialised.');
}
