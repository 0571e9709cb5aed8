import { keccakP } from '@noble/hashes/sha3.js';
import type { Bytes } from '../../core/index.ts';
import { utf8 } from '../../core/index.ts';

/** Bytes of the state that an operation may touch, at 128 bits of security: 200 − 128/4 − 2. */
const RATE = 166;

/** Flags of operations (STROBE 1.0.2 §6.2). */
const I = 1;
const A = 2;
const C = 4;
const M = 16;
const K = 32;

/**
 * STROBE-128 over keccak-f[1600], as far as Merlin uses it: associated data, its meta form, and pseudorandom output
 * (STROBE 1.0.2). Keys, messages and ratchets are left out.
 */
export class Strobe128 {
  readonly #state = new Uint8Array(200);
  readonly #words = new Uint32Array(this.#state.buffer);
  #position = 0;
  #begin = 0;

  constructor(protocol: string) {
    this.#state.set([1, RATE + 2, 1, 0, 1, 12 * 8]);
    this.#state.set(utf8('STROBEv1.0.2'), 6);
    keccakP(this.#words);
    this.metaAd(utf8(protocol));
  }

  /** META-AD: says what comes next. Further parts go on where the first ended, as one operation in several pieces. */
  metaAd(...parts: readonly Uint8Array[]): void {
    this.#start(M | A);
    for (const part of parts) this.#absorb(part);
  }

  /** AD: takes in data that both sides know. */
  ad(data: Uint8Array): void {
    this.#start(A);
    this.#absorb(data);
  }

  /** PRF: output that depends on everything before. */
  prf(length: number): Bytes {
    this.#start(I | A | C);
    const output = new Uint8Array(length);
    for (let i = 0; i < length; i++) {
      output[i] = this.#state[this.#position] ?? 0;
      this.#state[this.#position] = 0;
      this.#advance();
    }
    return output;
  }

  #start(flags: number): void {
    const before = this.#begin;
    this.#begin = this.#position + 1;
    this.#absorb(Uint8Array.of(before, flags));
    if ((flags & (C | K)) !== 0 && this.#position !== 0) this.#permute();
  }

  #absorb(data: Uint8Array): void {
    for (const byte of data) {
      this.#xor(this.#position, byte);
      this.#advance();
    }
  }

  #advance(): void {
    this.#position += 1;
    if (this.#position === RATE) this.#permute();
  }

  #permute(): void {
    this.#xor(this.#position, this.#begin);
    this.#xor(this.#position + 1, 0x04);
    this.#xor(RATE + 1, 0x80);
    keccakP(this.#words);
    this.#position = 0;
    this.#begin = 0;
  }

  #xor(at: number, byte: number): void {
    this.#state[at] = (this.#state[at] ?? 0) ^ byte;
  }
}
