import { sha256 } from '@noble/hashes/sha2.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { toBase64url, utf8 } from '../../../lib/core/index.ts';
import type { JsonObject } from '../../../lib/core/index.ts';
import { parseJws, parseSdJwt } from '../../../lib/credentials/verifying/index.ts';
import { ageOver } from '../../../lib/credentials/issuing/index.ts';
import type { Binding, ProofPlan } from '../../../lib/proofs/index.ts';
import { ProofRequest } from '../../../lib/proofs/index.ts';
import type { DcqlQuery, ProofRequest as PageProofRequest } from '../../../lib/provider/types.ts';
import { HeldVault, NONCE, PAGE, SHOP } from '../../fixtures/credentials/held-vault.ts';
import { ISSUER } from '../../fixtures/credentials/test-issuer.ts';
import { RANGE_SCHEMA, RangeWallet } from '../../fixtures/range-wallet.ts';

const CARD = `${ISSUER}/card`;
const PASS = `${ISSUER}/pass`;
const CLIENT = 'x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk';
const asker = { requestId: 'request', origin: SHOP };

const dcql: DcqlQuery = {
  credentials: [
    { id: 'card', format: 'dc+sd-jwt', meta: { vct_values: [CARD] }, claims: [{ path: ['age_over_21'] }] },
    { id: 'pass', format: 'dc+sd-jwt', meta: { vct_values: [PASS] }, claims: [{ path: ['given_name'] }] },
  ],
};
const bound: Binding = { audience: CLIENT, nonce: 'n', transactionData: [] };
const entry = (encoded: string, ...credentialIds: string[]) => ({ credentialIds, encoded });
const hashOf = (text: string): string => toBase64url(sha256(utf8(text)));

let held: HeldVault;

beforeAll(async () => {
  held = await HeldVault.of(
    { vct: CARD, claims: { age_over_21: true } },
    { vct: PASS, claims: { given_name: 'Ada', family_name: 'Byron' } },
  );
});

const planOf = async (page: Partial<PageProofRequest>, binding?: Binding): Promise<ProofPlan> => {
  const [plan] = await held.plans(page, binding && { binding });
  if (plan === undefined) throw new Error('there is no plan');
  return plan;
};

/** The key bindings of an answer, by the ids of the query. */
async function bindingsOf(query: DcqlQuery, binding?: Binding): Promise<Readonly<Record<string, JsonObject>>> {
  const { response } = await held.present(await planOf({ dcql_query: query }, binding));
  const tokens = Object.entries(response.vp_token ?? {});
  return Object.fromEntries(tokens.map(([id, [text = '']]) => [id, parseSdJwt(text).keyBinding?.payload ?? {}]));
}

describe('the key binding', () => {
  test('names the origin and the page’s nonce where nothing else is said', async () => {
    const { card } = await bindingsOf(dcql);
    expect(card).toMatchObject({ aud: `origin:${SHOP}`, nonce: NONCE });
    expect(Object.keys(card ?? {}).sort()).toEqual(['aud', 'iat', 'nonce', 'sd_hash']);
  });

  test('names the audience and nonce that the protocol gives, in every presentation', async () => {
    const { card, pass } = await bindingsOf(dcql, bound);
    expect([card, pass]).toMatchObject([
      { aud: CLIENT, nonce: 'n' },
      { aud: CLIENT, nonce: 'n' },
    ]);
    expect(card).not.toHaveProperty('transaction_data_hashes');
  });

  test('holds the hash of each transaction as it came, in the first named presentation that goes out', async () => {
    const transactionData = [entry('eyJhIjoxfQ', 'pass', 'card'), entry('eyJhIjoyfQ==', 'card'), entry('_-x', 'pass')];
    const { card, pass } = await bindingsOf(dcql, { ...bound, transactionData });
    expect(pass).toMatchObject({
      transaction_data_hashes: [hashOf('eyJhIjoxfQ'), hashOf('_-x')],
      transaction_data_hashes_alg: 'sha-256',
    });
    expect(card).toMatchObject({ transaction_data_hashes: [hashOf('eyJhIjoyfQ==')] });
  });

  test('of what a person says themselves, and of a proof about a number, says the same', async () => {
    const schema = {
      ...{ type: CARD, name: 'Me' },
      fields: [{ kind: 'raw', name: 'birth_date', disclosure: 'never' } as const, ageOver(18, 'birth_date')],
    };
    const readMyself = () => Promise.resolve({ schema, values: { birth_date: '1990-05-17' } });
    const query = { credentials: [{ id: 'me', format: 'dc+sd-jwt', claims: [{ path: ['age_over_18'] }] }] };
    const binding = { ...bound, transactionData: [entry('e30', 'me')] };
    const [own] = await held.plans({ dcql_query: query, issuers: ['self'] }, { binding, readMyself });
    if (own === undefined) throw new Error('there is no plan');
    const [said = ''] = (await held.present(own)).response.vp_token?.['me'] ?? [];
    expect(parseSdJwt(said).keyBinding?.payload).toMatchObject({
      ...{ aud: CLIENT, nonce: 'n', transaction_data_hashes: [hashOf('e30')] },
    });
    const licensed = await RangeWallet.of({ given_name: 'Ada', birth_date: '1990-05-17', income: 9000 });
    const page = { ...PAGE, claims: [{ name: 'income', gte: 8000 }], types: [RANGE_SCHEMA.type] };
    const { proof = '' } = await licensed.answer(page, SHOP, { audience: CLIENT, nonce: 'n' });
    const { payload } = parseJws(proof.split('~').at(-1) ?? '', 'kb_jwt');
    expect(payload).toMatchObject({ aud: CLIENT, nonce: 'n' });
    expect(payload['range_proofs']).toHaveLength(1);
  }, 120_000);
});

