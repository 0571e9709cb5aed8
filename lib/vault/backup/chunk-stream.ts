import { gcm } from '@noble/ciphers/aes.js';
import type { Bytes, SecretBytes } from '../../core/index.ts';

/** Plaintext in each chunk but the last, in bytes. */
export const CHUNK_LENGTH = 65_536;
/** What the seal of a chunk adds, in bytes. */
export const TAG_LENGTH = 16;
const SEALED_LENGTH = CHUNK_LENGTH + TAG_LENGTH;

/**
 * The nonce of a chunk, as STREAM has it (Hoang, Reyhanitabar, Rogaway, Vizár 2015): the chunk's number and whether
 * it is the last. The key is used for one stream alone, so nothing random is needed before them.
 */
function nonceOf(index: number, last: boolean): Bytes {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setUint32(7, index, false);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/**
 * Seals a stream of bytes in chunks of AES-256-GCM, so that a chunk that is missing, moved, repeated, altered or
 * added shows, and so does an end that is not the end.
 */
export class ChunkSealer {
  readonly #key: SecretBytes;
  readonly #additionalData: Bytes;
  readonly #sealed: Bytes[] = [];
  readonly #buffer = new Uint8Array(CHUNK_LENGTH);
  #filled = 0;
  #length = 0;

  /** @param key 32 bytes, of this stream alone; borrowed until `finish` @param additionalData authenticated with each chunk */
  constructor(key: SecretBytes, additionalData: Bytes) {
    this.#key = key;
    this.#additionalData = additionalData;
  }

  /** Bytes sealed so far, in whole chunks. */
  get length(): number {
    return this.#length;
  }

  add(bytes: Uint8Array): void {
    for (let taken = 0; taken < bytes.length;) {
      if (this.#filled === CHUNK_LENGTH) this.#seal(false);
      const part = bytes.subarray(taken, taken + CHUNK_LENGTH - this.#filled);
      this.#buffer.set(part, this.#filled);
      this.#filled += part.length;
      taken += part.length;
    }
  }

  /** Seals what is left as the last chunk. @returns all chunks, in order */
  finish(): readonly Bytes[] {
    this.#seal(true);
    return this.#sealed;
  }

  #seal(last: boolean): void {
    const nonce = nonceOf(this.#sealed.length, last);
    const chunk = gcm(this.#key.expose(), nonce, this.#additionalData).encrypt(this.#buffer.subarray(0, this.#filled));
    this.#buffer.fill(0);
    this.#sealed.push(chunk);
    this.#length += chunk.length;
    this.#filled = 0;
  }
}

/**
 * Opens a sealed stream chunk by chunk.
 * @yields the plaintext of each chunk; the last one only once it is known to be the last
 * @throws whatever `refuse` makes of the number of the first chunk that does not open
 */
export function* openChunks(
  key: SecretBytes,
  additionalData: Bytes,
  sealed: Uint8Array,
  refuse: (index: number) => Error,
): Generator<Bytes, void, undefined> {
  const count = Math.max(1, Math.ceil(sealed.length / SEALED_LENGTH));
  for (let index = 0; index < count; index++) {
    const chunk = sealed.subarray(index * SEALED_LENGTH, (index + 1) * SEALED_LENGTH);
    const opened = openChunk(key, nonceOf(index, index === count - 1), additionalData, chunk);
    const surplus = index > 0 && opened?.length === 0; // an empty chunk after a full one: nothing writes it
    if (opened === undefined || surplus) throw refuse(index);
    yield opened;
  }
}

function openChunk(key: SecretBytes, nonce: Bytes, additionalData: Bytes, chunk: Uint8Array): Bytes | undefined {
  if (chunk.length < TAG_LENGTH) return undefined;
  try {
    return gcm(key.expose(), nonce, additionalData).decrypt(chunk);
  } catch {
    return undefined; // the library has one failure for all that do not authenticate, and so have we
  }
}
