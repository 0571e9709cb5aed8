import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { nodeSignatures } from '../../../../host/verification/node-signatures.ts';
import type { Jws, PublicJwk } from '../../../../lib/credentials/verifying/index.ts';
import { isSignedBy, parseJws, readPublicJwk } from '../../../../lib/credentials/verifying/index.ts';
import type { TestAlgorithm, TestIssuer } from '../../../fixtures/credentials/test-issuer.ts';
import { createTestIssuer } from '../../../fixtures/credentials/test-issuer.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 200);
const ALGORITHMS: readonly TestAlgorithm[] = ['ES256', 'ES384', 'EdDSA'];

const issuers = new Map<TestAlgorithm, TestIssuer>();
const signed = new Map<TestAlgorithm, Jws>();

beforeAll(async () => {
  for (const alg of ALGORITHMS) {
    const issuer = await createTestIssuer(alg);
    issuers.set(alg, issuer);
    signed.set(alg, parseJws(await issuer.sign({ a: 1 }), 'jws'));
  }
});

function get<T>(map: ReadonlyMap<TestAlgorithm, T>, alg: TestAlgorithm): T {
  const found = map.get(alg);
  if (found === undefined) throw new Error(`There is no ${alg}.`);
  return found;
}

function keyOf(alg: TestAlgorithm): PublicJwk {
  const key = readPublicJwk({ ...get(issuers, alg).publicJwk });
  if (key === undefined) throw new Error('The key cannot be read.');
  return key;
}

/** By Node, with the key known beforehand and not, and by WebCrypto: they have to agree. */
async function verdicts(jws: Jws, key: PublicJwk): Promise<readonly boolean[]> {
  const known = await isSignedBy(jws, [key], nodeSignatures([key]));
  return [known, await isSignedBy(jws, [key], nodeSignatures([])), await isSignedBy(jws, [key])];
}

describe("signatures checked by Node's own means", () => {
  test.each(ALGORITHMS)('of %s are good where they are', async (alg) => {
    expect(await verdicts(get(signed, alg), keyOf(alg))).toEqual([true, true, true]);
  });

  test.each(ALGORITHMS)('of %s by another key are not', async (alg) => {
    const other = readPublicJwk({ ...(await createTestIssuer(alg)).publicJwk });
    expect(other && (await verdicts(get(signed, alg), other))).toEqual([false, false, false]);
  });

  test.each([
    ['P-256', { x: 'AA' }],
    ['P-256', { y: keyText(32) }],
    ['P-256', { x: '' }],
    ['P-384', { x: keyText(48) }],
    ['Ed25519', { x: keyText(31) }],
  ])('by a key of %s that is none are not: %j', async (crv, change) => {
    const alg = ALGORITHMS.find((one) => keyOf(one).crv === crv) ?? 'ES256';
    expect(await verdicts(get(signed, alg), { ...keyOf(alg), ...change })).toEqual([false, false, false]);
  });

  test('are what WebCrypto says they are, whatever was changed in them', async () => {
    const change = fc.record({
      alg: fc.constantFrom(...ALGORITHMS),
      at: fc.nat(200),
      by: fc.integer({ min: 1, max: 255 }),
      part: fc.constantFrom('signature', 'text', 'length', 'zero'),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ alg, at, by, part }) => {
        const jws = get(signed, alg);
        expect(await verdicts(changed(jws, { at, by, part }), keyOf(alg))).toEqual([false, false, false]);
      }),
      { numRuns: RUNS },
    );
  });
});

function changed(jws: Jws, { at, by, part }: { readonly at: number; readonly by: number; readonly part: string }): Jws {
  const signature = Uint8Array.from(jws.signature);
  if (part === 'text') return { ...jws, encoded: `${by}${jws.encoded}` };
  if (part === 'length') return { ...jws, signature: signature.slice(0, at % signature.length) };
  if (part === 'zero') return { ...jws, signature: signature.fill(0) };
  const place = at % signature.length;
  signature[place] = (signature[place] ?? 0) ^ by;
  return { ...jws, signature };
}

function keyText(bytes: number): string {
  return Buffer.alloc(bytes, 7).toString('base64url');
}
