import { ristretto255 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RistrettoPoint } from '../../../../lib/credentials/commitment/index.ts';
import { GROUP_ORDER } from '../../../../lib/credentials/commitment/index.ts';
import type { PointTerm } from '../../../../lib/proofs/range/multiscalar.ts';
import { multiplyPublicly, multiplySecretly, oddMultiples } from '../../../../lib/proofs/range/multiscalar.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 10);
const { BASE, ZERO } = ristretto255.Point;

/** Few scalars at random have long runs of zeros or ones. */
const anyScalar = fc.oneof(
  fc.bigInt({ min: 0n, max: GROUP_ORDER - 1n }),
  fc.constantFrom(0n, 1n, 2n, GROUP_ORDER - 1n, GROUP_ORDER - 2n, 2n ** 252n, 2n ** 252n - 1n, 2n ** 128n - 1n),
  fc.nat({ max: 251 }).map((bit) => 2n ** BigInt(bit)),
);

const anyTerms = fc
  .array(fc.tuple(anyScalar, fc.bigInt({ min: 1n, max: 2n ** 64n })), { minLength: 1, maxLength: 4 })
  .map((pairs) => pairs.map(([scalar, factor]): PointTerm => ({ scalar, point: BASE.multiplyUnsafe(factor) })));

const oneByOne = (terms: readonly PointTerm[]): RistrettoPoint =>
  terms.reduce((total, { scalar, point }) => total.add(point.multiplyUnsafe(scalar)), ZERO);

const tabled = (terms: readonly PointTerm[], size: number) =>
  terms.map(({ scalar, point }) => ({ scalar, table: oddMultiples(point, size) }));

describe('a sum of multiples of points', () => {
  test.each([1, 2, 8, 64])('is what the multiples add up to, in secret and in public, with tables of %i', (size) => {
    fc.assert(
      fc.property(anyTerms, (terms) => {
        const expected = oneByOne(terms);
        expect(multiplySecretly(tabled(terms, size)).equals(expected)).toBe(true);
        expect(multiplyPublicly(tabled(terms, size)).equals(expected)).toBe(true);
        expect(multiplyPublicly(tabled(terms.slice(1), size), terms.slice(0, 1)).equals(expected)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  test('takes tables of different sizes', () => {
    const [a, b] = [BASE.multiplyUnsafe(5n), BASE.multiplyUnsafe(7n)];
    const terms = [
      { scalar: 2n ** 251n + 9n, table: oddMultiples(a, 64) },
      { scalar: GROUP_ORDER - 3n, table: oddMultiples(b, 8) },
    ];
    const expected = oneByOne([
      { scalar: 2n ** 251n + 9n, point: a },
      { scalar: GROUP_ORDER - 3n, point: b },
    ]);
    expect(multiplySecretly(terms).equals(expected)).toBe(true);
    expect(multiplyPublicly(terms).equals(expected)).toBe(true);
  });

  test.each([399, 400, 600])('is right for %i points that are used once', (count) => {
    // Every point is a known multiple of B, so the sum is one multiple of it.
    let [sum, point] = [0n, BASE];
    const terms = Array.from({ length: count }, (_, i): PointTerm => {
      const scalar = i % 50 === 0 ? BigInt(i % 3) : (GROUP_ORDER - 1n - BigInt(i) ** 31n) % GROUP_ORDER;
      const term = { scalar: ((scalar % GROUP_ORDER) + GROUP_ORDER) % GROUP_ORDER, point };
      sum += term.scalar * BigInt(i + 1);
      point = point.add(BASE);
      return term;
    });
    expect(multiplyPublicly([], terms).equals(BASE.multiplyUnsafe(sum % GROUP_ORDER))).toBe(true);
  });

  test('of nothing is the identity', () => {
    expect(multiplySecretly([]).is0()).toBe(true);
    expect(multiplyPublicly([]).is0()).toBe(true);
  });
});
