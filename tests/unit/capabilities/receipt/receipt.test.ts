import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { UnusedClaims } from '../../../../lib/capabilities/ledger/index.ts';
import { readUnused, signUnused, verifyUnused } from '../../../../lib/capabilities/ledger/index.ts';
import type { Bytes } from '../../../../lib/core/index.ts';
import { canonicalJson, toBase64url, utf8 } from '../../../../lib/core/index.ts';
import type { Merchant } from '../../../fixtures/capabilities/merchant.ts';
import { newMerchant } from '../../../fixtures/capabilities/merchant.ts';
import { SHOP } from '../../../fixtures/capabilities/permissions.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 20);

const claims: UnusedClaims = { jti: 'a', audience: SHOP, unused: 3000, currency: 'USD', at: 1_795_000_000_000 };
const refused = { reason: 'bad_request', field: 'receipt' };

let merchant: Merchant;
let receipt: string;

beforeAll(async () => {
  merchant = await newMerchant();
  receipt = await signUnused(claims, merchant.signer);
});

/** A text with any payload, rightly signed. */
async function signedAnyhow(payload: string, prefix = 'signet-unused-v1.'): Promise<string> {
  const encoded = toBase64url(utf8(payload));
  const signature = await crypto.subtle.sign({ name: 'Ed25519' }, merchant.signer, utf8(prefix + encoded));
  return `${encoded}.${toBase64url(new Uint8Array(signature))}`;
}

describe('a merchant’s receipt for what was unused', () => {
  test('says what was signed', async () => {
    expect(await verifyUnused(receipt, merchant.publicKey)).toEqual(claims);
    expect(readUnused(receipt)).toEqual(claims);
  });

  test('is refused under another key, and under what is no key', async () => {
    const other = await newMerchant();
    for (const key of [other.publicKey, new Uint8Array(32), new Uint8Array(31), new Uint8Array()] as Bytes[]) {
      await expect(verifyUnused(receipt, key)).rejects.toMatchObject(refused);
    }
  });

  test('is refused with any character changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(receipt.length - 1),
        fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '-', '_', '.', '='),
        async (at, other) => {
          fc.pre(receipt[at] !== other);
          const changed = receipt.slice(0, at) + other + receipt.slice(at + 1);
          await expect(verifyUnused(changed, merchant.publicKey)).rejects.toMatchObject({ reason: 'bad_request' });
        },
      ),
      { numRuns: numRuns * 3 },
    );
  });

  test.each([
    ['in another spelling', JSON.stringify(claims)],
    ['with more in it', canonicalJson({ ...claims, more: 1 })],
    ['with an amount twice', canonicalJson(claims).replace('"unused":3000', '"unused":1,"unused":3000')],
    ['of an amount with a fraction', canonicalJson({ ...claims, unused: 30.5 })],
    ['of a negative amount', canonicalJson({ ...claims, unused: -1 })],
    ['of nothing', canonicalJson({ ...claims, unused: 0 })],
    ['of an amount in a text', canonicalJson({ ...claims, unused: '3000' })],
    ['for no token', canonicalJson({ ...claims, jti: '' })],
    ['of no origin', canonicalJson({ ...claims, audience: 'shop.example' })],
    ['in no currency', canonicalJson({ ...claims, currency: '' })],
    ['of no time', canonicalJson({ ...claims, at: null })],
    ['that is a list', '[]'],
    ['that is no JSON', 'unused'],
  ])('is refused %s, although it is signed', async (_, payload) => {
    await expect(verifyUnused(await signedAnyhow(payload), merchant.publicKey)).rejects.toMatchObject(refused);
  });

  test('is not what the key signed for another end', async () => {
    const stray = await signedAnyhow(canonicalJson(claims), '');
    await expect(verifyUnused(stray, merchant.publicKey)).rejects.toMatchObject(refused);
  });

  test.each(['', '.', 'a.b.c', 'a', `${'a'.repeat(3000)}.b`, '!.!'])('is not %j', (text) => {
    expect(() => readUnused(text)).toThrow(expect.objectContaining(refused) as Error);
  });

  test('is not signed for what makes none', async () => {
    const odd = { ...claims, unused: 0.5 };
    await expect(signUnused(odd, merchant.signer)).rejects.toMatchObject({ field: 'unused' });
  });
});
