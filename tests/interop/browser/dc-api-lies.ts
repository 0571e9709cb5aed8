import { expect, test } from 'vitest';
import { createParty } from '../../fixtures/credentials/test-certificates.ts';
import type { DcApiDesk } from './dc-api-desk.ts';
import { UNKNOWN, WRONG } from './dc-api-desk.ts';
import type { CredentialQuery, ForeignVerifier, Identity, Lie, Members, Query } from './foreign-verifier.ts';
import { SHARED_SECRET, runOut, saying, unheardOf, withKeys, without } from './lies.ts';
import { HOSTILE_TRANSACTIONS } from './transactions.ts';

const SIGNED: readonly Identity[] = ['x509_hash', 'x509_san_dns', 'both'];

/** Makes a liar of a verifier, in what depends on how it writes and signs its messages. */
export function describeDcApiForgeries(desk: DcApiDesk): void {
  test.each(SIGNED)('is for another origin (%s)', (identity) =>
    desk.refused({ identity, payload: saying({ expected_origins: ['https://bank.example'] }) }),
  );

  test.each(SIGNED)('is signed with a key that its certificate is not about (%s)', async (identity) => {
    const { keyPair } = await createParty('Forger');
    await desk.refused({ identity, forger: keyPair.privateKey });
  });

  test('has a certificate that its x509_hash is not of', async () => {
    const certificate = await desk.stand.registry.certificateFor('localhost');
    const [mine, theirs] = await Promise.all([idIn(desk.verifier), idIn(desk.another({ certificate }))]);
    expect(mine).not.toBe(theirs);
    await desk.refused({ identity: 'x509_hash', payload: saying({ client_id: theirs }) });
  });

  test('has a certificate that does not have its x509_san_dns name', () =>
    desk.refused({ identity: 'x509_san_dns', payload: saying({ client_id: 'x509_san_dns:bank.example' }) }));

  test.each(SIGNED)('has a critical extension that nobody knows (%s)', (identity) =>
    desk.refused({ identity, header: unheardOf }),
  );

  const headers: readonly (readonly [string, Lie])[] = [
    ['of another type', saying({ typ: 'JWT' })],
    ['of no type', without('typ')],
    ['without its certificate', without('x5c')],
  ];
  test.each(headers)('is a request object %s', (_, header) => desk.refused({ identity: 'x509_hash', header }));

  test('is a request object that says it is not signed', async () => {
    const { call } = await desk.verifier.ask({ identity: 'x509_hash' });
    const [, payload] = String((call.data as Members)['request']).split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'oauth-authz-req+jwt' })).toString('base64url');
    await desk.expectRefused([{ ...call, data: { request: `${none}.${payload}.` } }], UNKNOWN);
  });

  test('is multisigned without a signature, or with one that is not right', async () => {
    const { call } = await desk.verifier.ask({ identity: 'both' });
    const { request } = call.data as { readonly request: { readonly signatures: readonly Members[] } }; // as it was made
    const withSignatures = (signatures: readonly Members[]) => ({
      ...call,
      data: { request: { ...request, signatures } },
    });
    await desk.expectRefused([withSignatures([])]);
    const [first = {}] = request.signatures;
    const signature = String(first['signature']).replace(/^./, (c) => (c === 'A' ? 'B' : 'A'));
    await desk.expectRefused([withSignatures([{ ...first, signature }])]);
  });

  const keys: readonly (readonly [string, Lie, typeof WRONG | typeof UNKNOWN])[] = [
    ['has a point off the curve', (key) => ({ ...key, y: key['x'] }), WRONG],
    ['is on another curve', saying({ crv: 'P-521' }), UNKNOWN],
    ['is a shared secret', () => SHARED_SECRET, UNKNOWN],
    ['is for another algorithm', saying({ alg: 'RSA-OAEP-256' }), UNKNOWN],
    ['has a half only', without('y'), UNKNOWN],
  ];
  test.each(keys)('is to be answered encrypted, and the key %s', (_, spoil, because) =>
    desk.refused({ enc: 'A256GCM', payload: withKeys((all) => all.map(spoil)) }, because),
  );
}

