import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../lib/core/index.ts';
import type { PageRequestOptions, ResponseResult } from '../../../lib/sdk/index.ts';
import { MemoryReplayStore, createRequest, verifyResponse } from '../../../lib/sdk/index.ts';
import type { Held } from '../../fixtures/credentials/any-wallet.ts';
import { agreeTo, answerWith, hold, show, unsignedParams } from '../../fixtures/credentials/any-wallet.ts';
import type { TestIssuer } from '../../fixtures/credentials/test-issuer.ts';
import { ISSUER, NOW, VCT, createTestIssuer, issueAge } from '../../fixtures/credentials/test-issuer.ts';

const SHOP = 'https://shop.example';
const OTHER = 'https://issuer.example/other';
const PAYMENT = { type: 'signet.payment', amount: '12.00', currency: 'USD', payee: 'Vine & Barrel' };
const QUERY = {
  credentials: [VCT, OTHER].map((type, at) => ({
    id: ['age', 'name'][at] ?? '',
    format: 'dc+sd-jwt',
    meta: { vct_values: [type] },
    claims: [{ path: ['age_over_21'] }],
  })),
};

let issuer: TestIssuer;
let age: Held;
let name: Held;

beforeAll(async () => {
  issuer = await createTestIssuer();
  age = await hold((holder) => issueAge(issuer, holder));
  name = await hold((holder) => issueAge(issuer, holder, { payload: { vct: OTHER } }));
});

interface Visit {
  readonly encoded: readonly string[];
  /** Answers; `bindings` are what the two credentials sign beside what they have to. */
  readonly answer: (...bindings: readonly [JsonObject, JsonObject?]) => Promise<ResponseResult>;
}

async function visit(
  transactionData: readonly JsonObject[],
  changes: Partial<PageRequestOptions> = {},
): Promise<Visit> {
  const asked = { dcql_query: QUERY, origin: SHOP, now: new Date(NOW), transactionData, ...changes };
  const { request, session } = await createRequest(asked);
  const encoded = (unsignedParams(request)['transaction_data'] ?? []) as readonly string[]; // ours
  return {
    encoded,
    answer: async (ofAge, ofName = {}) => {
      const bound = { audience: `origin:${SHOP}`, nonce: session.nonce };
      const token = {
        age: [show(age, { ...bound, binding: ofAge })],
        name: [show(name, { ...bound, binding: ofName })],
      };
      return verifyResponse(await answerWith(request, token), session, {
        issuers: [{ issuer: ISSUER, jwks: { keys: [issuer.publicJwk] } }],
        now: new Date(NOW),
        replay: new MemoryReplayStore({ clock: () => NOW }),
      });
    },
  };
}

