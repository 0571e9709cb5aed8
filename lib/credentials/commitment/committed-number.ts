import type { Bytes, Json } from '../../core/index.ts';
import { SignetError, fromBase64url, isJsonObject, toBase64url } from '../../core/index.ts';
import { readPoint } from './pedersen.ts';

/** The one scheme so far: v·B + r·B̃ over ristretto255, the bases being dalek's `PedersenGens::default`. */
export const COMMITMENT_SCHEME = 'pedersen-ristretto255';

/** Sizes of range proofs, and so of committed numbers. */
export const COMMITTED_BITS = [8, 16, 32, 64] as const;
export type CommittedBits = (typeof COMMITTED_BITS)[number];

/** What a committed number counts: days since 1900-01-01, or whatever the issuer says. */
export type CommittedKind = 'date' | 'integer';

/** The size of a committed date: days since 1900-01-01 up to 2079-06-06. */
export const DATE_BITS = 16 satisfies CommittedBits;

/** A number that an issuer signed without writing it: the claim's value, read. */
export interface CommittedNumber {
  readonly kind: CommittedKind;
  /** The issuer's word that the number is from 0 to below 2^bits. */
  readonly bits: CommittedBits;
  /** The commitment: a compressed point, canonical and not the identity. */
  readonly point: Bytes;
}

const MEMBERS = ['bits', 'kind', 'scheme', 'value'];

/**
 * Reads a commitment claim's value: exactly `scheme`, `kind`, `bits` and `value`, of a known scheme, the point in its
 * canonical encoding and not the identity, a date in 16 bits.
 * @throws SignetError bad_request naming the member
 */
export function readCommitment(json: Json | undefined): CommittedNumber {
  const refuse = (field: string, why: string): never => {
    throw new SignetError('bad_request', why, { field });
  };
  if (!isJsonObject(json)) return refuse('commitment', 'A commitment is an object.');
  const { scheme, kind, bits, value } = json;
  if (Object.keys(json).sort().join() !== MEMBERS.join()) {
    return refuse('commitment', 'A commitment has the members scheme, kind, bits and value, and no other.');
  }
  if (scheme !== COMMITMENT_SCHEME) return refuse('scheme', 'This scheme of commitments is not known.');
  if (kind !== 'date' && kind !== 'integer') return refuse('kind', 'This kind of committed number is not known.');
  const size = COMMITTED_BITS.find((known) => known === bits);
  if (size === undefined) return refuse('bits', 'A committed number has 8, 16, 32 or 64 bits.');
  if (kind === 'date' && size !== DATE_BITS) return refuse('bits', `A committed date has ${DATE_BITS} bits.`);
  const point = typeof value === 'string' && value.length === ENCODED_LENGTH ? fromBase64url(value) : undefined;
  const read = point === undefined ? undefined : readPoint(point);
  if (point === undefined || read === undefined || read.is0()) {
    return refuse('value', 'A commitment is a point of ristretto255, compressed, and not the identity.');
  }
  return { kind, bits: size, point };
}

/** Letters of base64url for 32 bytes. */
const ENCODED_LENGTH = 43;

/** The claim's value, as `readCommitment` reads it. */
export const writeCommitment = ({ kind, bits, point }: CommittedNumber) =>
  ({ scheme: COMMITMENT_SCHEME, kind, bits, value: toBase64url(point) }) as const;
