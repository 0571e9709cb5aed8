import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../lib/core/index.ts';
import { authorizationErrorOf, readDcApiRequest, transactionWords } from '../../../../lib/protocols/openid4vp/index.ts';
import type { TransactionData } from '../../../../lib/protocols/openid4vp/index.ts';
import { encode } from '../../../fixtures/credentials/test-issuer.ts';
import { ask, ORIGIN, QUERY, refusalOf } from '../../../fixtures/openid4vp/test-verifier.ts';

const PAYMENT = {
  type: 'signet.payment',
  credential_ids: ['pid'],
  amount: '12.00',
  currency: 'USD',
  payee: 'Example Shop',
};
const TEXT = { type: 'signet.text', credential_ids: ['pid'], text: 'I have read the terms.' };

const readAll = (transactions: unknown, query: Json = QUERY): readonly TransactionData[] =>
  readDcApiRequest(
    { protocol: 'openid4vp-v1-unsigned', data: ask({ transaction_data: transactions, dcql_query: query }) },
    ORIGIN,
  ).params.transactionData;
const readOne = (transaction: object, query?: Json): readonly TransactionData[] =>
  readAll([encode(transaction)], query);
const refusedOne = (transaction: object, query?: Json) => refusalOf(() => readOne(transaction, query));

describe('a transaction to agree to', () => {
  test('may be a payment', () => {
    expect(readOne(PAYMENT)).toEqual([
      {
        credentialIds: ['pid'],
        encoded: encode(PAYMENT),
        details: { type: 'signet.payment', amount: 1200, currency: 'USD', payee: 'Example Shop' },
      },
    ]);
  });

  test('may be a text', () => {
    expect(readOne(TEXT)[0]?.details).toEqual({ type: 'signet.text', text: 'I have read the terms.' });
  });

  test('is kept as the text it came as, which is what is hashed', () => {
    const spaced = Buffer.from(JSON.stringify(TEXT, null, 2)).toString('base64url');
    expect(readAll([spaced])[0]?.encoded).toBe(spaced);
  });

  test.each([
    [{ ...PAYMENT }, 'Pay $12.00 to Example Shop'],
    [{ ...PAYMENT, amount: 12 }, 'Pay $12.00 to Example Shop'],
    [{ ...PAYMENT, amount: 1200, currency: 'JPY' }, 'Pay ¥1,200 to Example Shop'],
    [{ ...PAYMENT, amount: '90071992547409.91' }, 'Pay $90,071,992,547,409.91 to Example Shop'],
    [{ ...TEXT }, 'I have read the terms.'],
  ])('has words for people: %j', (transaction, words) => {
    expect(readOne(transaction).map(({ details }) => transactionWords(details))).toEqual([words]);
  });

  test('may be bound by one of several hashes, of which Signet writes SHA-256', async () => {
    expect(readOne({ ...TEXT, transaction_data_hashes_alg: ['sha-512', 'sha-256'] })).toHaveLength(1);
    const refusal = await refusedOne({ ...TEXT, transaction_data_hashes_alg: ['sha-512'] });
    expect(refusal).toMatchObject({ reason: 'bad_request', field: 'transaction_data[0].transaction_data_hashes_alg' });
  });

  test.each(['example_type', 'signet', 'toString', '__proto__', 'signet.payment ', 'Signet.Text'])(
    'is not of the type %s',
    async (type) => {
      const refusal = await refusedOne({ ...TEXT, type });
      expect(refusal).toMatchObject({ reason: 'unsupported', field: 'transaction_data[0].type' });
      expect(authorizationErrorOf(refusal)).toBe('invalid_transaction_data');
    },
  );

  test.each([
    [{ ...TEXT, type: undefined }, 'type'],
    [{ ...TEXT, credential_ids: undefined }, 'credential_ids'],
    [{ ...TEXT, credential_ids: [] }, 'credential_ids'],
    [{ ...TEXT, credential_ids: ['nobody'] }, 'credential_ids'],
    [{ ...TEXT, credential_ids: ['pid', 'nobody'] }, 'credential_ids'],
    [{ ...TEXT, text: undefined }, 'text'],
    [{ ...TEXT, text: '' }, 'text'],
    [{ ...TEXT, text: 'two\nlines' }, 'text'],
    [{ ...TEXT, text: 'hidden \u202e order' }, 'text'],
    [{ ...TEXT, text: 'x'.repeat(2001) }, 'text'],
    [{ ...TEXT, text: 7 }, 'text'],
    [{ ...TEXT, small_print: 'and all else' }, 'small_print'],
    [{ ...PAYMENT, amount: undefined }, 'amount'],
    [{ ...PAYMENT, amount: 0 }, 'amount'],
    [{ ...PAYMENT, amount: '0.00' }, 'amount'],
    [{ ...PAYMENT, amount: -1 }, 'amount'],
    [{ ...PAYMENT, amount: 12.5 }, 'amount'],
    [{ ...PAYMENT, amount: '12.005' }, 'amount'],
    [{ ...PAYMENT, amount: '1e3' }, 'amount'],
    [{ ...PAYMENT, amount: '12,00' }, 'amount'],
    [{ ...PAYMENT, payee: '' }, 'payee'],
    [{ ...PAYMENT, payee: ' Shop' }, 'payee'],
    [{ ...PAYMENT, payee: 'Shop\u200b' }, 'payee'],
    [{ ...PAYMENT, recurring: 'monthly' }, 'recurring'],
  ])('is refused as %j', async (transaction, name) => {
    const refusal = await refusedOne(transaction);
    expect(refusal.reason).toBe('bad_request');
    expect(refusal.field).toBe(`transaction_data[0].${name}`);
    expect(authorizationErrorOf(refusal)).toBe('invalid_transaction_data');
  });

  test.each(['XXX', 'usd', 'EURO', ''])('is not paid in %j', async (currency) => {
    expect((await refusedOne({ ...PAYMENT, currency })).reason).toBe('bad_request');
  });

  test('is agreed to with a key, or not at all', async () => {
    const [credential] = QUERY.credentials;
    for (const changes of [{ require_cryptographic_holder_binding: false }, { format: 'mso_mdoc' }]) {
      const refusal = await refusedOne(TEXT, { credentials: [{ ...credential, ...changes }] });
      expect(refusal).toMatchObject({ reason: 'bad_request', field: 'transaction_data[0].credential_ids' });
    }
  });

  test.each([
    [null],
    [[]],
    ['text'],
    [{}],
    [[7]],
    [['']],
    [['not base64url!']],
    [['bm90IGpzb24']],
    [[encode([])]],
    [[encode('text')]],
    [[`${encode(TEXT)}=`]],
    [[encode({ ...TEXT, text: 'x'.repeat(9000) })]],
    [Array.from({ length: 9 }, () => encode(TEXT))],
    [[encode(TEXT), encode({ ...TEXT, type: 'unknown' })]],
  ])('travels as base64url of a JSON object, each of a known type: not %.60j', async (transactions) => {
    const refusal = await refusalOf(() => readAll(transactions));
    expect(refusal.field).toMatch(/transaction_data/);
  });
});
