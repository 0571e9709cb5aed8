import type { Bytes } from '../../core/index.ts';
import { concatBytes } from '../../core/index.ts';
import type { CommittedBits, RistrettoPoint } from '../../credentials/commitment/index.ts';
import { readPoint, readScalar, writeScalar } from '../../credentials/commitment/index.ts';

/** How many values one proof can cover; fewer are padded with zeros up to the next of these. */
export const PARTY_COUNTS = [1, 2, 4, 8, 16] as const;
export const MAX_PARTIES = 16;

/** A point as it was sent, and decoded. */
export interface SentPoint {
  readonly bytes: Bytes;
  readonly point: RistrettoPoint;
}

/** One halving of the inner-product argument. */
export interface SentRound {
  readonly L: SentPoint;
  readonly R: SentPoint;
}

/** The parts of a range proof (dalek's `RangeProof`, v1). */
export interface RangeProof {
  readonly A: SentPoint;
  readonly S: SentPoint;
  readonly T1: SentPoint;
  readonly T2: SentPoint;
  readonly t: bigint;
  readonly tBlinding: bigint;
  readonly eBlinding: bigint;
  readonly rounds: readonly SentRound[];
  readonly a: bigint;
  readonly b: bigint;
}

const UNIT = 32;
/** A, S, T1, T2, three scalars before the rounds, two after them. */
const FIXED_UNITS = 9;

/** Halvings for so many values of so many bits. */
export const roundsOf = (bits: CommittedBits, parties: number): number => Math.log2(bits * parties);

/** Bytes of a proof over so many values of so many bits. */
export const proofLength = (bits: CommittedBits, parties: number): number =>
  UNIT * (FIXED_UNITS + 2 * roundsOf(bits, parties));

/**
 * Reads the bytes of a proof; undefined when they are not of a proof of this size: another length, a point that is
 * not canonical or is the identity, a scalar that is not canonical.
 */
export function readRangeProof(bytes: Uint8Array, bits: CommittedBits, parties: number): RangeProof | undefined {
  if (bytes.length !== proofLength(bits, parties)) return undefined;
  const unit = (i: number): Bytes => bytes.slice(UNIT * i, UNIT * (i + 1));
  const last = bytes.length / UNIT;
  const scalars = [4, 5, 6, last - 2, last - 1].map((i) => readScalar(unit(i)));
  const [t, tBlinding, eBlinding, a, b] = scalars;
  if (t === undefined || tBlinding === undefined || eBlinding === undefined) return undefined;
  if (a === undefined || b === undefined) return undefined;
  const [A, S, T1, T2] = [0, 1, 2, 3].map((i) => readSentPoint(unit(i)));
  if (A === undefined || S === undefined || T1 === undefined || T2 === undefined) return undefined;
  const rounds: SentRound[] = [];
  for (let i = 7; i < last - 2; i += 2) {
    const [L, R] = [readSentPoint(unit(i)), readSentPoint(unit(i + 1))];
    if (L === undefined || R === undefined) return undefined;
    rounds.push({ L, R });
  }
  return { A, S, T1, T2, t, tBlinding, eBlinding, rounds, a, b };
}

function readSentPoint(bytes: Bytes): SentPoint | undefined {
  const point = readPoint(bytes);
  return point === undefined || point.is0() ? undefined : { bytes, point };
}

/** What a prover sends, in the order it is written. */
export interface ProofParts {
  readonly points: readonly Bytes[];
  readonly scalars: readonly bigint[];
  readonly rounds: readonly Bytes[];
  readonly last: readonly bigint[];
}

/** The bytes of a proof. */
export const writeRangeProof = ({ points, scalars, rounds, last }: ProofParts): Bytes =>
  concatBytes(...points, ...scalars.map(writeScalar), ...rounds, ...last.map(writeScalar));
