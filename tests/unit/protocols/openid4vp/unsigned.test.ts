import { describe, expect, test } from 'vitest';
import { identifyVerifier, lookups, readDcApiRequest } from '../../../../lib/protocols/openid4vp/index.ts';
import type { ReadRequest } from '../../../../lib/protocols/openid4vp/index.ts';
import type { Json } from '../../../../lib/core/index.ts';
import { NOW } from '../../../fixtures/credentials/test-issuer.ts';
import { ask, NONCE, ORIGIN, QUERY, refusalOf } from '../../../fixtures/openid4vp/test-verifier.ts';

const readUnsigned = (data: Json): ReadRequest => readDcApiRequest({ protocol: 'openid4vp-v1-unsigned', data }, ORIGIN);
const refused = (data: Json) => refusalOf(() => readUnsigned(data));

describe('an unsigned request of a page', () => {
  test('is rebuilt from what the specification names', () => {
    expect(readUnsigned(ask({ evil: 1 }))).toEqual({
      transport: 'dc_api',
      signatures: [],
      params: { nonce: NONCE, query: QUERY, transactionData: [], verifierInfo: [], reply: { mode: 'dc_api' } },
    });
  });

  test.each([
    ['client_id', 'x509_hash:abc'],
    ['client_id', 7],
    ['client_id', ['a', {}]],
    ['expected_origins', ['https://elsewhere.example']],
    ['expected_origins', 'nonsense'],
    ['state', 'kept'],
    ['state', { not: 'text' }],
    ['wallet_nonce', 'w'],
    ['iss', 'https://elsewhere.example'],
    ['exp', 1],
  ])('is not read for %s, whatever it holds', (name, value) => {
    expect(readUnsigned(ask({ [name]: value }))).toEqual(readUnsigned(ask()));
  });

  test('is from whom the browser says, and nobody has to be asked', async () => {
    const request = readUnsigned(ask({ client_id: 'decentralized_identifier:did:web:elsewhere.example' }));
    expect(lookups(request)).toEqual([]);
    expect(await identifyVerifier(request, { origin: ORIGIN, now: NOW, anchors: [] })).toEqual({
      kind: 'unsigned',
      info: [],
    });
  });

  test('survives being stored as JSON', () => {
    const request = readUnsigned(ask());
    expect(JSON.parse(JSON.stringify(request))).toEqual(request);
  });

  test.each(['a', 'A-z_0.9~', 'x'.repeat(512)])('may have the nonce %.20s', (nonce) => {
    expect(readUnsigned(ask({ nonce })).params.nonce).toBe(nonce);
  });

  test.each([undefined, '', 'a b', 'ä', 'a/b', 'a+b', 'a=', 'a\n', 'x'.repeat(513), 7, null, ['a']])(
    'must have a nonce that is URL safe and bounded, not %j',
    async (nonce) => {
      expect(await refused(ask({ nonce }))).toMatchObject({ reason: 'bad_request', field: 'request.nonce' });
    },
  );

  test.each([undefined, 'code', 'vp_token id_token', 'VP_TOKEN', '', 1])(
    'must want a vp_token, not %j',
    async (responseType) => {
      const refusal = await refused(ask({ response_type: responseType }));
      expect(refusal).toMatchObject({ reason: 'bad_request', field: 'request.response_type' });
    },
  );

  test.each(['direct_post', 'direct_post.jwt', 'fragment', 'query', 'DC_API', 'dc_api.JWT', 'toString'])(
    'is not answered by %s',
    async (mode) => {
      const refusal = await refused(ask({ response_mode: mode }));
      expect(refusal).toMatchObject({ reason: 'unsupported', field: 'response_mode' });
    },
  );

  test('must say how it is to be answered', async () => {
    const refusal = await refused(ask({ response_mode: undefined }));
    expect(refusal).toMatchObject({ reason: 'bad_request', field: 'request.response_mode' });
  });

  test.each(['request', 'request_uri', 'request_uri_method', 'response_uri', 'redirect_uri'])(
    'has no place for %s',
    async (name) => {
      const refusal = await refused(ask({ [name]: 'https://shop.example/x' }));
      expect(refusal).toMatchObject({ reason: 'bad_request', field: name });
    },
  );

  test('asks in DCQL', async () => {
    expect(await refused(ask({ dcql_query: undefined }))).toMatchObject({ reason: 'bad_request', field: 'dcql_query' });
  });

  test('asks for nothing by name', async () => {
    const byName = await refused(ask({ dcql_query: undefined, scope: 'age' }));
    expect(byName).toMatchObject({ reason: 'unsupported', field: 'scope' });
    expect(await refused(ask({ scope: 'age' }))).toMatchObject({ reason: 'bad_request', field: 'scope' });
  });

  test.each([
    { credentials: [] },
    { credentials: [{ id: 'a b', format: 'dc+sd-jwt' }] },
    { credentials: [{ ...QUERY.credentials[0], id: '__proto__' }] },
    { credentials: [QUERY.credentials[0], QUERY.credentials[0]] },
    { ...QUERY, credential_sets: [{ options: [['nobody']] }] },
    'credentials',
    [[]],
    null,
  ])('asks in DCQL that can be read, not %j', async (query) => {
    const refusal = await refused(ask({ dcql_query: query }));
    expect(refusal.reason).toBe('bad_request');
    expect(refusal.field).toMatch(/^dcql_query/);
  });

  test('is read up to a length, and not beyond', async () => {
    expect(readUnsigned(ask({ padding: 'x'.repeat(100_000) })).params.nonce).toBe(NONCE);
    expect(await refused(ask({ padding: 'x'.repeat(131_072) }))).toMatchObject({ field: 'data' });
    expect(await refused(ask({ padding: Array.from({ length: 131_072 }, () => 0) }))).toMatchObject({ field: 'data' });
  });

  test('is read up to a depth, and not beyond', async () => {
    const nested = (depth: number): Json => (depth === 0 ? 1 : [nested(depth - 1)]);
    expect(readUnsigned(ask({ padding: nested(20) })).params.nonce).toBe(NONCE);
    expect(await refused(ask({ padding: nested(30) }))).toMatchObject({ field: 'data' });
    expect(await refused({ ...ask(), padding: nested(5000) })).toMatchObject({ field: 'data' });
  });

  test.each([[null], ['a'], [7], [[]], [true]])('is an object, not %j', async (data) => {
    expect(await refused(data)).toMatchObject({ reason: 'bad_request', field: 'data' });
  });

  test('does not take members of a prototype for its own', async () => {
    const data = JSON.parse('{"__proto__":{"response_type":"vp_token","nonce":"n"}}') as Json;
    expect(await refused(data)).toMatchObject({ reason: 'bad_request', field: 'request.response_type' });
  });
});

