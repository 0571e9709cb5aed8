import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromBase64url, toBase64url } from '../../../lib/core/index.ts';
import type { JsonObject } from '../../../lib/core/index.ts';
import { parseSdJwt } from '../../../lib/credentials/index.ts';
import type { ClaimRequest, Format, ProofRequest as PageProofRequest } from '../../../lib/provider/types.ts';
import { verify } from '../../../lib/sdk/index.ts';
import type { VerifyResult } from '../../../lib/sdk/index.ts';
import { RangeWallet } from '../../fixtures/range-wallet.ts';

const SHOP = 'https://shop.example';
const NONCE = 'MDEyMzQ1Njc4OWFiY2RlZg';
const runs = Number(process.env['SIGNET_RUNS'] ?? 12);

/** Born on a leap day: 21 from 2021-03-01 on. */
const BORN = '2000-02-29';
let wallet: RangeWallet;

beforeAll(async () => {
  wallet = await RangeWallet.of({ given_name: 'Ada', birth_date: BORN, income: 52_000 });
});

const asking = (claims: readonly ClaimRequest[], formats?: readonly Format[]): PageProofRequest => ({
  ...{ claims, nonce: NONCE, purpose: 'To see', types: [wallet.type] },
  ...(formats === undefined ? {} : { formats }),
});

const check = (proof: string, claims: readonly ClaimRequest[], origin = SHOP, nonce = NONCE): Promise<VerifyResult> =>
  verify(proof, claims, origin, { nonce, issuers: [wallet.trusted], now: new Date(wallet.now) });

describe('a fact about a number that is not shown', () => {
  test.each([
    [[{ name: 'birth_date', age_at_least: 21 }], { birth_date: { age_at_least: 21, as_of: '2026-06-01' } }],
    [
      [{ name: 'birth_date', age_at_least: 25, as_of: '2026-05-31' }],
      { birth_date: { age_at_least: 25, as_of: '2026-05-31' } },
    ],
    [[{ name: 'income', gte: 50_000 }], { income: { gte: 50_000 } }],
    [[{ name: 'income', lte: 60_000 }], { income: { lte: 60_000 } }],
    [
      [{ name: 'income', gte: 50_000, lte: 90_000 }, 'given_name'],
      { income: { gte: 50_000, lte: 90_000 }, given_name: 'Ada' },
    ],
    [
      [
        { name: 'birth_date', age_at_least: 18 },
        { name: 'income', gte: 50_000 },
      ],
      { birth_date: { age_at_least: 18, as_of: '2026-06-01' }, income: { gte: 50_000 } },
    ],
  ] satisfies [ClaimRequest[], object][])('is proven and holds for whoever asked: %j', async (claims, answers) => {
    const { proof = '', format, claims: told } = await wallet.answer(asking(claims), SHOP);
    expect(format).toBe('bulletproof');
    expect(told).toEqual(answers);
    expect(await check(proof, claims)).toMatchObject({ valid: true, format: 'bulletproof', claims: answers });
  });

  test('answers an age by its derived name where the site takes such proofs, and only there', async () => {
    expect(await wallet.plans(asking(['age_over_21']), SHOP)).toEqual([]);
    const {
      proof = '',
      format,
      claims,
    } = await wallet.answer(asking(['age_over_21'], ['dc+sd-jwt', 'bulletproof']), SHOP);
    expect({ format, claims }).toEqual({ format: 'bulletproof', claims: { age_over_21: true } });
    expect(await check(proof, ['age_over_21'])).toMatchObject({ valid: true, claims: { age_over_21: true } });
  });

  test('tells the person what is learned, and the log its name, and neither the number', async () => {
    const [plan] = await wallet.plans(asking([{ name: 'birth_date', age_at_least: 21 }]), SHOP);
    expect(plan?.views.flatMap(({ learn }) => learn)).toEqual([
      { claim: 'age_over_21', label: 'over 21', derived: true },
    ]);
    expect(plan?.views.flatMap(({ hidden }) => hidden)).toContain('birth date');
    expect(plan?.claims.map(({ claim, format, tier }) => ({ claim, format, tier }))).toEqual([
      { claim: 'age_over_21', format: 'bulletproof', tier: 1 },
    ]);
    const { manifest } = await wallet.bound(asking([{ name: 'income', gte: 50_000 }]), SHOP);
    expect(manifest.claims).toEqual(['income_at_least_50000']);
  });

  test('is told by nothing in the presentation but its truth: value, blinding and date are not in it', async () => {
    const { proof = '' } = await wallet.answer(asking([{ name: 'birth_date', age_at_least: 21 }]), SHOP);
    const read = parseSdJwt(proof);
    expect(read.disclosures.map(({ name }) => name)).toEqual(['birth_date_commitment']);
    for (const secret of [BORN, ...wallet.blindings, '36583']) {
      expect(proof).not.toContain(secret);
      for (const part of proof.split(/[.~]/)) expect(decoded(part)).not.toContain(secret);
    }
  });

  test('that is not true is not offered, like one that the vault knows nothing of', async () => {
    for (const claim of [
      { name: 'birth_date', age_at_least: 65 },
      { name: 'income', gte: 60_000 },
      { name: 'income', lte: 50_000 },
      { name: 'height', gte: 100 },
      { name: 'birth_date', gte: 10 },
      { name: 'income', age_at_least: 21 },
      { name: 'birth_date', age_at_least: 21, as_of: '2026-06-03' },
    ] satisfies ClaimRequest[]) {
      expect(await wallet.plans(asking([claim]), SHOP)).toEqual([]);
    }
  });

  test('is right on the birthday itself and on the days around it', async () => {
    const born = await RangeWallet.of({ given_name: 'Bo', birth_date: '2005-06-01', income: 1 });
    const plansAsOf = (as_of: string) =>
      born.plans({ ...asking([{ name: 'birth_date', age_at_least: 21, as_of }]) }, SHOP);
    expect(await plansAsOf('2026-05-31')).toEqual([]);
    expect(await plansAsOf('2026-06-01')).toHaveLength(1);
    expect(await plansAsOf('2026-06-02')).toHaveLength(1);
  });
});

