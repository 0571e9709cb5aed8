/** Numbers that an issuer signs without writing them. Reaches core and noble alone, so a service can use it. */
export { committedDay, cutoffDay, dateOfCommittedDay } from './committed-date.ts';
export type { CommittedBits, CommittedKind, CommittedNumber } from './committed-number.ts';
export { COMMITMENT_SCHEME, COMMITTED_BITS, DATE_BITS, readCommitment, writeCommitment } from './committed-number.ts';
export type { Opening } from './opening.ts';
export { fitsIn, opensTo, readOpening, writeOpening } from './opening.ts';
export type { RandomSource, RistrettoPoint } from './pedersen.ts';
export {
  BLINDING_BASE,
  GROUP_ORDER,
  VALUE_BASE,
  blindingScalar,
  commit,
  derivePoint,
  newBlinding,
  readPoint,
  readScalar,
  reduceWide,
  writePoint,
  writeScalar,
} from './pedersen.ts';
