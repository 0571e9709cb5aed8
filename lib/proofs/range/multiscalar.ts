import { ristretto255 } from '@noble/curves/ed25519.js';
import type { RistrettoPoint } from '../../credentials/commitment/index.ts';
import { GROUP_ORDER, writeScalar } from '../../credentials/commitment/index.ts';

/** The odd multiples P, 3P, 5P, … of a point: a power of two of them. */
export type OddMultiples = readonly RistrettoPoint[];

/** A scalar, and the point it multiplies by its table. */
export interface Term {
  readonly scalar: bigint;
  readonly table: OddMultiples;
}

/** A scalar, and the point it multiplies. */
export interface PointTerm {
  readonly scalar: bigint;
  readonly point: RistrettoPoint;
}

const IDENTITY = ristretto255.Point.ZERO;
/** Bits of a scalar below the order of the group, and of the order itself. */
const BITS = 253;

/** How many odd multiples of a point are kept at most. */
export const MOST_MULTIPLES = 64;
/** How many odd multiples pay for a point that is used once. */
const MULTIPLES_OF_STRANGERS = 8;
/** From so many points on, buckets are cheaper than tables (measured with tests/bench/range.ts). */
const MANY = 400;

export function oddMultiples(point: RistrettoPoint, count: number): OddMultiples {
  const twice = point.double();
  const table = [point];
  for (let last = point; table.length < count; table.push(last)) last = last.add(twice);
  return table;
}

/**
 * Σ scalar·point for scalars that are secret: the same additions and doublings in the same order whatever the scalars
 * are, and every lookup reads its whole table. Each scalar is written in odd digits (Joye and Tunstall 2009), none of
 * which is zero, so there is nothing to skip. What JavaScript's own arithmetic does with each number stays its secret.
 * @param terms scalars from 0 to below the order of the group; of every table as much is used as the smallest has
 */
export function multiplySecretly(terms: readonly Term[]): RistrettoPoint {
  const size = terms.reduce((smallest, { table }) => Math.min(smallest, table.length), MOST_MULTIPLES);
  const width = Math.log2(size) + 1;
  const windows = Math.ceil((BITS + 1) / width);
  const digits = terms.map(({ scalar }) => oddDigits(scalar, width, windows));
  let total = IDENTITY;
  for (let window = windows - 1; window >= 0; window--) {
    if (window < windows - 1) for (let i = 0; i < width; i++) total = total.double();
    for (const [i, { table }] of terms.entries()) total = total.add(select(table, size, digits[i]?.[window] ?? 1));
  }
  return total;
}

/** The table's multiple by an odd digit, read without showing in the order of reads which it was. */
function select(table: OddMultiples, size: number, digit: number): RistrettoPoint {
  const wanted = (Math.abs(digit) - 1) >> 1;
  let chosen = IDENTITY;
  for (let i = 0; i < size; i++) chosen = i === wanted ? (table[i] ?? IDENTITY) : chosen;
  const negated = chosen.negate();
  return digit < 0 ? negated : chosen;
}

/** One of two points, by a bit, both of which are there before. */
export const chooseByBit = (bit: bigint, ofZero: RistrettoPoint, ofOne: RistrettoPoint): RistrettoPoint =>
  [ofZero, ofOne][Number(bit)] ?? IDENTITY;

/**
 * A scalar as Σ digit[i]·2^(width·i) with odd digits below 2^width in size. An even scalar is written as the negative
 * of the group's order less it, which is odd.
 */
function oddDigits(scalar: bigint, width: number, windows: number): Int16Array {
  const isEven = Number(scalar & 1n) === 0;
  const [odd, sign] = [isEven ? GROUP_ORDER - scalar : scalar, isEven ? -1 : 1];
  const limbs = limbsOf(odd);
  const lift = 2 ** width;
  return Int16Array.from({ length: windows }, (_, i) => {
    const digit = 2 * bitsAt(limbs, i * width + 1, width) + 1;
    return sign * (i < windows - 1 ? digit - lift : digit);
  });
}

/**
 * Σ scalar·point for scalars that everybody may know: its time depends on them.
 * @param terms scalars from 0 to below the order of the group, tables of any size
 */
export function multiplyPublicly(terms: readonly Term[], strangers: readonly PointTerm[] = []): RistrettoPoint {
  if (strangers.length >= MANY) return multiplyPublicly(terms).add(multiplyMany(strangers));
  const ours = strangers.map(({ scalar, point }) => ({ scalar, table: oddMultiples(point, MULTIPLES_OF_STRANGERS) }));
  return interleave([...terms, ...ours]);
}

