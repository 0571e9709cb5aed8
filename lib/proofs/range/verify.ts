import { ristretto255 } from '@noble/curves/ed25519.js';
import type { Bytes } from '../../core/index.ts';
import { randomBytes } from '../../core/index.ts';
import type { CommittedBits, RandomSource } from '../../credentials/commitment/index.ts';
import { readPoint } from '../../credentials/commitment/index.ts';
import { GENERATORS } from './generators.ts';
import type { PointTerm, Term } from './multiscalar.ts';
import { multiplyPublicly } from './multiscalar.ts';
import { offsetsOf, openInnerProduct, openRangeProof } from './protocol.ts';
import type { RangeProof } from './range-proof.ts';
import { PARTY_COUNTS, readRangeProof } from './range-proof.ts';
import { powers, randomScalar, scalarOf, sum, times } from './scalars.ts';
import type { Transcript } from './transcript.ts';

/** One proof to be verified, and what it is to prove. */
export interface VerifyingJob {
  /** With everything in it that the proof is bound to, as the prover's was. */
  readonly transcript: Transcript;
  readonly bits: CommittedBits;
  /** Compressed points: 1, 2, 4, 8 or 16 of them. */
  readonly commitments: readonly Bytes[];
  /** The bytes of the proof. */
  readonly proof: Uint8Array;
}

/**
 * Whether a proof shows that each of its commitments is to a value from 0 to below 2^bits (Bulletproofs §4.2 and §6.2,
 * in dalek's form, v1). Bytes that are no canonical proof of this size are none.
 */
export const verifyRange = (job: VerifyingJob, random: RandomSource = randomBytes): boolean =>
  verifyRanges([job], random);

/**
 * Whether every one of these proofs holds. All are checked by one equation, each with random weights of its own, so
 * many cost far less than one by one; which of them failed it does not say.
 */
export function verifyRanges(jobs: readonly VerifyingJob[], random: RandomSource = randomBytes): boolean {
  const equation = new Equation();
  for (const job of jobs) {
    if (!addProof(equation, job, random)) return false;
  }
  return equation.holds();
}

/** Σ scalar·point that must be the identity; the scalars of shared bases add up as proofs come in. */
class Equation {
  /** Of G and of H: value j's bit i stands at 64·j + i. */
  readonly #scalars = { G: [] as bigint[], H: [] as bigint[] };
  readonly #points: PointTerm[] = [];
  #value = 0n;
  #blinding = 0n;
  #parties = 0;
  #bits: CommittedBits = 8;

  addPoint(scalar: bigint, point: PointTerm['point']): void {
    this.#points.push({ scalar: scalarOf(scalar), point });
  }

  addValue(scalar: bigint): void {
    this.#value = scalarOf(this.#value + scalar);
  }

  addBlinding(scalar: bigint): void {
    this.#blinding = scalarOf(this.#blinding + scalar);
  }