describe('verifyResponse, with a transaction,', () => {
  it('says what was agreed to, and with which credential', async () => {
    const { encoded, answer } = await visit([PAYMENT]);
    const data = { ...PAYMENT, credential_ids: ['age', 'name'] };
    expect(await answer({}, agreeTo(encoded))).toMatchObject({ valid: true, transactions: [{ data, by: 'name' }] });
    expect(await answer(agreeTo(encoded))).toMatchObject({ valid: true, transactions: [{ data, by: 'age' }] });
  });

  it('refuses the hash of what it decodes to: what was sent is what is hashed', async () => {
    const { encoded, answer } = await visit([PAYMENT]);
    const decoded = encoded.map((one) => Buffer.from(one, 'base64url'));
    const hashes = decoded.map((one) => createHash('sha256').update(one).digest('base64url'));
    expect(await answer({ transaction_data_hashes: hashes })).toMatchObject({ reason: 'no_holder_proof' });
  });

  it('takes one without the name of its hash for SHA-256', async () => {
    const { encoded, answer } = await visit([PAYMENT]);
    const { transaction_data_hashes: hashes = [] } = agreeTo(encoded);
    expect(await answer({ transaction_data_hashes: hashes })).toMatchObject({ valid: true });
  });

  it('takes another hash where the transaction offers it, and only there', async () => {
    const offering = { ...PAYMENT, transaction_data_hashes_alg: ['sha-256', 'sha-384'] };
    const [offered, plain] = [await visit([offering]), await visit([PAYMENT])];
    expect(await offered.answer(agreeTo(offered.encoded, 'sha-384'))).toMatchObject({ valid: true });
    expect(await offered.answer(agreeTo(offered.encoded, 'sha-512'))).toMatchObject({ valid: false });
    expect(await plain.answer(agreeTo(plain.encoded, 'sha-384'))).toMatchObject({ valid: false });
  });

  it('lets two be agreed to with one credential or two, whatever the order', async () => {
    const text = { type: 'signet.text', text: 'I have read the terms.' };
    const { encoded, answer } = await visit([PAYMENT, text]);
    const [first = '', second = ''] = encoded;
    expect(await answer(agreeTo([second, first]))).toMatchObject({ transactions: [{ by: 'age' }, { by: 'age' }] });
    expect(await answer(agreeTo([second]), agreeTo([first]))).toMatchObject({
      transactions: [{ by: 'name' }, { by: 'age' }],
    });
  });

  it.each<[string, JsonObject[], (encoded: readonly string[]) => readonly [JsonObject, JsonObject?]]>([
    ['was not agreed to', [PAYMENT], () => [{}]],
    ['was agreed to twice', [PAYMENT], (encoded) => [agreeTo(encoded), agreeTo(encoded)]],
    ['was agreed to twice in one', [PAYMENT], (encoded) => [agreeTo([...encoded, ...encoded])]],
    ['of two is missing', [PAYMENT, { ...PAYMENT, amount: '13.00' }], ([first = '']) => [agreeTo([first])]],
    ['stands beside another that was not asked', [PAYMENT], (encoded) => [agreeTo([...encoded, 'e30'])]],
    [
      'stands beside another, signed by another credential',
      [PAYMENT],
      (encoded) => [agreeTo(encoded), agreeTo(['e30'])],
    ],
    ['is another one', [PAYMENT], () => [agreeTo(['e30'])]],
    [
      'was agreed to with a credential that it does not name',
      [{ ...PAYMENT, credential_ids: ['age'] }],
      (encoded) => [{}, agreeTo(encoded)],
    ],
    ['is hashed into no list', [PAYMENT], (encoded) => [{ transaction_data_hashes: JSON.stringify(agreeTo(encoded)) }]],
    [
      'is hashed by what has no name',
      [PAYMENT],
      (encoded) => [{ ...agreeTo(encoded), transaction_data_hashes_alg: 7 }],
    ],
    [
      'is hashed by what nobody knows',
      [PAYMENT],
      (encoded) => [{ ...agreeTo(encoded), transaction_data_hashes_alg: 'constructor' }],
    ],
    ['is hashed into an empty list', [PAYMENT], () => [{ transaction_data_hashes: [] }]],
  ])('refuses one that %s', async (_, data, bindings) => {
    const { encoded, answer } = await visit(data);
    expect(await answer(...bindings(encoded))).toMatchObject({ valid: false, reason: 'no_holder_proof' });
  });

  it('refuses the agreement to the transaction of another visit, equal but for what it says', async () => {
    const [one, other] = [await visit([PAYMENT]), await visit([{ ...PAYMENT, amount: '1200.00' }])];
    expect(await other.answer(agreeTo(one.encoded))).toMatchObject({ reason: 'no_holder_proof' });
  });
});

describe('createRequest, with a transaction,', () => {
  it.each<[string, unknown]>([
    ['that is no list', {}],
    ['without a type', [{ amount: '12.00' }]],
    ['for a credential that is not asked for', [{ ...PAYMENT, credential_ids: ['age', 'other'] }]],
    ['for no credential', [{ ...PAYMENT, credential_ids: [] }]],
    ['of a hash that nobody knows', [{ ...PAYMENT, transaction_data_hashes_alg: ['md5'] }]],
    ['that stands there twice', [PAYMENT, PAYMENT]],
    ['of no hash', [{ ...PAYMENT, transaction_data_hashes_alg: [] }]],
  ])('refuses one %s', async (_, data) => {
    await expect(visit(data as readonly JsonObject[])).rejects.toMatchObject({ field: 'transactionData' });
  });

  it('refuses one for a credential that nobody need be shown to hold', async () => {
    const [first, second] = QUERY.credentials;
    const query = { credentials: [{ ...first, require_cryptographic_holder_binding: false }, second] };
    const data = [{ ...PAYMENT, credential_ids: ['age'] }];
    await expect(visit(data, { dcql_query: query as never })).rejects.toMatchObject({ field: 'transactionData' });
  });

  it('does not ask window.signet, which would leave it out', async () => {
    await expect(visit([PAYMENT], { purpose: 'Pay' })).rejects.toMatchObject({ field: 'purpose' });
  });
});