describe('a proof about a number', () => {
  const claims: readonly ClaimRequest[] = [{ name: 'birth_date', age_at_least: 21 }];
  let proof: string;

  beforeAll(async () => {
    proof = (await wallet.answer(asking(claims), SHOP)).proof ?? '';
  });

  test('is not taken at another origin, for another nonce, or for another question', async () => {
    expect(await check(proof, claims, 'https://other.example')).toMatchObject({ reason: 'wrong_audience' });
    expect(await check(proof, claims, SHOP, 'QUFBQUFBQUFBQUFBQUFBQQ')).toMatchObject({ reason: 'wrong_nonce' });
    for (const other of [
      [{ name: 'birth_date', age_at_least: 25 }],
      [{ name: 'birth_date', age_at_least: 18 }],
      [{ name: 'birth_date', age_at_least: 21, as_of: '2026-05-01' }],
    ] satisfies ClaimRequest[][]) {
      expect(await check(proof, other)).toMatchObject({ valid: false, reason: 'over_disclosed' });
    }
    expect(await check(proof, ['given_name'])).toMatchObject({ reason: 'wrong_claim' });
  });

  test('moved by its holder to another presentation, origin or nonce, or changed, proves nothing', async () => {
    const other = await wallet.answer(asking([...claims, 'given_name']), SHOP); // of the same copy
    const [foreign] = rangeProofsIn(other.proof ?? '');
    const [own] = rangeProofsIn(proof);
    expect(own).not.toEqual(foreign);
    const forged = await wallet.present(asking(claims), SHOP, () => [foreign ?? {}]);
    expect(await check(forged, claims)).toMatchObject({ valid: false, reason: 'wrong_claim' });
    for (const moved of [{ origin: 'https://other.example' }, { nonce: 'QUFBQUFBQUFBQUFBQUFBQQ' }, { sdHash: 'x' }]) {
      const text = await wallet.present(asking(claims), SHOP, undefined, moved);
      expect(await check(text, claims)).toMatchObject({ valid: false, reason: 'wrong_claim' });
    }
  });

  test('with any byte of it changed proves nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const forged = await wallet.present(asking(claims), SHOP, (proofs) =>
          proofs.map((one) => ({ ...one, proof: flipped(one['proof'] as string, at, change) })),
        );
        expect(await check(forged, claims)).toMatchObject({ valid: false, reason: 'wrong_claim' });
      }),
      { numRuns: runs },
    );
  });

  test('beyond what was asked is refused, and so is one that is missing', async () => {
    const both: readonly ClaimRequest[] = [...claims, { name: 'income', gte: 50_000 }];
    const more = await wallet.answer(asking(both), SHOP);
    expect(await check(more.proof ?? '', claims)).toMatchObject({ reason: 'over_disclosed' });
    const less = await wallet.present(asking(both), SHOP, (proofs) => proofs.slice(0, 1));
    expect(await check(less, both)).toMatchObject({ valid: false, reason: 'wrong_claim' });
    const none = await wallet.present(asking(claims), SHOP, () => undefined);
    expect(await check(none, claims)).toMatchObject({ valid: false, reason: 'wrong_claim' });
  });

  test('fails whole when the prover does: nothing is released and the bundle is spent', async () => {
    await expect(wallet.fails(asking(claims), SHOP)).rejects.toThrow('no time left');
  });
});

const decoded = (part: string): string => {
  try {
    return Buffer.from(fromBase64url(part)).toString('latin1');
  } catch {
    return '';
  }
};

const rangeProofsIn = (proof: string): readonly JsonObject[] =>
  (parseSdJwt(proof).keyBinding?.payload['range_proofs'] ?? []) as unknown as readonly JsonObject[]; // as it was made

function flipped(text: string, at: number, change: number): string {
  const bytes = fromBase64url(text);
  const place = at % bytes.length;
  bytes[place] = (bytes[place] ?? 0) ^ change;
  return toBase64url(bytes);
}
