import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SignetError } from '../../../lib/core/index.ts';
import type { Json } from '../../../lib/core/index.ts';
import { readCapabilitySpec, readCredentialOffer, readProofRequest } from '../../../lib/provider/request-schema.ts';

const numRuns = Number(process.env.SIGNET_RUNS ?? 200);
const NONCE = 'AAAAAAAAAAAAAAAAAAAAAA';
const base = { claims: ['age_over_21'], nonce: NONCE, purpose: 'To see that you may shop here.' };
const asked = (changes: Record<string, Json>): Json => ({ ...base, ...changes });
const withClaim = (claim: Json): Json => asked({ claims: ['given_name', claim] });
const dcql = (dcql_query: Json): Json => ({ nonce: NONCE, purpose: 'x', dcql_query });

function refusalOf(read: (json: Json) => unknown, json: Json): SignetError {
  try {
    read(json);
  } catch (error) {
    if (error instanceof SignetError) return error;
    throw error;
  }
  throw new Error('It was accepted.');
}

/** The field that a refusal of the proof request names. */
function refusedField(json: Json): string | undefined {
  const error = refusalOf(readProofRequest, json);
  expect(error.code).toBe(-32602);
  return error.field;
}

describe('a proof request is rebuilt as it was asked', () => {
  test.each<[string, Json]>([
    ['a yes/no claim', base],
    ['values', withClaim({ name: 'country', values: ['NL', 'BE', 3, true] })],
    ['an age', withClaim({ name: 'birth_date', age_at_least: 21, as_of: '2026-02-28' })],
    ['bounds', withClaim({ name: 'income', gte: -5, lte: 90_000 })],
    ['types, issuers and formats', asked({ types: ['a'], issuers: ['https://i.example'], formats: ['bbs+', 'bbs'] })],
    ['the longest purpose, counted in code points', asked({ purpose: '😀'.repeat(140) })],
    ['the longest nonce', asked({ nonce: 'A'.repeat(512) })],
    [
      'DCQL',
      {
        nonce: NONCE,
        purpose: 'x',
        dcql_query: {
          credentials: [
            {
              id: 'pid',
              format: 'dc+sd-jwt',
              meta: { vct_values: ['urn:pid'] },
              claims: [{ id: 'a', path: ['nationalities', null, 0], values: ['NL'] }],
              claim_sets: [['a']],
            },
          ],
          credential_sets: [{ options: [['pid']], required: false }],
        },
      },
    ],
  ])('%s', (_, json) => {
    expect(readProofRequest(json)).toEqual(json);
  });
});

