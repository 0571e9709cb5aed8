import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { sha3_512 } from '@noble/hashes/sha3.js';
import type { Bytes } from '../../core/index.ts';
import { SecretBytes, SignetError, equalBytes, randomBytes } from '../../core/index.ts';

const { Point } = ristretto255;
const { Fn } = Point;

/** A point of ristretto255 (RFC 9496). */
export type RistrettoPoint = typeof ristretto255.Point.BASE;

/** Bytes from a generator that nobody can predict. */
export type RandomSource = (length: number) => Bytes;

/** The order of the group: scalars are below it. */
export const GROUP_ORDER = Fn.ORDER;

const ENCODED = 32;

/** B, the base that values multiply: the basepoint of ristretto255 (dalek's `PedersenGens::default`). */
export const VALUE_BASE: RistrettoPoint = Point.BASE;

/** B̃, the base that blindings multiply: hashed from B, so that nobody knows the one as a multiple of the other. */
export const BLINDING_BASE: RistrettoPoint = /* @__PURE__ */ derivePoint(
  /* @__PURE__ */ sha3_512(/* @__PURE__ */ Point.BASE.toBytes()),
);

/** The point that 64 uniform bytes give (RFC 9496 §4.3.4): nobody knows it as a multiple of another. */
export function derivePoint(uniform: Uint8Array): RistrettoPoint {
  const point = ristretto255_hasher.deriveToCurve?.(uniform);
  if (point === undefined) throw new SignetError('internal', 'The curve library derives no points.');
  return point;
}

/**
 * The point of 32 bytes; undefined unless they are its one canonical encoding (RFC 9496 §4.3.1). The identity is a
 * point too: whoever must not take it asks `is0()`.
 */
export function readPoint(bytes: Uint8Array): RistrettoPoint | undefined {
  if (bytes.length !== ENCODED) return undefined;
  try {
    return Point.fromBytes(bytes);
  } catch {
    return undefined; // the library says in exceptions what is no point
  }
}

/** The 32 bytes of a point, plain and canonical (RFC 9496 §4.3.2). */
export const writePoint = (point: RistrettoPoint): Bytes => new Uint8Array(point.toBytes());

/** The scalar of 32 little-endian bytes; undefined unless it is canonical, that is below the order of the group. */
export function readScalar(bytes: Uint8Array): bigint | undefined {
  if (bytes.length !== ENCODED) return undefined;
  let scalar = 0n;
  for (let i = ENCODED - 1; i >= 0; i--) scalar = (scalar << 8n) | BigInt(bytes[i] ?? 0);
  return scalar < GROUP_ORDER ? scalar : undefined;
}

/** A scalar as 32 little-endian bytes. @param scalar from 0 to below the order of the group */
export const writeScalar = (scalar: bigint): Bytes => new Uint8Array(Fn.toBytes(scalar));

/** The scalar that 64 bytes give by reduction: of random bytes, a uniform one (dalek's `from_bytes_mod_order_wide`). */
export function reduceWide(bytes: Uint8Array): bigint {
  let number = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) number = (number << 8n) | BigInt(bytes[i] ?? 0);
  return number % GROUP_ORDER;
}

/** A blinding for one commitment: a uniform scalar, never zero, as 32 little-endian bytes. */
export function newBlinding(random: RandomSource = randomBytes): SecretBytes {
  const wide = random(64);
  const scalar = reduceWide(wide);
  wide.fill(0);
  return scalar === 0n ? newBlinding(random) : SecretBytes.take(writeScalar(scalar));
}

/**
 * The Pedersen commitment v·B + r·B̃ to a value, as a compressed point of 32 bytes. It hides the value from everyone
 * without the blinding, and nobody can open it to another value. Multiplies in constant time, as far as noble does.
 * @param value from 0 to below 2^64
 * @param blinding a canonical scalar, not zero, as `newBlinding` makes
 * @throws SignetError bad_request naming `value` or `blinding`
 */
export function commit(value: bigint, blinding: SecretBytes): Bytes {
  return writePoint(commitmentPoint(value, blindingScalar(blinding)));
}

/** The scalar of a blinding. @throws SignetError bad_request when it is zero or no canonical scalar */
export function blindingScalar(blinding: SecretBytes): bigint {
  const scalar = readScalar(blinding.expose());
  if (scalar === undefined || scalar === 0n) {
    throw new SignetError('bad_request', 'A blinding is a canonical scalar and not zero.', { field: 'blinding' });
  }
  return scalar;
}

function commitmentPoint(value: bigint, blinding: bigint): RistrettoPoint {
  if (value < 0n || value >> 64n !== 0n) {
    throw new SignetError('bad_request', 'A committed value is from 0 to below 2^64.', { field: 'value' });
  }
  // The multiplication that takes constant time takes no zero: (v + 1)·B − B does the same for every value.
  const ofValue = VALUE_BASE.multiply(value + 1n).subtract(VALUE_BASE);
  return ofValue.add(BLINDING_BASE.multiply(blinding));
}

/** Whether a compressed point is the commitment to this value under this blinding. @throws as `commit` does */
export const isCommitmentTo = (point: Uint8Array, value: bigint, blinding: SecretBytes): boolean =>
  equalBytes(commit(value, blinding), point);
