import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PaidClaims, ReceiptClaims, UnusedClaims } from '../../../../lib/capabilities/receipt/index.ts';
import {
  MAX_RECEIPT_LENGTH,
  readReceipt,
  signReceipt,
  verifyReceipt,
} from '../../../../lib/capabilities/receipt/index.ts';
import type { Bytes } from '../../../../lib/core/index.ts';
import { canonicalJson, toBase64url, utf8 } from '../../../../lib/core/index.ts';
import type { Merchant } from '../../../fixtures/capabilities/merchant.ts';
import { newMerchant } from '../../../fixtures/capabilities/merchant.ts';
import { SHOP } from '../../../fixtures/capabilities/permissions.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 20);

const about = { jti: 'AAAAAAAAAAAAAAAAAAAAAA', audience: SHOP, currency: 'USD', at: 1_795_000_000_000 } as const;
const paid: PaidClaims = { type: 'paid', ...about, amount: 12_000, items: 'Two cups of tea ☕' };
const unused: UnusedClaims = { type: 'unused', ...about, unused: 3000 };
const refused = { reason: 'bad_request', field: 'receipt' };

let merchant: Merchant;
let receipts: readonly string[];

beforeAll(async () => {
  merchant = await newMerchant();
  receipts = await Promise.all([paid, unused].map((claims) => signReceipt(claims, merchant.signer)));
});

/** A text with any payload, rightly signed. */
async function signedAnyhow(payload: string | Uint8Array, prefix = 'signet-receipt-v1.'): Promise<string> {
  const encoded = toBase64url(typeof payload === 'string' ? utf8(payload) : payload);
  const signature = await crypto.subtle.sign({ name: 'Ed25519' }, merchant.signer, utf8(prefix + encoded));
  return `${encoded}.${toBase64url(new Uint8Array(signature))}`;
}

const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.nat(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
  fc.constantFrom('paid', 'unused', 'USD', 'JPY', 'XXX', 'https://bar.example', undefined),
  fc.jsonValue({ maxDepth: 1 }),
);

/** One member of a receipt, right or wrong. */
const anyMember: fc.Arbitrary<Record<string, unknown>> = fc
  .constantFrom('type', 'jti', 'audience', 'currency', 'at', 'amount', 'unused', 'items', 'more')
  .chain((name) => fc.record({ [name]: anyValue }));

