import { endianness } from 'node:os';
import { MAX_FRAME } from '../../lib/agents/index.ts';

/** The bytes before each message that say how long it is: native messaging's way, in the machine's own byte order. */
const HEADER = 4;
const LITTLE = endianness() === 'LE';

/** The most that a message may be, in bytes: a frame and what says whose it is. A browser takes 1 MiB from a host. */
export const MAX_MESSAGE = MAX_FRAME + 1024;

/** What a stream of messages has next. */
export type Piece =
  | { readonly kind: 'message'; readonly text: string }
  /** Longer than a message may be: its bytes are passed over. */
  | { readonly kind: 'too_long' }
  /** No UTF-8, or nothing at all. */
  | { readonly kind: 'malformed' };

/** A message as it goes over a stream. */
export function encodeMessage(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(HEADER + length);
  if (LITTLE) bytes.writeUInt32LE(length);
  else bytes.writeUInt32BE(length);
  bytes.write(text, HEADER);
  return bytes;
}

/** Cuts a stream into messages. It holds one at most, and no more memory than that one says it needs. */
export class MessageReader {
  readonly #max: number;
  #target = Buffer.allocUnsafe(HEADER);
  #filled = 0;
  #isBody = false;
  #passing = 0;

  /** @param max bytes of one message */
  constructor(max: number) {
    this.#max = max;
  }

  /** Whether a message has begun and not ended. */
  get isWithin(): boolean {
    return this.#isBody || this.#filled > 0 || this.#passing > 0;
  }

  *read(chunk: Buffer): Generator<Piece> {
    for (let rest = this.#pass(chunk); rest.length > 0; rest = this.#pass(rest)) {
      const taken = rest.copy(this.#target, this.#filled);
      this.#filled += taken;
      rest = rest.subarray(taken);
      if (this.#filled === this.#target.length) yield* this.#end();
    }
  }

  #pass(chunk: Buffer): Buffer {
    const passed = Math.min(this.#passing, chunk.length);
    this.#passing -= passed;
    return chunk.subarray(passed);
  }

  *#end(): Generator<Piece> {
    const whole = this.#target;
    if (this.#isBody) {
      this.#expect(HEADER, false);
      yield textOf(whole);
      return;
    }
    const length = LITTLE ? whole.readUInt32LE() : whole.readUInt32BE();
    if (length > 0 && length <= this.#max) {
      this.#expect(length, true);
      return;
    }
    this.#expect(HEADER, false);
    this.#passing = length;
    yield { kind: length === 0 ? 'malformed' : 'too_long' };
  }

  #expect(length: number, isBody: boolean): void {
    this.#target = Buffer.allocUnsafe(length);
    this.#filled = 0;
    this.#isBody = isBody;
  }
}

function textOf(bytes: Buffer): Piece {
  try {
    return { kind: 'message', text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { kind: 'malformed' };
  }
}