describe('a proof request is refused, naming the field', () => {
  test.each<[string, Json, string]>([
    ['that is no object', 'claims', 'request'],
    ['that is an array', [], 'request'],
    ['without a question', { nonce: NONCE, purpose: 'x' }, 'claims'],
    ['with two questions', asked({ dcql_query: { credentials: [{ id: 'a', format: 'b', meta: {} }] } }), 'claims'],
    [
      'with a member of DCQL that Signet does not know',
      dcql({ credentials: [{ id: 'a', format: 'b', meta: {}, extra: 1 }] }),
      'dcql_query.credentials[0].extra',
    ],
    ['with no claims', asked({ claims: [] }), 'claims'],
    ['with 17 claims', asked({ claims: Array.from({ length: 17 }, (_, i) => `c${i}`) }), 'claims'],
    ['with an empty claim name', asked({ claims: [''] }), 'claims[0]'],
    ['with a long claim name', asked({ claims: ['x'.repeat(65)] }), 'claims[0]'],
    ['with a long claim name in an object', withClaim({ name: 'x'.repeat(65) }), 'claims[1].name'],
    ['with a claim without a name', withClaim({ values: [1] }), 'claims[1].name'],
    ['with a claim that is a number', withClaim(3), 'claims[1]'],
    ['with a claim that is null', withClaim(null), 'claims[1]'],
    ['with the same claim twice', asked({ claims: ['a', 'b', { name: 'a' }] }), 'claims[2]'],
    ['with a misspelt member', asked({ claim: ['a'] }), 'claim'],
    ['with a misspelt member of a claim', withClaim({ name: 'a', value: ['b'] }), 'claims[1].value'],
    ['with an inherited name as a member', asked({ constructor: 1 }), 'constructor'],
    ['with 33 values', withClaim({ name: 'a', values: Array.from({ length: 33 }, (_, i) => i) }), 'claims[1].values'],
    ['with no values', withClaim({ name: 'a', values: [] }), 'claims[1].values'],
    ['with a value that is an object', withClaim({ name: 'a', values: [{}] }), 'claims[1].values[0]'],
    ['with values and a bound', withClaim({ name: 'a', values: [1], gte: 1 }), 'claims[1]'],
    ['with an age and a bound', withClaim({ name: 'a', age_at_least: 21, lte: 1 }), 'claims[1]'],
    ['with as_of alone', withClaim({ name: 'a', as_of: '2026-01-01' }), 'claims[1]'],
    ['with an age nobody asks for', withClaim({ name: 'a', age_at_least: 20 }), 'claims[1].age_at_least'],
    ['with a day that is none', withClaim({ name: 'a', age_at_least: 21, as_of: '2026-02-30' }), 'claims[1].as_of'],
    ['with a fractional bound', withClaim({ name: 'a', gte: 0.5 }), 'claims[1].gte'],
    ['with an unsafe bound', withClaim({ name: 'a', lte: 2 ** 53 }), 'claims[1].lte'],
    ['with a bound of three digits', withClaim({ name: 'a', gte: 123 }), 'claims[1].gte'],
    ['with a bound close to a round one', withClaim({ name: 'a', lte: -90_001 }), 'claims[1].lte'],
    ['with crossed bounds', withClaim({ name: 'a', gte: 2, lte: 1 }), 'claims[1]'],
    ['with a nonce of 15 bytes', asked({ nonce: 'A'.repeat(20) }), 'nonce'],
    ['with a nonce that is not base64url', asked({ nonce: 'AAAAAAAAAAAAAAAAAAAAA+' }), 'nonce'],
    ['with a nonce of 513 characters', asked({ nonce: 'A'.repeat(513) }), 'nonce'],
    ['with a nonce that is a number', asked({ nonce: 1 }), 'nonce'],
    ['with an empty purpose', asked({ purpose: ' \n' }), 'purpose'],
    ['with a purpose of 141 code points', asked({ purpose: '😀'.repeat(141) }), 'purpose'],
    ['with a lone surrogate', asked({ purpose: 'a\ud800' }), 'purpose'],
    ['with a lone surrogate in a claim', withClaim({ name: '\udc00' }), 'claims[1].name'],
    ['with a format nobody knows', asked({ formats: ['dc+sd-jwt', 'jwt'] }), 'formats[1]'],
    ['with no formats', asked({ formats: [] }), 'formats'],
    ['with 17 issuers', asked({ issuers: Array.from({ length: 17 }, (_, i) => `https://${i}.example`) }), 'issuers'],
    ['with an empty type', asked({ types: [''] }), 'types[0]'],
    ['with a member that is null', asked({ types: null }), 'types'],
    [
      'with DCQL and types',
      { nonce: NONCE, purpose: 'x', types: ['a'], dcql_query: { credentials: [{ id: 'a', format: 'b', meta: {} }] } },
      'types',
    ],
    [
      'with DCQL without credentials',
      { nonce: NONCE, purpose: 'x', dcql_query: { credentials: [] } },
      'dcql_query.credentials',
    ],
    [
      'with a DCQL path that is empty',
      {
        nonce: NONCE,
        purpose: 'x',
        dcql_query: { credentials: [{ id: 'a', format: 'b', meta: {}, claims: [{ path: [] }] }] },
      },
      'dcql_query.credentials[0].claims[0].path',
    ],
    [
      'with DCQL that names two credentials alike',
      dcql({
        credentials: [
          { id: 'a', format: 'b', meta: {} },
          { id: 'a', format: 'c', meta: {} },
        ],
      }),
      'dcql_query.credentials',
    ],
    [
      'with DCQL that names two claims alike',
      dcql({
        credentials: [
          {
            id: 'a',
            format: 'b',
            meta: {},
            claims: [
              { id: 'x', path: ['x'] },
              { id: 'x', path: ['y'] },
            ],
          },
        ],
      }),
      'dcql_query.credentials[0].claims',
    ],
    [
      'with a DCQL claim set of a claim that is not there',
      dcql({
        credentials: [{ id: 'a', format: 'b', meta: {}, claims: [{ id: 'x', path: ['x'] }], claim_sets: [['x', 'y']] }],
      }),
      'dcql_query.credentials[0].claim_sets',
    ],
    [
      'with DCQL claim sets without claims',
      dcql({ credentials: [{ id: 'a', format: 'b', meta: {}, claim_sets: [['x']] }] }),
      'dcql_query.credentials[0].claim_sets',
    ],
    [
      'with a DCQL credential set of a credential that is not there',
      dcql({ credentials: [{ id: 'a', format: 'b', meta: {} }], credential_sets: [{ options: [['a'], ['c']] }] }),
      'dcql_query.credential_sets',
    ],
  ])('%s', (_, json, field) => {
    expect(refusedField(json)).toBe(field);
  });

  test('that reaches for a prototype', () => {
    const json = JSON.parse(`{"nonce":"${NONCE}","purpose":"x","__proto__":{"claims":["a"]}}`) as Json; // it is JSON
    expect(refusedField(json)).toBe('__proto__');
  });

  test('in a message that says nothing about the value', () => {
    expect(refusalOf(readProofRequest, asked({ purpose: 'secret'.repeat(100) })).message).not.toContain('secret');
  });
});

