import { ristretto255 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatBytes, randomBytes } from '../../../../lib/core/index.ts';
import { GROUP_ORDER, VALUE_BASE, writePoint } from '../../../../lib/credentials/commitment/index.ts';
import { Transcript, proofLength, proveRange, verifyRange, verifyRanges } from '../../../../lib/proofs/range/index.ts';
import { readRangeProof } from '../../../../lib/proofs/range/range-proof.ts';
import { paperChecks } from '../../../fixtures/range/paper-checker.ts';
import type { TriedProof } from '../../../fixtures/range/proofs.ts';
import { LABEL, holds, prove, witnessOf } from '../../../fixtures/range/proofs.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 3);
const SIZES = [8, 16, 32, 64] as const;

const commitmentsOf = ({ witnesses }: TriedProof) => witnesses.map(({ commitment }) => commitment);

const withWord = ({ proof }: TriedProof, word: number, bytes: Uint8Array): Uint8Array => {
  const altered = proof.slice();
  altered.set(bytes, 32 * (word < 0 ? proof.length / 32 + word : word));
  return altered;
};

describe('a range proof', () => {
  test.each(SIZES)('of %i bits holds for 0, 1 and the largest value, together and apart', (bits) => {
    const values = [0n, 1n, 2n ** BigInt(bits) - 1n];
    for (const value of bits === 64 ? values.slice(2) : values) expect(holds(prove(bits, [value]))).toBe(true);
    expect(holds(prove(bits, [...values.slice(1), ...(bits < 32 ? [0n, 7n] : [])]))).toBe(true);
  });

  test('holds for any values, under the equations of the paper too', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2), fc.bigInt({ min: 0n, max: 255n }), (count, value) => {
        const tried = prove(
          8,
          Array.from({ length: count }, (_, i) => (value + BigInt(i)) % 256n),
        );
        const claimed = { label: LABEL, bits: 8, commitments: commitmentsOf(tried), proof: tried.proof };
        expect([holds(tried), paperChecks(claimed)]).toEqual([true, true]);
        expect(paperChecks({ ...claimed, label: 'another' })).toBe(false);
      }),
      { numRuns: Math.min(RUNS, 100) },
    );
  });

  test('of 64 bits holds under the equations of the paper', () => {
    const tried = prove(64, [2n ** 64n - 1n]);
    expect(paperChecks({ label: LABEL, bits: 64, commitments: commitmentsOf(tried), proof: tried.proof })).toBe(true);
  });

  test.each(SIZES)('of %i bits is never made for the next value above, nor for a negative one', (bits) => {
    for (const value of [2n ** BigInt(bits), -1n, -(2n ** BigInt(bits))]) {
      const witness = { ...witnessOf(0n), value };
      const make = () =>
        proveRange({ transcript: new Transcript(LABEL), bits, witnesses: [witness], random: randomBytes });
      expect(make).toThrow(expect.objectContaining({ reason: 'bad_request', field: 'value' }));
    }
  });

  test('made by somebody who lies about the value fails', () => {
    const { commitment, blinding } = witnessOf(256n);
    const negative = writePoint(ristretto255.Point.fromBytes(commitment).subtract(VALUE_BASE.multiplyUnsafe(257n)));
    for (const [value, committed] of [
      [0n, commitment],
      [255n, commitment],
      [255n, negative],
    ] as const) {
      const witness = { value, blinding, commitment: committed };
      const prover = () =>
        proveRange({ transcript: new Transcript(LABEL), bits: 8, witnesses: [witness], random: randomBytes });
      expect(holds({ bits: 8, witnesses: [witness], proof: prover() })).toBe(false);
    }
  });

  test.each([0, 3, 5, 17, 32])('is not made for %i values', (count) => {
    expect(() => prove(8, new Array<bigint>(count).fill(1n))).toThrow(expect.objectContaining({ field: 'values' }));
    expect(verifyRange({ ...job(), commitments: new Array<never>(count).fill(commitment as never) })).toBe(false);
  });

  test('covers sixteen values', () => {
    expect(
      holds(
        prove(
          8,
          Array.from({ length: 16 }, (_, i) => BigInt(15 * i)),
        ),
      ),
    ).toBe(true);
  });

  test('fails with another label, size, commitment, or order of commitments', () => {
    const tried = prove(16, [5n, 6n]);
    expect(holds(tried)).toBe(true);
    expect(holds(tried, { label: 'another' })).toBe(false);
    for (const bits of [8, 32, 64] as const) expect(holds(tried, { bits })).toBe(false);
    const [first, second] = commitmentsOf(tried);
    if (first === undefined || second === undefined) throw new Error('there are two');
    for (const commitments of [[second, first], [first, first], [first], [first, second, first, second], []]) {
      expect(holds(tried, { commitments })).toBe(false);
    }
  });

  test('fails with any of its bits turned', () => {
    const tried = prove(8, [200n]);
    fc.assert(
      fc.property(fc.nat({ max: 8 * tried.proof.length - 1 }), (place) => {
        const proof = tried.proof.slice();
        proof[place >> 3] = (proof[place >> 3] ?? 0) ^ (1 << (place & 7));
        expect(holds(tried, { proof })).toBe(false);
      }),
      { numRuns: 10 * RUNS },
    );
  });

  test('is refused at any other length', () => {
    const tried = prove(8, [200n]);
    const { proof } = tried;
    expect(proof.length).toBe(proofLength(8, 1));
    for (const altered of [
      new Uint8Array(),
      ...[1, 31, 32, 64].map((less) => proof.slice(0, -less)),
      ...[1, 32, 64].map((more) => concatBytes(proof, new Uint8Array(more))),
    ]) {
      expect(holds(tried, { proof: altered })).toBe(false);
    }
  });

  test('is refused with a scalar that is not canonical, though it is the same number', () => {
    const tried = prove(8, [200n]);
    for (const word of [4, 5, 6, -2, -1]) {
      const at = 32 * (word < 0 ? tried.proof.length / 32 + word : word);
      const scalar = tried.proof.slice(at, at + 32).reduceRight((total, byte) => (total << 8n) | BigInt(byte), 0n);
      const beyond = Uint8Array.from({ length: 32 }, (_, i) =>
        Number(((scalar + GROUP_ORDER) >> BigInt(8 * i)) & 255n),
      );
      expect(holds(tried, { proof: withWord(tried, word, beyond) })).toBe(false);
    }
  });

  test('is refused with a point that is the identity, or is none, or is not canonical', () => {
    const tried = prove(8, [200n]);
    const none = new Uint8Array(32).fill(0xff);
    const odd = Uint8Array.of(1, ...new Uint8Array(31));
    const aboveTheField = Uint8Array.of(0xed, ...new Uint8Array(30).fill(0xff), 0x7f);
    for (const word of [0, 1, 2, 3, 7, 8, 9, 10, 11, 12]) {
      for (const bytes of [new Uint8Array(32), none, odd, aboveTheField]) {
        expect(readRangeProof(withWord(tried, word, bytes), 8, 1)).toBeUndefined();
        expect(holds(tried, { proof: withWord(tried, word, bytes) })).toBe(false);
      }
    }
    expect(holds(tried, { commitments: [none] })).toBe(false);
    expect(holds(tried, { commitments: [new Uint8Array(31)] })).toBe(false);
  });

  test('of nothing but zeros without blinding is fine, as padding is', () => {
    const nothing = { value: 0n, blinding: 0n, commitment: new Uint8Array(32) };
    const witnesses = [witnessOf(3n), nothing];
    const proof = proveRange({ transcript: new Transcript(LABEL), bits: 8, witnesses, random: randomBytes });
    expect(holds({ bits: 8, witnesses, proof })).toBe(true);
  });
});