describe('a merchant’s receipt', () => {
  test.each([[paid], [unused]])('says what was signed: $type', async (claims) => {
    const receipt = await signReceipt(claims, merchant.signer);
    expect(await verifyReceipt(receipt, merchant.publicKey)).toEqual(claims);
    expect(readReceipt(receipt)).toEqual(claims);
  });

  test('of any words that fit is read back', async () => {
    const items = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
      .filter((text) => text.trim() !== '' && text.isWellFormed() && Array.from(text).length <= 140);
    await fc.assert(
      fc.asyncProperty(items, fc.maxSafeNat(), async (words, amount) => {
        const claims = { ...paid, items: words, amount };
        expect(await verifyReceipt(await signReceipt(claims, merchant.signer), merchant.publicKey)).toEqual(claims);
      }),
      { numRuns },
    );
  });

  test('of the longest words is no longer than a reader takes', async () => {
    const claims = {
      ...paid,
      jti: 'j'.repeat(128),
      audience: `https://${'a.'.repeat(120)}example`,
      items: '\u0001'.repeat(140),
    };
    const receipt = await signReceipt(claims, merchant.signer);
    expect(receipt.length).toBeLessThan(MAX_RECEIPT_LENGTH);
    expect(readReceipt(receipt)).toEqual(claims);
  });

  test('is refused under another key, and under what is no key', async () => {
    const other = await newMerchant();
    for (const key of [other.publicKey, new Uint8Array(32), new Uint8Array(31), new Uint8Array()] as Bytes[]) {
      for (const receipt of receipts) await expect(verifyReceipt(receipt, key)).rejects.toMatchObject(refused);
    }
  });

  test('is refused with any character changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1),
        fc.nat(),
        fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '-', '_', '.', '=', 'é', '\uD800'),
        async (which, place, other) => {
          const receipt = receipts[which] ?? '';
          const at = place % receipt.length;
          fc.pre(receipt[at] !== other);
          const changed = receipt.slice(0, at) + other + receipt.slice(at + 1);
          await expect(verifyReceipt(changed, merchant.publicKey)).rejects.toMatchObject({ reason: 'bad_request' });
        },
      ),
      { numRuns: numRuns * 3 },
    );
  }, 600_000);

  test('is refused wherever it is cut', async () => {
    for (const receipt of receipts) {
      for (let end = 0; end < receipt.length; end += 7) {
        await expect(verifyReceipt(receipt.slice(0, end), merchant.publicKey)).rejects.toMatchObject(refused);
      }
    }
  });

  test.each<[string, string]>([
    ['in another spelling', JSON.stringify(unused)],
    ['with a space', canonicalJson(unused).replace(',', ', ')],
    ['behind a byte order mark', `\uFEFF${canonicalJson(unused)}`],
    ['with a name spelt by escapes', canonicalJson(unused).replace('"jti"', '"\\u006ati"')],
    ['with more in it', canonicalJson({ ...unused, more: 1 })],
    ['with a prototype', canonicalJson(unused).replace('{', '{"__proto__":{"unused":9},')],
    ['with an amount twice', canonicalJson(unused).replace('"unused":3000', '"unused":1,"unused":3000')],
    ['of an amount with a fraction', canonicalJson({ ...unused, unused: 30.5 })],
    ['of a negative amount', canonicalJson({ ...unused, unused: -1 })],
    ['of nothing unused', canonicalJson({ ...unused, unused: 0 })],
    ['of an amount in a text', canonicalJson({ ...unused, unused: '3000' })],
    ['of more than can be counted', canonicalJson({ ...paid, amount: 2 ** 53 })],
    ['of a negative price', canonicalJson({ ...paid, amount: -1 })],
    ['of a price with a fraction', canonicalJson({ ...paid, amount: 0.1 })],
    ['of no price', canonicalJson({ ...paid, amount: undefined })],
    ['of nothing bought', canonicalJson({ ...paid, items: ' ' })],
    ['of too many words', canonicalJson({ ...paid, items: 'a'.repeat(141) })],
    ['of words in a list', canonicalJson({ ...paid, items: ['tea'] })],
    ['of no kind', canonicalJson({ ...paid, type: undefined })],
    ['of another kind', canonicalJson({ ...paid, type: 'refunded' })],
    ['of a kind that every object has', canonicalJson({ ...paid, type: 'constructor' })],
    ['of one kind with what the other says', canonicalJson({ ...paid, type: 'unused' })],
    ['of both kinds', canonicalJson({ ...paid, unused: 3000 })],
    ['for no token', canonicalJson({ ...unused, jti: '' })],
    ['of no origin', canonicalJson({ ...unused, audience: 'shop.example' })],
    ['in no currency', canonicalJson({ ...unused, currency: '' })],
    ['in a currency that nobody uses', canonicalJson({ ...unused, currency: 'XXX' })],
    ['of no time', canonicalJson({ ...unused, at: null })],
    ['of half a millisecond', canonicalJson({ ...unused, at: 0.5 })],
    ['that is a list', '[]'],
    ['that is null', 'null'],
    ['that is no JSON', 'unused'],
    ['that is deep', '['.repeat(1000)],
  ])('is refused %s, although it is signed', async (_, payload) => {
    await expect(verifyReceipt(await signedAnyhow(payload), merchant.publicKey)).rejects.toMatchObject(refused);
  });

  test('is refused where it is no text, although it is signed', async () => {
    const receipt = await signedAnyhow(Uint8Array.of(0xff, 0xfe));
    await expect(verifyReceipt(receipt, merchant.publicKey)).rejects.toMatchObject(refused);
  });

  test('is not what the key signed for another end', async () => {
    for (const prefix of ['', 'signet-unused-v1.', 'signet-receipt-v2.']) {
      const stray = await signedAnyhow(canonicalJson(unused), prefix);
      await expect(verifyReceipt(stray, merchant.publicKey)).rejects.toMatchObject(refused);
    }
  });

  test.each(['', '.', 'a.b.c', 'a', `${'a'.repeat(5000)}.b`, '!.!', '.'.repeat(4096)])('is not %j', (text) => {
    expect(() => readReceipt(text)).toThrow(expect.objectContaining(refused) as Error);
  });

  test.each([[undefined], [null], [7], [{}], [['a.b']]])('is not %j', (value) => {
    expect(() => readReceipt(value as never)).toThrow(expect.objectContaining(refused) as Error); // what untyped callers pass
  });

  test.each<[string, ReceiptClaims, string]>([
    ['half a cent', { ...unused, unused: 0.5 }, 'receipt.unused'],
    ['nothing', { ...unused, unused: 0 }, 'receipt.unused'],
    ['a host', { ...paid, audience: 'shop.example' }, 'receipt.audience'],
    ['half a character', { ...paid, items: '\uD800' }, 'receipt.items'],
    ['a kind that nobody knows', { ...paid, type: 'refunded' as 'paid' }, 'receipt.type'],
  ])('is not signed for %s', async (_, claims, field) => {
    await expect(signReceipt(claims, merchant.signer)).rejects.toMatchObject({ reason: 'bad_request', field });
  });

  test('is read from whatever comes, or refused with its error', () => {
    let read = 0;
    const claims = fc
      .tuple(fc.constantFrom<ReceiptClaims>(paid, unused), anyMember)
      .map(([right, wrong]) => canonicalJson({ ...right, ...wrong }));
    const payload = fc
      .oneof(fc.json({ maxDepth: 2 }), claims)
      .map((text) => `${toBase64url(utf8(text))}.${toBase64url(new Uint8Array(64))}`);
    fc.assert(
      fc.property(fc.oneof(payload, fc.string({ unit: 'binary', maxLength: 6000 })), (text) => {
        try {
          expect(text.split('.')[0]).toBe(toBase64url(utf8(canonicalJson(readReceipt(text)))));
          read++;
        } catch (error) {
          expect(error).toMatchObject(refused);
        }
      }),
      { numRuns: numRuns * 50 },
    );
    expect(read).toBeGreaterThan(0);
  }, 600_000);
});