describe('a credential offer', () => {
  test('is one of its three kinds, and nothing of it is read here', () => {
    const offer = { credential_issuer: 'https://issuer.example', anything: [{ at: 'all' }] };
    expect(readCredentialOffer({ credential_offer: offer })).toEqual({ credential_offer: offer });
    expect(readCredentialOffer({ credential_offer_uri: 'https://i.example/o' })).toEqual({
      credential_offer_uri: 'https://i.example/o',
    });
    expect(readCredentialOffer({ authority_offer: 'token' })).toEqual({ authority_offer: 'token' });
  });

  test.each<[string, Json, string]>([
    ['of no kind', {}, 'request'],
    ['of two kinds', { credential_offer: {}, authority_offer: 'x' }, 'request'],
    ['that is a string', { credential_offer: 'x' }, 'credential_offer'],
    ['that is an array', { credential_offer: [] }, 'credential_offer'],
    ['with an empty address', { credential_offer_uri: '' }, 'credential_offer_uri'],
    ['with a long address', { credential_offer_uri: `https://a.example/${'x'.repeat(2048)}` }, 'credential_offer_uri'],
    ['with a member too many', { credential_offer: {}, x: 1 }, 'x'],
  ])('%s is refused', (_, json, field) => {
    expect(refusalOf(readCredentialOffer, json)).toMatchObject({ code: -32602, field });
  });
});

describe('a capability spec', () => {
  const spec = { kind: 'pay', domain: 'https://shop.example', purpose: 'Shoes' };

  test('keeps amounts as the page wrote them', () => {
    expect(readCapabilitySpec({ ...spec, max_amount: '150.00', currency: 'USD' })).toMatchObject({
      max_amount: '150.00',
    });
    expect(readCapabilitySpec({ ...spec, max_amount: 150 })).toMatchObject({ max_amount: 150 });
  });

  test.each<[string, Record<string, Json>, string]>([
    ['a fractional number', { max_amount: 1.5 }, 'max_amount'],
    ['a negative amount', { max_amount: -1 }, 'max_amount'],
    ['an amount in words', { max_amount: '1e3' }, 'max_amount'],
    ['a currency that is none', { currency: 'usd' }, 'currency'],
    ['a lifetime of nothing', { expires_in: 0 }, 'expires_in'],
    ['a private key', { holder_jwk: { kty: 'OKP', crv: 'Ed25519', x: 'AA', d: 'AA' } }, 'holder_jwk.d'],
  ])('with %s is refused', (_, changes, field) => {
    expect(refusalOf(readCapabilitySpec, { ...spec, ...changes })).toMatchObject({ code: -32602, field });
  });
});

describe('whatever JSON a page sends', () => {
  const anyRequest = fc.record(
    {
      claims: fc.oneof(fc.array(fc.oneof(fc.string(), fc.jsonValue())), fc.jsonValue()),
      dcql_query: fc.jsonValue(),
      nonce: fc.oneof(fc.constant(NONCE), fc.string()),
      purpose: fc.oneof(fc.constant('x'), fc.string({ unit: 'binary' })),
      types: fc.jsonValue(),
      formats: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  const readers = [readProofRequest, readCredentialOffer, readCapabilitySpec];

  test('reading it yields a copy made of known members, or a bad_request naming a field, and leaves it alone', () => {
    fc.assert(
      fc.property(fc.oneof(anyRequest, fc.jsonValue()), fc.constantFrom(...readers), (value, read) => {
        const text = JSON.stringify(value);
        const json = JSON.parse(text) as Json; // it is JSON
        try {
          expect(read(json)).not.toBe(json);
        } catch (error) {
          if (!(error instanceof SignetError)) throw error;
          expect(error.code).toBe(-32602);
          expect(error.field).toEqual(expect.stringMatching(/./));
        }
        expect(JSON.stringify(json)).toBe(text);
      }),
      { numRuns },
    );
  });
});
