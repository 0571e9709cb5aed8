import type { Bytes } from '../../core/index.ts';
import { le64, utf8 } from '../../core/index.ts';
import { reduceWide, writeScalar } from '../../credentials/commitment/index.ts';
import { Strobe128 } from './strobe.ts';

/**
 * A Merlin transcript (merlin.cool, v1.0), with dalek's messages of points and scalars: prover and verifier write the
 * same messages and draw the same challenges from them, each challenge from everything written before it.
 */
export class Transcript {
  readonly #strobe = new Strobe128('Merlin v1.0');

  /** @param label names the protocol, so that no two share a challenge */
  constructor(label: string) {
    this.append('dom-sep', utf8(label));
  }

  append(label: string, message: Uint8Array): void {
    this.#strobe.metaAd(utf8(label), le32(message.length));
    this.#strobe.ad(message);
  }

  /** @param number an integer from 0 to below 2^53, written as eight little-endian bytes */
  appendNumber(label: string, number: number): void {
    this.append(label, le64(number));
  }

  appendScalar(label: string, scalar: bigint): void {
    this.append(label, writeScalar(scalar));
  }

  challengeBytes(label: string, length: number): Bytes {
    this.#strobe.metaAd(utf8(label), le32(length));
    return this.#strobe.prf(length);
  }

  /** A uniform scalar. */
  challengeScalar(label: string): bigint {
    return reduceWide(this.challengeBytes(label, 64));
  }
}

function le32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