/** Makes a liar of a verifier, in what any verifier would write with the same bytes. */
export function describeDcApiLies(desk: DcApiDesk): void {
  const near = [
    ['a slash', (origin: string) => `${origin}/`],
    ['another case', (origin: string) => origin.toUpperCase()],
    ['another port', (origin: string) => `${origin}1`],
    ['a wildcard', () => '*'],
  ] as const;
  test.each(near)('is for this origin but for %s', (_, spelt) =>
    desk.refused({ identity: 'x509_hash', payload: saying({ expected_origins: [spelt(desk.stand.origin)] }) }),
  );

  test.each([
    ['is missing', undefined],
    ['is empty', []],
    ['is text', 'https://bank.example'],
  ])('is signed and its expected_origins %s', (_, expected_origins) =>
    desk.refused({ identity: 'x509_hash', payload: saying({ expected_origins }) }),
  );

  test.each<Identity>(['nobody', ...SIGNED])('has a request_uri (%s)', (identity) =>
    desk.refused({ identity, payload: saying({ request_uri: `${desk.stand.origin}/elsewhere` }) }),
  );

  test('is nothing but a request_uri', async () => {
    const data = { client_id: 'x509_san_dns:localhost', request_uri: `${desk.stand.origin}/elsewhere` };
    await desk.expectRefused([{ protocol: 'openid4vp-v1-unsigned', data }]);
    await desk.expectRefused([{ protocol: 'openid4vp-v1-signed', data }]);
    expect(desk.scene.site.received.filter(({ path }) => path === '/elsewhere')).toEqual([]);
  });

  test.each(SIGNED)('has run out (%s)', (identity) => desk.refused({ identity, payload: runOut }));

  test('is not good yet', () =>
    desk.refused({ identity: 'x509_hash', payload: saying({ nbf: Math.floor(Date.now() / 1000) + 3600 }) }));

  test.each(['unheard_of:shop', 'origin:https://bank.example', 'shop'])('is under the client id %s', (client_id) =>
    desk.refused({ identity: 'x509_hash', payload: saying({ client_id }) }, UNKNOWN),
  );

  test('is to be answered encrypted, and there is no key', () =>
    desk.refused({ enc: 'A256GCM', payload: withKeys(() => []) }));

  test('is to be answered by a cipher that the wallet does not have', () =>
    desk.refused(
      { enc: 'A256GCM', payload: withMetadata({ encrypted_response_enc_values_supported: ['A64GCM'] }) },
      UNKNOWN,
    ));

  test.each(['direct_post', 'direct_post.jwt', 'fragment', 'dc_api.jwe'])('is to be answered by %s', (response_mode) =>
    desk.refused({ payload: saying({ response_mode, response_uri: `${desk.stand.origin}/elsewhere` }) }),
  );

  test.each(HOSTILE_TRANSACTIONS)('is about a transaction %s', (_, transaction, because) =>
    desk.refused({ transactions: [{ ...transaction }] }, because === 'unknown' ? UNKNOWN : WRONG),
  );

  const queries: readonly (readonly [string, (query: Query) => object])[] = [
    ['asks for a thousand credentials', ({ credentials }) => ({ credentials: many(1000, credentials[0]) })],
    [
      'asks for ten thousand claims',
      ({ credentials }) => ({ credentials: [{ ...credentials[0], claims: paths(10_000) }] }),
    ],
    ['is nested without end', (query) => ({ ...query, deep: nested(2000) })],
    ['is a megabyte', (query) => ({ ...query, padding: 'x'.repeat(1 << 20) })],
    ['asks for nothing', () => ({ credentials: [] })],
    ['names one thing twice', ({ credentials }) => ({ credentials: [...credentials, ...credentials] })],
  ];
  test.each(queries)('has a query that %s', (_, spoil) =>
    desk.refused({ payload: (honest) => ({ ...honest, dcql_query: spoil(honest['dcql_query'] as Query) }) }),
  );

  const nonces: readonly (readonly [string, Lie])[] = [
    ['no nonce', without('nonce')],
    ['an empty nonce', saying({ nonce: '' })],
    ['a nonce that is a number', saying({ nonce: 7 })],
    ['another response_type', saying({ response_type: 'code' })],
  ];
  test.each(nonces)('has %s', (_, payload) => desk.refused({ payload }));

  test('has a scope for a query', () =>
    desk.refused({ payload: (honest) => ({ ...without('dcql_query')(honest), scope: 'age' }) }, UNKNOWN));
}

const withMetadata =
  (members: Members): Lie =>
  ({ client_metadata, ...honest }) => ({ ...honest, client_metadata: { ...(client_metadata as object), ...members } });

const many = (count: number, one: CredentialQuery | undefined): Members[] =>
  Array.from({ length: count }, (_, at) => ({ ...one, id: `c${at}` }));
const paths = (count: number): Members[] => Array.from({ length: count }, (_, at) => ({ path: [`claim_${at}`] }));
const nested = (depth: number): unknown => {
  let inner: unknown = [];
  for (let at = 0; at < depth; at += 1) inner = [inner];
  return inner;
};

async function idIn(verifier: ForeignVerifier): Promise<unknown> {
  let id: unknown;
  await verifier.ask({ identity: 'x509_hash', payload: (honest) => ((id = honest['client_id']), honest) });
  return id;
}
