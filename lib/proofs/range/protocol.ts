import { utf8 } from '../../core/index.ts';
import type { CommittedBits } from '../../credentials/commitment/index.ts';
import { powers, times } from './scalars.ts';
import type { Transcript } from './transcript.ts';

/** Writes what a range proof begins with: its size, and the commitments to its values, compressed. */
export function openRangeProof(transcript: Transcript, bits: CommittedBits, commitments: readonly Uint8Array[]): void {
  transcript.append('dom-sep', utf8('rangeproof v1'));
  transcript.appendNumber('n', bits);
  transcript.appendNumber('m', commitments.length);
  for (const commitment of commitments) transcript.append('V', commitment);
}

/** Writes what an inner-product argument begins with. */
export function openInnerProduct(transcript: Transcript, length: number): void {
  transcript.append('dom-sep', utf8('ipp v1'));
  transcript.appendNumber('n', length);
}

/** z^(2+j)·2^i for bit i of value j. */
export function offsetsOf(z: bigint, bits: CommittedBits, parties: number): readonly bigint[] {
  const powersOfTwo = powers(2n, bits);
  return powers(z, parties).flatMap((power) => {
    const factor = times(times(z, z), power);
    return powersOfTwo.map((two) => times(factor, two));
  });
}