/** One chain of doublings for all, and an addition for each digit that is not zero (Möller 2001). */
function interleave(terms: readonly Term[]): RistrettoPoint {
  const byPosition: RistrettoPoint[][] = Array.from({ length: BITS + 2 }, () => []);
  for (const { scalar, table } of terms) {
    const digits = nonAdjacentDigits(scalar, Math.log2(table.length) + 2);
    for (let position = 0; position < digits.length; position++) {
      const digit = digits[position] ?? 0;
      if (digit === 0) continue;
      const multiple = table[(Math.abs(digit) - 1) >> 1] ?? IDENTITY;
      byPosition[position]?.push(digit < 0 ? multiple.negate() : multiple);
    }
  }
  let total = IDENTITY;
  for (let position = BITS + 1; position >= 0; position--) {
    if (total !== IDENTITY) total = total.double();
    for (const point of byPosition[position] ?? []) total = total.add(point);
  }
  return total;
}

/** A scalar as Σ digit[i]·2^i: of any `width` digits one at most is not zero, and that is odd, below 2^(width−1) in size. */
function nonAdjacentDigits(scalar: bigint, width: number): Int16Array {
  const limbs = limbsOf(scalar);
  const digits = new Int16Array(BITS + 2);
  let carry = 0;
  for (let position = 0; position < digits.length;) {
    const window = bitsAt(limbs, position, width) + carry;
    if ((window & 1) === 0) {
      position += 1;
      continue;
    }
    carry = window >> (width - 1);
    digits[position] = window - (carry << width);
    position += width;
  }
  return digits;
}

/** Σ scalar·point for many points: sorted into buckets by digit, which are added up once for all (Pippenger). */
function multiplyMany(terms: readonly PointTerm[]): RistrettoPoint {
  const width = Math.max(4, Math.round(Math.log2(terms.length)) - 2);
  const windows = Math.ceil((BITS + 1) / width);
  const digits = terms.map(({ scalar }) => signedDigits(scalar, width, windows));
  let total = IDENTITY;
  for (let window = windows - 1; window >= 0; window--) {
    if (window < windows - 1) for (let i = 0; i < width; i++) total = total.double();
    total = total.add(bucketSum(terms, (i) => digits[i]?.[window] ?? 0, 2 ** (width - 1)));
  }
  return total;
}

function bucketSum(terms: readonly PointTerm[], digitOf: (i: number) => number, count: number): RistrettoPoint {
  const buckets: (RistrettoPoint | undefined)[] = new Array<RistrettoPoint | undefined>(count + 1).fill(undefined);
  for (const [i, { point }] of terms.entries()) {
    const digit = digitOf(i);
    if (digit === 0) continue;
    const [place, signed] = digit < 0 ? [-digit, point.negate()] : [digit, point];
    buckets[place] = buckets[place]?.add(signed) ?? signed;
  }
  let [running, total] = [IDENTITY, IDENTITY];
  for (let place = count; place > 0; place--) {
    const bucket = buckets[place];
    if (bucket !== undefined) running = running.add(bucket);
    total = total.add(running);
  }
  return total;
}

/** A scalar as Σ digit[i]·2^(width·i), the digits at most 2^(width−1) in size. */
function signedDigits(scalar: bigint, width: number, windows: number): Int16Array {
  const limbs = limbsOf(scalar);
  let carry = 0;
  return Int16Array.from({ length: windows }, (_, i) => {
    const digit = bitsAt(limbs, i * width, width) + carry;
    carry = digit > 2 ** (width - 1) ? 1 : 0;
    return digit - carry * 2 ** width;
  });
}

/** A scalar as 32-bit numbers, the lowest first, and zeros above it. */
function limbsOf(scalar: bigint): Uint32Array {
  const limbs = new Uint32Array(10);
  const view = new DataView(writeScalarOrOrder(scalar).buffer);
  for (let i = 0; i < 8; i++) limbs[i] = view.getUint32(4 * i, true);
  return limbs;
}

/** The order itself stands for zero where a scalar must be odd; it is no scalar of the library's. */
const writeScalarOrOrder = (scalar: bigint): Uint8Array<ArrayBuffer> => {
  if (scalar < GROUP_ORDER) return writeScalar(scalar);
  const bytes = writeScalar(scalar - 2n ** 252n);
  bytes[31] = (bytes[31] ?? 0) | 0x10;
  return bytes;
};

/** `width` bits of a number, at most 31, from a place on. */
function bitsAt(limbs: Uint32Array, from: number, width: number): number {
  const [limb, shift] = [from >> 5, from & 31];
  const low = (limbs[limb] ?? 0) >>> shift;
  const high = shift === 0 ? 0 : (limbs[limb + 1] ?? 0) << (32 - shift);
  return ((low | high) >>> 0) & (2 ** width - 1);
}
