import { BatchedRangeProofU64Data, PedersenCommitment, PedersenOpening } from '@solana/zk-sdk/node';
import type { CommittedBits } from '../../lib/credentials/commitment/index.ts';
import { verifyRange, verifyRanges } from '../../lib/proofs/range/index.ts';
import { Transcript } from '../../lib/proofs/range/index.ts';
import type { TriedProof } from '../fixtures/range/proofs.ts';
import { LABEL, prove } from '../fixtures/range/proofs.ts';
import type { BatchOptions } from './batches.ts';
import { timeBatches } from './batches.ts';
import type { Row, Suite } from './row.ts';
import { toRow } from './row.ts';

const SUITE = 'range';

/** Milliseconds that three of four proofs may take, as issue 5 says. */
const TARGETS = [
  { bits: 16, toProve: 60, toVerify: 12 },
  { bits: 32, toProve: 100, toVerify: 16 },
  { bits: 64, toProve: 180, toVerify: 28 },
] as const;

const SINGLE: BatchOptions = { batches: 20, calls: 1 };

const BATCH = 100;
const ROUNDS = 3;
/** Of what it takes one by one. */
const BATCH_TARGET = 0.35;

/**
 * What a range proof costs, in Node; against dalek's own code, as `@solana/zk-sdk` has compiled it from Rust to wasm.
 * Theirs proves 64 bits alone, and hashes a few messages more.
 */
export const range: Suite = {
  name: SUITE,
  async run() {
    const start = performance.now();
    prove(16, [1n]);
    const first = performance.now() - start;
    const rows = [
      toRow({ suite: SUITE, name: 'prove 16 bits, the first, with its tables', unit: 'ms', samples: [first] }),
    ];
    const theirs = await measureTheirs();
    for (const target of TARGETS) rows.push(...(await measureOurs(target, theirs)));
    for (const { bits } of TARGETS) rows.push(measureBatch(bits));
    return rows;
  },
};

interface Measured {
  readonly proving: readonly number[];
  readonly verifying: readonly number[];
}

async function measureOurs({ bits, toProve, toVerify }: (typeof TARGETS)[number], theirs: Measured): Promise<Row[]> {
  const values = [2n ** BigInt(bits) - 5n];
  const tried = prove(bits, values);
  const samples = await timeInMs(() => prove(bits, values));
  const checks = await timeInMs(() => assertHolds(verifyRange(jobOf(tried))));
  const [provingName, verifyingName] = [`prove ${bits} bits`, `verify ${bits} bits`];
  const peer = bits === 64;
  return [
    toRow({
      suite: SUITE,
      name: peer ? `${provingName}, against @solana/zk-sdk` : provingName,
      unit: 'ms',
      samples,
      target: toProve,
      ...(peer ? { baseline: theirs.proving } : {}),
    }),
    toRow({
      suite: SUITE,
      name: peer ? `${verifyingName}, against @solana/zk-sdk` : verifyingName,
      unit: 'ms',
      samples: checks,
      target: toVerify,
      ...(peer ? { baseline: theirs.verifying } : {}),
    }),
  ];
}

async function measureTheirs(): Promise<Measured> {
  const amount = 2n ** 64n - 5n;
  const make = () => {
    const opening = new PedersenOpening();
    const commitment = PedersenCommitment.from(amount, opening);
    return new BatchedRangeProofU64Data([commitment], BigUint64Array.of(amount), Uint8Array.of(64), [opening]);
  };
  const proof = make();
  return { proving: await timeInMs(make), verifying: await timeInMs(() => proof.verify()) };
}

/** How much of the time that they take one by one many proofs take at once. */
function measureBatch(bits: CommittedBits): Row {
  const tried = Array.from({ length: BATCH }, (_, i) => prove(bits, [BigInt(i)]));
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const single = timeOf(() => {
      for (const one of tried) assertHolds(verifyRange(jobOf(one)));
    });
    const together = timeOf(() => assertHolds(verifyRanges(tried.map(jobOf))));
    samples.push(together / single);
  }
  const name = `verify ${BATCH} proofs of ${bits} bits at once, of one by one`;
  // The other sizes are told: a smaller proof has fewer bases to share.
  return toRow({ suite: SUITE, name, unit: 'times', samples, ...(bits === 64 ? { target: BATCH_TARGET } : {}) });
}

const jobOf = ({ bits, witnesses, proof }: TriedProof) => ({
  transcript: new Transcript(LABEL),
  bits,
  commitments: witnesses.map(({ commitment }) => commitment),
  proof,
});

function assertHolds(holds: boolean): void {
  if (!holds) throw new Error('a proof does not hold');
}

const timeInMs = async (act: () => unknown): Promise<number[]> =>
  (await timeBatches(SINGLE, act)).map((microseconds) => microseconds / 1000);

function timeOf(act: () => void): number {
  const start = performance.now();
  act();
  return performance.now() - start;
}