describe('formats that a verifier can check', () => {
  const withFormats = (formats: unknown): Json => ask({ client_metadata: { vp_formats_supported: formats } });

  test('bound the algorithms of issuers', () => {
    const formats = { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES384'], 'kb-jwt_alg_values': ['ES256', 'ES384'] } };
    expect(readUnsigned(withFormats(formats)).params.issuerAlgorithms).toEqual(['ES384']);
  });

  test('bound nothing where no algorithm is named', () => {
    expect(readUnsigned(withFormats({ 'dc+sd-jwt': {} })).params).not.toHaveProperty('issuerAlgorithms');
  });

  test.each([
    { mso_mdoc: {} },
    {},
    { 'dc+sd-jwt': { 'kb-jwt_alg_values': ['ES384'] } },
    { 'dc+sd-jwt': { 'kb-jwt_alg_values': ['EdDSA'] } },
  ])('must be such that Signet could answer, not %j', async (formats) => {
    const refusal = await refused(withFormats(formats));
    expect(refusal).toMatchObject({ reason: 'unsupported', field: 'client_metadata.vp_formats_supported' });
  });

  test.each([{ 'dc+sd-jwt': { 'kb-jwt_alg_values': [] } }, { 'dc+sd-jwt': 'yes' }, { 'dc+sd-jwt': null }, 'all', 7])(
    'must be stated as the specification says, not %j',
    async (formats) => {
      const refusal = await refused(withFormats(formats));
      expect(refusal.reason).toBe('bad_request');
      expect(refusal.field).toMatch(/^client_metadata\.vp_formats_supported/);
    },
  );

  test.each([[null], ['x'], [[]], [7]])('stand in metadata that is an object, not %j', async (metadata) => {
    const refusal = await refused(ask({ client_metadata: metadata }));
    expect(refusal.reason).toBe('bad_request');
    expect(refusal.field).toMatch(/^client_metadata/);
  });
});
