import { beforeAll, describe, expect, test } from 'vitest';
import { verifyReceipt } from '../../../lib/capabilities/index.ts';
import type { Receipt } from '../../../lib/sdk/index.ts';
import { signReceipt } from '../../../lib/sdk/index.ts';
import type { Merchant } from '../../fixtures/capabilities/merchant.ts';
import { newMerchant } from '../../fixtures/capabilities/merchant.ts';

const AT = new Date('2026-11-28T12:00:00Z');
const about = { jti: 'AAAAAAAAAAAAAAAAAAAAAA', audience: 'shop.example', currency: 'USD', at: AT } as const;
const claimed = { jti: about.jti, audience: 'https://shop.example', currency: 'USD', at: AT.getTime() };
const paid: Receipt = { type: 'paid', ...about, amount: '12.50', items: 'Tea' };
const unused: Receipt = { type: 'unused', ...about, unused: 30 };

let merchant: Merchant;

beforeAll(async () => {
  merchant = await newMerchant();
});

describe('a receipt of a merchant', () => {
  test('says in smallest units what was paid, and what was unused', async () => {
    const texts = await Promise.all([paid, unused].map((one) => signReceipt(one, merchant.signer)));
    const read = await Promise.all(texts.map((text) => verifyReceipt(text, merchant.publicKey)));
    expect(read).toEqual([
      { type: 'paid', ...claimed, amount: 1250, items: 'Tea' },
      { type: 'unused', ...claimed, unused: 3000 },
    ]);
  });

  test('takes the time from the clock', async () => {
    const before = Date.now();
    const { jti, audience, currency } = about;
    const text = await signReceipt({ type: 'unused', jti, audience, currency, unused: 1 }, merchant.signer);
    const { at } = await verifyReceipt(text, merchant.publicKey);
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now());
  });

  test.each<[string, object, string]>([
    ['a float for money', { ...paid, amount: 12.5 }, 'amount'],
    ['a negative price', { ...paid, amount: '-1' }, 'amount'],
    ['more decimals than there are', { ...paid, amount: '1.005' }, 'amount'],
    ['nothing unused', { ...unused, unused: 0 }, 'receipt.unused'],
    ['half a cent unused', { ...unused, unused: 0.005 }, 'unused'],
    ['a currency that is none', { ...paid, currency: 'XXX' }, 'currency'],
    ['no words', { ...paid, items: '' }, 'receipt.items'],
    ['no token', { ...paid, jti: '' }, 'receipt.jti'],
    ['a path', { ...paid, audience: 'https://shop.example/pay' }, 'audience'],
    ['no time', { ...paid, at: new Date(Number.NaN) }, 'at'],
    ['another kind', { ...paid, type: 'refunded' }, 'type'],
  ])('is not signed for %s', async (_, receipt, field) => {
    const signing = signReceipt(receipt as Receipt, merchant.signer); // what untyped callers pass
    await expect(signing).rejects.toMatchObject({ reason: 'bad_request', field });
  });

  test('is not signed with another kind of key', async () => {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
    for (const key of [pair.privateKey, pair.publicKey]) {
      await expect(signReceipt(paid, key)).rejects.toMatchObject({ reason: 'bad_request', field: 'signer' });
    }
  });
});
