import { ristretto255 } from '@noble/curves/ed25519.js';
import type { Bytes } from '../../core/index.ts';
import { writePoint } from '../../credentials/commitment/index.ts';
import type { ProofBases } from './generators.ts';
import type { OddMultiples, Term } from './multiscalar.ts';
import { multiplyPublicly } from './multiscalar.ts';
import { openInnerProduct } from './protocol.ts';
import { innerProduct, scalarOf, times } from './scalars.ts';
import type { Transcript } from './transcript.ts';

export interface InnerProductStatement {
  readonly bases: ProofBases;
  /** What each H is multiplied by before all else. */
  readonly factorsOfH: readonly bigint[];
  /** Table of B, of which Q is a multiple. */
  readonly value: OddMultiples;
  /** Q = w·B. */
  readonly w: bigint;
}

export interface InnerProductProof {
  /** L and R of each halving. */
  readonly rounds: readonly Bytes[];
  readonly a: bigint;
  readonly b: bigint;
}

/**
 * Proves that two vectors have the inner product that was committed to, by halving them (Bulletproofs §3, in dalek's
 * form). The bases are never folded: each round multiplies the first ones, whose tables are there, by what folding
 * would have made of them. The vectors may show in the time that takes: they are l and r, which are blinded, and which
 * the protocol would send as they are if that were not longer (§4.2).
 */
export function proveInnerProduct(
  transcript: Transcript,
  { bases: { G, H }, factorsOfH, value, w }: InnerProductStatement,
  left: readonly bigint[],
  right: readonly bigint[],
): InnerProductProof {
  let [a, b] = [left, right];
  let factorsG: readonly bigint[] = left.map(() => 1n);
  let factorsH = factorsOfH;
  const rounds: Bytes[] = [];
  openInnerProduct(transcript, left.length);
  while (a.length > 1) {
    const half = a.length / 2;
    const [aLeft, aRight, bLeft, bRight] = [a.slice(0, half), a.slice(half), b.slice(0, half), b.slice(half)];
    const isRight = (i: number): boolean => i % (2 * half) >= half;
    const isLeft = (i: number): boolean => !isRight(i);
    /** The terms of the bases on one side, by a half of a vector each. */
    const termsOf = (of: readonly bigint[], tables: readonly OddMultiples[], factors: readonly bigint[]) =>
      tables.map((table, i): Term => ({ scalar: times(of[i % half] ?? 0n, factors[i] ?? 0n), table }));
    const [L, R] = [
      cross(
        { scalar: times(w, innerProduct(aLeft, bRight)), table: value },
        termsOf(aLeft, G, factorsG).filter((_, i) => isRight(i)),
        termsOf(bRight, H, factorsH).filter((_, i) => isLeft(i)),
      ),
      cross(
        { scalar: times(w, innerProduct(aRight, bLeft)), table: value },
        termsOf(aRight, G, factorsG).filter((_, i) => isLeft(i)),
        termsOf(bLeft, H, factorsH).filter((_, i) => isRight(i)),
      ),
    ];
    rounds.push(L, R);
    transcript.append('L', L);
    transcript.append('R', R);
    const u = transcript.challengeScalar('u');
    const inverse = ristretto255.Point.Fn.inv(u);
    a = fold(aLeft, aRight, u, inverse);
    b = fold(bLeft, bRight, inverse, u);
    factorsG = factorsG.map((factor, i) => times(factor, isRight(i) ? u : inverse));
    factorsH = factorsH.map((factor, i) => times(factor, isRight(i) ? inverse : u));
  }
  return { rounds, a: a[0] ?? 0n, b: b[0] ?? 0n };
}

const cross = (ofQ: Term, ofG: readonly Term[], ofH: readonly Term[]): Bytes =>
  writePoint(multiplyPublicly([ofQ, ...ofG, ...ofH]));

const fold = (left: readonly bigint[], right: readonly bigint[], ofLeft: bigint, ofRight: bigint): readonly bigint[] =>
  left.map((scalar, i) => scalarOf(scalar * ofLeft + (right[i] ?? 0n) * ofRight));