describe('a transaction', () => {
  const oneOf: DcqlQuery = { ...dcql, credential_sets: [{ options: [['card'], ['pass']] }] };

  test('is authorised by a credential that it names, though another would give away less', async () => {
    expect(Object.keys(await bindingsOf(oneOf, bound))).toEqual(['card']);
    const named = await bindingsOf(oneOf, { ...bound, transactionData: [entry('e30', 'pass')] });
    expect(Object.keys(named)).toEqual(['pass']);
  });

  test('that no credential of the person’s can authorise leaves no way to answer', async () => {
    const query: DcqlQuery = {
      credentials: [...dcql.credentials, { id: 'none', format: 'dc+sd-jwt', meta: { vct_values: ['urn:nobody'] } }],
      credential_sets: [{ options: [['card']] }, { options: [['none']], required: false }],
    };
    const binding = { ...bound, transactionData: [entry('e30', 'none')] };
    expect(await held.plans({ dcql_query: query }, { binding })).toEqual([]);
  });

  test.each([
    ['of no credential', [entry('e30')], 'transaction_data[0].credential_ids'],
    ['of a credential that is not asked for', [entry('e30', 'card', 'x')], 'transaction_data[0].credential_ids'],
    [
      'named like a part of every object',
      [entry('e30', 'card'), entry('e30', 'constructor')],
      'transaction_data[1].credential_ids',
    ],
  ])('%s is refused', (_, transactionData, field) => {
    const admit = () => ProofRequest.admit(asker, { ...PAGE, dcql_query: dcql }, { ...bound, transactionData });
    expect(admit).toThrow(expect.objectContaining({ reason: 'bad_request', field }));
  });

  test('cannot be authorised by an answer that has no id, or no key binding', () => {
    const binding = { ...bound, transactionData: [entry('e30', 'credential')] };
    for (const formats of [undefined, ['bbs'] as const]) {
      const page = { ...PAGE, claims: ['age_over_21'], ...(formats && { formats }) };
      expect(() => ProofRequest.admit(asker, page, binding)).toThrow(
        expect.objectContaining({ reason: 'unsupported', field: 'transaction_data' }),
      );
    }
  });
});

describe('a binding', () => {
  test.each([
    [{ audience: '', nonce: 'n' }, 'audience'],
    [{ audience: CLIENT, nonce: '' }, 'nonce'],
  ])('without %j is refused', (binding, field) => {
    expect(() => ProofRequest.admit(asker, { ...PAGE, dcql_query: dcql }, binding)).toThrow(
      expect.objectContaining({ reason: 'bad_request', field }),
    );
  });

  test('is part of what the person agrees to: audience, nonce and every transaction', async () => {
    const transactionData = [entry('e30', 'card')];
    const bindings: readonly (Binding | undefined)[] = [
      ...[undefined, bound, { ...bound, nonce: 'm' }, { ...bound, audience: 'x' }],
      { ...bound, transactionData },
      { ...bound, transactionData: [entry('e31', 'card')] },
      { ...bound, transactionData: [entry('e30', 'pass')] },
      { ...bound, transactionData: [...transactionData, ...transactionData] },
    ];
    const digests = await Promise.all(
      bindings.map(async (binding) => (await planOf({ dcql_query: dcql }, binding)).digest),
    );
    expect(new Set(digests).size).toBe(bindings.length);
  });

  test('is not taken over by a consent to the same plan bound otherwise', async () => {
    const { digest } = await planOf({ dcql_query: dcql }, bound);
    const other = await planOf({ dcql_query: dcql }, { ...bound, transactionData: [entry('e30', 'card')] });
    await expect(other.gather({ requestId: 'request', digest }, held.vault)).rejects.toMatchObject({
      reason: 'changed',
    });
  });
});