  addBases(kind: 'G' | 'H', bits: CommittedBits, scalars: readonly bigint[]): void {
    const own = this.#scalars[kind];
    for (const [i, scalar] of scalars.entries()) {
      const place = placeOf(i, bits);
      own[place] = scalarOf((own[place] ?? 0n) + scalar);
    }
    this.#parties = Math.max(this.#parties, scalars.length / bits);
    if (bits > this.#bits) this.#bits = bits;
  }

  holds(): boolean {
    const { pedersen } = GENERATORS;
    const terms: Term[] = [
      { scalar: this.#value, table: pedersen.value },
      { scalar: this.#blinding, table: pedersen.blinding },
    ];
    const bases = GENERATORS.bases(this.#bits, this.#parties);
    for (const kind of ['G', 'H'] as const) {
      for (const [i, table] of bases[kind].entries()) {
        terms.push({ scalar: this.#scalars[kind][placeOf(i, this.#bits)] ?? 0n, table });
      }
    }
    return multiplyPublicly(terms, this.#points).is0();
  }
}

const placeOf = (i: number, bits: CommittedBits): number => 64 * Math.floor(i / bits) + (i % bits);

/** Adds a proof's equation under a random weight; false when it cannot hold whatever the weights. */
function addProof(
  equation: Equation,
  { transcript, bits, commitments, proof }: VerifyingJob,
  random: RandomSource,
): boolean {
  const parties = commitments.length;
  if (!PARTY_COUNTS.some((count) => count === parties)) return false;
  const read = readRangeProof(proof, bits, parties);
  const values = commitments.map(readPoint);
  if (read === undefined || values.includes(undefined)) return false;

  const { y, z, x, w, u } = drawChallenges(transcript, bits, commitments, read);
  if (y === 0n || u.includes(0n)) return false;
  const inverses = invertAll([...u, y]);
  const inverseOfY = inverses.pop() ?? 0n;
  const { t, tBlinding, eBlinding, a, b } = read;
  const size = bits * parties;
  const s = foldingFactors(u, inverses, size);
  const weight = randomScalar(random);
  const c = randomScalar(random);
  const z2 = times(z, z);

  const offsets = offsetsOf(z, bits, parties);
  const powersOfInverse = powers(inverseOfY, size);
  const ofG = s.map((factor) => weight * (-z - a * factor));
  const ofH = s.map((_, i) => {
    const mirrored = s[size - 1 - i] ?? 0n;
    return weight * scalarOf(z + (powersOfInverse[i] ?? 0n) * scalarOf((offsets[i] ?? 0n) - b * mirrored));
  });
  equation.addBases('G', bits, ofG);
  equation.addBases('H', bits, ofH);
  equation.addValue(weight * scalarOf(w * (t - a * b) + c * (delta(y, z, bits, parties) - t)));
  equation.addBlinding(-weight * scalarOf(eBlinding + c * tBlinding));
  equation.addPoint(weight, read.A.point);
  equation.addPoint(weight * x, read.S.point);
  const cx = times(weight, times(c, x));
  equation.addPoint(cx, read.T1.point);
  equation.addPoint(cx * x, read.T2.point);
  for (const [i, { L, R }] of read.rounds.entries()) {
    const [challenge, inverse] = [u[i] ?? 0n, inverses[i] ?? 0n];
    equation.addPoint(weight * times(challenge, challenge), L.point);
    equation.addPoint(weight * times(inverse, inverse), R.point);
  }
  for (const [j, power] of powers(z, parties).entries()) {
    const point = values[j];
    if (point !== undefined) equation.addPoint(times(weight, c) * times(z2, power), point);
  }
  return true;
}

interface Challenges {
  readonly y: bigint;
  readonly z: bigint;
  readonly x: bigint;
  readonly w: bigint;
  /** One for each halving. */
  readonly u: readonly bigint[];
}

function drawChallenges(
  transcript: Transcript,
  bits: CommittedBits,
  commitments: readonly Bytes[],
  { A, S, T1, T2, t, tBlinding, eBlinding, rounds }: RangeProof,
): Challenges {
  openRangeProof(transcript, bits, commitments);
  transcript.append('A', A.bytes);
  transcript.append('S', S.bytes);
  const y = transcript.challengeScalar('y');
  const z = transcript.challengeScalar('z');
  transcript.append('T_1', T1.bytes);
  transcript.append('T_2', T2.bytes);
  const x = transcript.challengeScalar('x');
  transcript.appendScalar('t_x', t);
  transcript.appendScalar('t_x_blinding', tBlinding);
  transcript.appendScalar('e_blinding', eBlinding);
  const w = transcript.challengeScalar('w');
  openInnerProduct(transcript, bits * commitments.length);
  const u = rounds.map(({ L, R }) => {
    transcript.append('L', L.bytes);
    transcript.append('R', R.bytes);
    return transcript.challengeScalar('u');
  });
  return { y, z, x, w, u };
}

/** By what each G ends up multiplied after all halvings: a challenge where it was in the right half, else its inverse. */
function foldingFactors(u: readonly bigint[], inverses: readonly bigint[], size: number): readonly bigint[] {
  const factors = [inverses.reduce(times, 1n)];
  for (let i = 1; i < size; i++) {
    const level = Math.floor(Math.log2(i));
    const challenge = u[u.length - 1 - level] ?? 0n;
    factors.push(times(factors[i - 2 ** level] ?? 0n, times(challenge, challenge)));
  }
  return factors;
}

/** δ(y, z), for which t(x) makes room: what of it everybody can compute. */
function delta(y: bigint, z: bigint, bits: CommittedBits, parties: number): bigint {
  const z2 = times(z, z);
  const ofY = sum(powers(y, bits * parties));
  const ofZ = times(times(z2, z), sum(powers(z, parties)));
  return scalarOf((z - z2) * ofY - ofZ * (2n ** BigInt(bits) - 1n));
}

/** The inverses of scalars that are not zero, for the price of one (Montgomery). */
function invertAll(scalars: readonly bigint[]): bigint[] {
  const products = [1n];
  for (const scalar of scalars) products.push(times(products.at(-1) ?? 1n, scalar));
  let rest = ristretto255.Point.Fn.inv(products.at(-1) ?? 1n);
  const inverses: bigint[] = [];
  for (let i = scalars.length - 1; i >= 0; i--) {
    inverses[i] = times(rest, products[i] ?? 1n);
    rest = times(rest, scalars[i] ?? 1n);
  }
  return inverses;
}
