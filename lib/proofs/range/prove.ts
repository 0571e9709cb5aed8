import { ristretto255 } from '@noble/curves/ed25519.js';
import type { Bytes } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import type { CommittedBits, RandomSource } from '../../credentials/commitment/index.ts';
import { fitsIn, writePoint } from '../../credentials/commitment/index.ts';
import { GENERATORS } from './generators.ts';
import { proveInnerProduct } from './inner-product.ts';
import type { Term } from './multiscalar.ts';
import { chooseByBit, multiplySecretly } from './multiscalar.ts';
import { offsetsOf, openRangeProof } from './protocol.ts';
import { PARTY_COUNTS, writeRangeProof } from './range-proof.ts';
import { innerProduct, powers, randomScalar, scalarOf, sum, times } from './scalars.ts';
import type { Transcript } from './transcript.ts';

/** A value that is proven to be in range, and what hides it. */
export interface Witness {
  /** From 0 to below 2^bits. */
  readonly value: bigint;
  /** A scalar. */
  readonly blinding: bigint;
  /** value·B + blinding·B̃, compressed: written into the transcript as it is. */
  readonly commitment: Bytes;
}

export interface ProvingJob {
  /** With everything in it that the proof is bound to. */
  readonly transcript: Transcript;
  readonly bits: CommittedBits;
  /** 1, 2, 4, 8 or 16 of them. */
  readonly witnesses: readonly Witness[];
  readonly random: RandomSource;
}

/**
 * Proves that each of the values is from 0 to below 2^bits (Bulletproofs §4.2 and §4.3; the bytes and messages are
 * those of dalek's `RangeProof`, v1). What it multiplies, adds and draws, and in which order, depends on how many
 * values there are and on their size, and on nothing else.
 * @throws SignetError bad_request for a value out of range, or a number of values that there are no proofs for
 */
export function proveRange({ transcript, bits, witnesses, random }: ProvingJob): Bytes {
  const parties = witnesses.length;
  if (!PARTY_COUNTS.some((count) => count === parties)) {
    throw new SignetError('bad_request', 'A range proof covers 1, 2, 4, 8 or 16 values.', { field: 'values' });
  }
  if (!witnesses.every(({ value }) => fitsIn(value, bits))) {
    throw new SignetError('bad_request', `A value is not from 0 to below 2^${bits}.`, { field: 'value' });
  }
  const bases = GENERATORS.bases(bits, parties);
  const { pedersen } = GENERATORS;
  openRangeProof(
    transcript,
    bits,
    witnesses.map(({ commitment }) => commitment),
  );

  const bitsOfValues = witnesses.flatMap(({ value }) =>
    Array.from({ length: bits }, (_, i) => (value >> BigInt(i)) & 1n),
  );
  const alpha = randomScalar(random);
  const rho = randomScalar(random);
  const sLeft = bitsOfValues.map(() => randomScalar(random));
  const sRight = bitsOfValues.map(() => randomScalar(random));

  // Where the bit is 1, a_L·G + a_R·H is G, and where it is 0 it is −H.
  let commitmentOfBits = multiplySecretly([{ scalar: alpha, table: pedersen.blinding }]);
  for (const [i, bit] of bitsOfValues.entries()) {
    const [G, H] = [bases.G[i]?.[0], bases.H[i]?.[0]];
    if (G !== undefined && H !== undefined) commitmentOfBits = commitmentOfBits.add(chooseByBit(bit, H.negate(), G));
  }
  const A = writePoint(commitmentOfBits);
  const S = writePoint(
    multiplySecretly([
      { scalar: rho, table: pedersen.blinding },
      ...bases.G.map((table, i): Term => ({ scalar: sLeft[i] ?? 0n, table })),
      ...bases.H.map((table, i): Term => ({ scalar: sRight[i] ?? 0n, table })),
    ]),
  );
  transcript.append('A', A);
  transcript.append('S', S);
  const y = transcript.challengeScalar('y');
  const z = transcript.challengeScalar('z');

  // l(x) = l0 + l1·x and r(x) = r0 + r1·x; t(x) is their inner product.
  const powersOfY = powers(y, bits * parties);
  const offsets = offsetsOf(z, bits, parties);
  const l0 = bitsOfValues.map((bit) => scalarOf(bit - z));
  const r0 = bitsOfValues.map((bit, i) => scalarOf((powersOfY[i] ?? 0n) * (bit - 1n + z) + (offsets[i] ?? 0n)));
  const r1 = sRight.map((scalar, i) => times(powersOfY[i] ?? 0n, scalar));
  const t1 = scalarOf(innerProduct(l0, r1) + innerProduct(sLeft, r0));
  const t2 = innerProduct(sLeft, r1);

  const [tau1, tau2] = [randomScalar(random), randomScalar(random)];
  const commitTo = (scalar: bigint, blinding: bigint): Bytes =>
    writePoint(
      multiplySecretly([
        { scalar, table: pedersen.value },
        { scalar: blinding, table: pedersen.blinding },
      ]),
    );
  const [T1, T2] = [commitTo(t1, tau1), commitTo(t2, tau2)];
  transcript.append('T_1', T1);
  transcript.append('T_2', T2);
  const x = transcript.challengeScalar('x');

  const left = l0.map((scalar, i) => scalarOf(scalar + (sLeft[i] ?? 0n) * x));
  const right = r0.map((scalar, i) => scalarOf(scalar + (r1[i] ?? 0n) * x));
  const t = innerProduct(left, right);
  const powersOfZ = powers(z, parties);
  const ofValues = sum(witnesses.map(({ blinding }, j) => times(scalarOf(blinding), times(z * z, powersOfZ[j] ?? 0n))));
  const tBlinding = scalarOf(ofValues + tau1 * x + tau2 * x * x);
  const eBlinding = scalarOf(alpha + rho * x);
  transcript.appendScalar('t_x', t);
  transcript.appendScalar('t_x_blinding', tBlinding);
  transcript.appendScalar('e_blinding', eBlinding);

  const w = transcript.challengeScalar('w');
  const factorsOfH = powers(ristretto255.Point.Fn.inv(y), bits * parties);
  const { rounds, a, b } = proveInnerProduct(transcript, { bases, factorsOfH, value: pedersen.value, w }, left, right);
  return writeRangeProof({ points: [A, S, T1, T2], scalars: [t, tBlinding, eBlinding], rounds, last: [a, b] });
}
