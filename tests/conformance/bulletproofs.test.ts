import { expect, it } from 'vitest';
import type { Bytes } from '../../lib/core/index.ts';
import { fromHex } from '../../lib/core/index.ts';
import type { CommittedBits } from '../../lib/credentials/commitment/index.ts';
import { Transcript, verifyRange, verifyRanges } from '../../lib/proofs/range/index.ts';
import { paperChecks } from '../fixtures/range/paper-checker.ts';
import { collectVectors, describeVectors, readVectorJson } from './vectors.ts';

interface Golden {
  readonly transcript_label: string;
  readonly value_commitments: readonly string[];
  readonly proofs: readonly { readonly n: CommittedBits; readonly m: number; readonly proof_hex: string }[];
}

interface GoldenProof {
  readonly bits: CommittedBits;
  readonly parties: number;
  readonly label: string;
  readonly commitments: readonly Bytes[];
  readonly proof: Bytes;
}

const golden = collectVectors<GoldenProof>(() => {
  const file = readVectorJson('bulletproofs-dalek', 'range_proof_v1_golden.json') as Golden; // as its `note` says
  return file.proofs.map(({ n, m, proof_hex }) => ({
    bits: n,
    parties: m,
    label: file.transcript_label,
    commitments: file.value_commitments.slice(0, m).map(fromHex),
    proof: fromHex(proof_hex),
  }));
});

const jobOf = ({ label, bits, commitments, proof }: GoldenProof) => ({
  transcript: new Transcript(label),
  bits,
  commitments,
  proof,
});
const holds = (one: GoldenProof): boolean => verifyRange(jobOf(one));

/** The smallest: what fails for it fails at the same place for all. */
const smallest = golden.filter(({ bits, parties }) => bits === 8 && parties === 1);

describeVectors("dalek's golden range proofs", () => {
  it('are sixteen, of four sizes and one to eight values', () => {
    expect(golden.map(({ bits, parties }) => [bits, parties])).toEqual(
      [8, 16, 32, 64].flatMap((bits) => [1, 2, 4, 8].map((parties) => [bits, parties])),
    );
  });

  it.each(golden)('hold: $bits bits, $parties values', (one) => {
    expect(holds(one)).toBe(true);
  });

  it('hold all at once', () => {
    expect(verifyRanges(golden.map(jobOf))).toBe(true);
  });

  it.each(golden.filter(({ bits, parties }) => bits * parties <= 16))(
    'hold under the equations of the paper: $bits bits, $parties values',
    (one) => {
      expect(paperChecks(one)).toBe(true);
      expect(paperChecks({ ...one, label: 'Another Test' })).toBe(false);
    },
  );

  it.each(golden)('fail with another label, size, commitment or order: $bits bits, $parties values', (one) => {
    const { commitments } = one;
    expect(holds({ ...one, label: `${one.label} ` })).toBe(false);
    for (const bits of [8, 16, 32, 64] as const) expect(holds({ ...one, bits })).toBe(bits === one.bits);
    const other = golden.at(-1)?.commitments.at(-1);
    if (other === undefined) throw new Error('there are no commitments');
    const replaced = one.parties === 8 ? commitments.toReversed() : [...commitments.slice(0, -1), other];
    expect(holds({ ...one, commitments: replaced })).toBe(false);
    expect(holds({ ...one, commitments: commitments.slice(1) })).toBe(false);
  });

  it('fail with any one bit turned, whichever byte it is in', () => {
    for (const one of smallest) {
      for (let place = 0; place < one.proof.length; place++) {
        const proof = one.proof.slice();
        proof[place] = (proof[place] ?? 0) ^ (1 << ((place * 5) % 8));
        expect(holds({ ...one, proof }), `byte ${place}`).toBe(false);
      }
    }
  });

  it('fail with one bit of a commitment turned', () => {
    for (const one of smallest) {
      for (let place = 0; place < 256; place += 11) {
        const [commitment] = one.commitments.map((bytes) => bytes.slice());
        if (commitment === undefined) throw new Error('there is no commitment');
        commitment[place >> 3] = (commitment[place >> 3] ?? 0) ^ (1 << (place & 7));
        expect(holds({ ...one, commitments: [commitment] }), `bit ${place}`).toBe(false);
      }
    }
  });
});