describe('many proofs at once', () => {
  const jobsOf = (tried: readonly TriedProof[]) =>
    tried.map((one) => ({
      transcript: new Transcript(LABEL),
      bits: one.bits,
      commitments: commitmentsOf(one),
      proof: one.proof,
    }));

  test('hold together where each holds, whatever their sizes', () => {
    expect(verifyRanges(jobsOf([prove(8, [1n, 2n]), prove(16, [3n]), prove(8, [4n])]))).toBe(true);
    expect(verifyRanges([])).toBe(true);
  });

  test('fail together where one fails, or where two have swapped what would make up for each other', () => {
    const [a, b] = [prove(8, [1n]), prove(8, [2n])];
    expect(verifyRanges(jobsOf([a, { ...b, witnesses: a.witnesses }]))).toBe(false);
    const [ofA, ofB] = [a, b].map(({ proof }) => proof.slice(128, 160));
    if (ofA === undefined || ofB === undefined) throw new Error('there are two');
    const swapped = [
      { ...a, proof: a.proof.slice() },
      { ...b, proof: b.proof.slice() },
    ];
    swapped[0]?.proof.set(ofB, 128);
    swapped[1]?.proof.set(ofA, 128);
    expect(verifyRanges(jobsOf(swapped))).toBe(false);
  });
});

const { commitment } = witnessOf(1n);
const job = () => ({
  transcript: new Transcript(LABEL),
  bits: 8 as const,
  commitments: [commitment],
  proof: new Uint8Array(proofLength(8, 1)),
});
