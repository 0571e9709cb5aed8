import { describe, expect, test } from 'vitest';
import { randomBytes, toBase64url, toHex, utf8 } from '../../../../lib/core/index.ts';
import { proveRange } from '../../../../lib/proofs/range/index.ts';
import { challengesFromPublicData, reusesBlinding, skipsZeroBits } from '../../../fixtures/range/broken-provers.ts';
import type { Prover } from '../../../fixtures/range/broken-provers.ts';
import { ENOUGH, findLeaks, holdsSecret } from '../../../fixtures/range/privacy-audit.ts';
import { holds, prove } from '../../../fixtures/range/proofs.ts';
import { seedOfRun } from '../../../fixtures/seeded-random.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? ENOUGH);
const seed = seedOfRun();

const leaksOf = (prover: Prover, values: readonly [bigint, bigint], proofs = ENOUGH) =>
  findLeaks({ prover, values, proofs, seed });

describe(`what a range proof tells of its value (SIGNET_SEED=${seed})`, () => {
  test.each([
    [0n, 255n],
    ...(RUNS > ENOUGH
      ? ([
          [1n, 128n],
          [127n, 128n],
        ] as const)
      : []),
  ] as const)(
    'is the same for %s and %s: neither what it says nor what was done for it differs',
    (a, b) => {
      expect(leaksOf(proveRange, [a, b], Math.min(400, Math.max(ENOUGH, RUNS)))).toEqual([]);
    },
    180_000,
  );

  test('is not its value, its blinding or its opening, in bytes or in words', () => {
    for (const bits of [32, 64] as const) {
      const value = BigInt(`0x${toHex(randomBytes(bits / 8))}`) | (1n << BigInt(bits - 2));
      const { proof, witnesses } = prove(bits, [value]);
      for (const witness of witnesses) {
        expect(holdsSecret(witness, proof)).toBe(false);
        expect(holdsSecret(witness, utf8(toBase64url(proof)))).toBe(false);
      }
    }
  });

  test('would be found if it were there', () => {
    const { witnesses } = prove(8, [200n]);
    const [witness] = witnesses;
    if (witness === undefined) throw new Error('there is no witness');
    expect(holdsSecret(witness, utf8(`{"blinding":"${String(witness.blinding)}"}`))).toBe(true);
  });
});

describe('the same tests', () => {
  test('find a prover that blinds every proof alike, whose proofs verify', () => {
    expect(holds(prove(8, [77n], { prover: reusesBlinding }))).toBe(true);
    expect(leaksOf(reusesBlinding, [0n, 255n])).toEqual(
      expect.arrayContaining(['words', 'challenges', 'bits', 'classifier']),
    );
  }, 180_000);

  test('find a prover whose challenges come from public data alone', () => {
    expect(holds(prove(8, [77n], { prover: challengesFromPublicData }))).toBe(false);
    expect(leaksOf(challengesFromPublicData, [0n, 255n], 3)).toContain('challenges');
  });

  test('find a prover that skips bits which are zero, whose proofs verify', () => {
    expect(holds(prove(8, [77n], { prover: skipsZeroBits }))).toBe(true);
    expect(leaksOf(skipsZeroBits, [1n, 254n], 3)).toEqual(expect.arrayContaining(['draws', 'work']));
  });
});
