import { beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../../../lib/core/index.ts';
import { parseOrigin, utf8 } from '../../../../lib/core/index.ts';
import { identifyVerifier, readDcApiRequest } from '../../../../lib/protocols/openid4vp/index.ts';
import type { IdentifyOptions, ReadRequest, Verifier } from '../../../../lib/protocols/openid4vp/index.ts';
import { certify, createParty, x5cOf } from '../../../fixtures/credentials/test-certificates.ts';
import { encode, NOW, NOW_SECONDS } from '../../../fixtures/credentials/test-issuer.ts';
import type { TestVerifier } from '../../../fixtures/openid4vp/test-verifier.ts';
import {
  askSigned,
  createTestVerifier,
  HOST,
  hashOf,
  ORIGIN,
  refusalOf,
  signAs,
} from '../../../fixtures/openid4vp/test-verifier.ts';

const HOUR = 3_600_000;

let shop: TestVerifier;

beforeAll(async () => {
  shop = await createTestVerifier();
});

const readSigned = (request: Json, origin = ORIGIN): ReadRequest =>
  readDcApiRequest({ protocol: 'openid4vp-v1-signed', data: { request } }, origin);

const identify = (request: string, options: Partial<IdentifyOptions> = {}): Promise<Verifier> =>
  identifyVerifier(readSigned(request), { origin: ORIGIN, now: NOW, anchors: [], ...options });

const refusedToRead = (request: Json) => refusalOf(() => readSigned(request));
const refusedToIdentify = (request: string, options: Partial<IdentifyOptions> = {}) =>
  refusalOf(() => identify(request, options));

describe('a signed request of a page', () => {
  test.each(['P-256', 'P-384', 'Ed25519', 'RSA'] as const)('is verified with a certificate of %s', async (kind) => {
    const verifier = await createTestVerifier(kind);
    expect(await identify(await verifier.sign(askSigned(verifier.byHash)))).toEqual({
      kind: 'certificate',
      clientId: verifier.byHash,
      names: [HOST],
      subject: 'Example Shop',
      issuer: 'Example Root',
      vouched: false,
      info: [],
    });
  });

  test('is verified with RSA-PSS', async () => {
    const verifier = await createTestVerifier('RSA');
    const pkcs8 = await crypto.subtle.exportKey('pkcs8', verifier.party.keyPair.privateKey);
    const algorithm = { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 };
    const key = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
    const header = { alg: 'PS256', typ: 'oauth-authz-req+jwt', x5c: verifier.x5c };
    const signed = `${encode(header)}.${encode(askSigned(verifier.byHash))}`;
    const signature = Buffer.from(await crypto.subtle.sign(algorithm, key, utf8(signed))).toString('base64url');
    expect(await identify(`${signed}.${signature}`)).toMatchObject({ kind: 'certificate' });
  });

  test('bears its full client id', async () => {
    const { params, signatures } = readSigned(await shop.sign(askSigned(shop.byHash)));
    expect([params.clientId, signatures.map(({ clientId }) => clientId)]).toEqual([shop.byHash, [shop.byHash]]);
  });

  test('survives being stored as JSON', async () => {
    const request = readSigned(await shop.sign(askSigned(shop.byHash, { exp: NOW_SECONDS + 60 })));
    expect(JSON.parse(JSON.stringify(request))).toEqual(request);
  });

  test('is vouched for where its certificate leads to an anchor of the person’s', async () => {
    const request = await shop.sign(askSigned(shop.byHash));
    const other = await createTestVerifier();
    expect(await identify(request, { anchors: [shop.root] })).toMatchObject({ vouched: true });
    expect(await identify(request, { anchors: [other.root] })).toMatchObject({ vouched: false });
  });

  test.each([
    [undefined, 'bad_request'],
    ['', 'bad_request'],
    ['a.b', 'bad_request'],
    ['a.b.c', 'bad_request'],
    ['a.b.c.d.e', 'bad_request'],
    [{ payload: 'a', signatures: [] }, 'bad_request'],
    [7, 'bad_request'],
  ])('is a token, not %j', async (request, reason) => {
    const refusal = await refusalOf(() =>
      readDcApiRequest({ protocol: 'openid4vp-v1-signed', data: request === undefined ? {} : { request } }, ORIGIN),
    );
    expect(refusal).toMatchObject({ reason, field: 'request' });
  });
});

describe('the header of a signed request', () => {
  test.each([undefined, 'JWT', 'jwt', 'OAUTH-AUTHZ-REQ+JWT', 'application/oauth-authz-req+jwt', 'kb+jwt', 7])(
    'must be typed as a request, not as %j',
    async (typ) => {
      const refusal = await refusedToRead(await shop.sign(askSigned(shop.byHash), { typ }));
      expect(refusal).toMatchObject({ reason: 'bad_request', field: 'request.typ' });
    },
  );

  test.each(['none', 'HS256', 'ES512', 'ES256K', 'RS1', 'toString', '', undefined, 7])(
    'must name an algorithm that Signet verifies, not %j',
    async (alg) => {
      const refusal = await refusedToRead(await shop.sign(askSigned(shop.byHash), { alg }));
      expect(refusal).toMatchObject({ reason: 'unsupported', field: 'request.alg' });
    },
  );

  test.each([[['b64']], [['exp']], [['https://example/x']], [[]], ['b64'], [null]])(
    'must name no critical extension, as in %j',
    async (crit) => {
      const refusal = await refusedToRead(await shop.sign(askSigned(shop.byHash), { crit, b64: false }));
      expect(refusal).toMatchObject({ reason: 'bad_request', field: 'request' });
    },
  );

  test('must not name an algorithm of another key', async () => {
    const rsa = await createTestVerifier('RSA');
    for (const [verifier, alg] of [
      [shop, 'RS256'],
      [shop, 'ES384'],
      [shop, 'EdDSA'],
      [rsa, 'ES256'],
      [rsa, 'PS256'],
    ] as const) {
      const refusal = await refusedToIdentify(await verifier.sign(askSigned(verifier.byHash), { alg }));
      expect(refusal).toMatchObject({ reason: 'bad_request', field: 'request.signature' });
    }
  });
});

describe('who signs a request', () => {
  test.each([
    'client',
    'https://shop.example',
    'http:x',
    'openid_federation:https://shop.example',
    'origin:https://shop.example',
    'X509_HASH:abc',
    'x509_san_uri:https://shop.example',
    ':x',
    'did:web:shop.example',
  ])('is known by a prefix, not as %s', async (clientId) => {
    const refusal = await refusedToRead(await shop.sign(askSigned(clientId)));
    expect(refusal).toMatchObject({ reason: 'unsupported', field: 'client_id' });
  });

  test.each([
    undefined,
    '',
    7,
    null,
    'x509_hash:',
    `x509_hash:${'x'.repeat(2048)}`,
    'redirect_uri:https://shop.example/',
  ])('is named, and can sign: not %.40j', async (clientId) => {
    const refusal = await refusedToRead(await shop.sign({ ...askSigned(''), client_id: clientId } as Json));
    expect(refusal).toMatchObject({ reason: 'bad_request', field: 'client_id' });
  });

  test('is the one whose certificate hashes to the client id, and no other', async () => {
    const other = await createTestVerifier();
    const wrong = [
      other.byHash,
      shop.byHash.toUpperCase().replace('X509_HASH', 'x509_hash'),
      `${shop.byHash}=`,
      shop.byHash.slice(0, -1),
    ];
    for (const clientId of wrong) {
      const refusal = await refusedToIdentify(await shop.sign(askSigned(clientId)));
      expect(refusal).toMatchObject({ reason: 'bad_request', field: 'client_id' });
    }
  });

  test('is the host in the certificate', async () => {
    expect(await identify(await shop.sign(askSigned(shop.byName)))).toMatchObject({ clientId: shop.byName });
  });

  test.each([
    'elsewhere.example',
    'example',
    'www.shop.example',
    'shop.example.',
    'Shop.Example',
    'https://shop.example',
    '*.example',
  ])('is not %s by the certificate of another host', async (name) => {
    const refusal = await refusedToIdentify(await shop.sign(askSigned(`x509_san_dns:${name}`)));
    expect(refusal).toMatchObject({ reason: 'bad_request', field: 'client_id' });
  });

  test('is no host that a wildcard stands for', async () => {
    const wild = await createTestVerifier('P-256', { dnsNames: ['*.example'] });
    const refusal = await refusedToIdentify(await wild.sign(askSigned(wild.byName)));
    expect(refusal).toMatchObject({ field: 'client_id' });
  });

  test('is not somebody who only has the certificate', async () => {
    const thief = await createParty('Thief');
    const refusal = await refusedToIdentify(await signAs(thief, askSigned(shop.byHash), { x5c: shop.x5c }));
    expect(refusal).toMatchObject({ reason: 'bad_request', field: 'request.signature' });
  });

  test('is not somebody whose signed words were changed', async () => {
    const [header = '', , signature = ''] = (await shop.sign(askSigned(shop.byHash))).split('.');
    const changed = [header, encode(askSigned(shop.byHash, { nonce: 'another' })), signature].join('.');
    expect(await refusedToIdentify(changed)).toMatchObject({ field: 'request.signature' });
  });

  test.each([undefined, [], 'abc', ['abc'], [7], {}])('shows certificates, not %j', async (x5c) => {
    const refusal = await refusedToIdentify(await shop.sign(askSigned(shop.byHash), { x5c }));
    expect(refusal).toMatchObject({ reason: 'bad_request', field: 'x5c' });
  });

  test('has a certificate that is good now', async () => {
    const request = await shop.sign(askSigned(shop.byHash));
    for (const now of [NOW - 48 * HOUR, NOW + 48 * HOUR]) {
      expect(await refusedToIdentify(request, { now })).toMatchObject({ reason: 'bad_request', field: 'request.x5c' });
    }
  });

  test('has certificates that belong together', async () => {
    const stranger = await createTestVerifier();
    const x5c = [...shop.x5c, ...x5cOf(stranger.root.der)];
    const refusal = await refusedToIdentify(await shop.sign(askSigned(shop.byHash), { x5c }));
    expect(refusal).toMatchObject({ field: 'request.x5c' });
  });

  test('may show the authority too', async () => {
    const x5c = [...shop.x5c, ...x5cOf(shop.root.der)];
    expect(await identify(await shop.sign(askSigned(shop.byHash), { x5c }))).toMatchObject({ vouched: false });
  });

  test('may vouch for themselves, which is to say that nobody does', async () => {
    const self = await createParty('Self');
    const leaf = await certify(self, self, { dnsNames: [HOST], uris: [] });
    const request = await signAs(self, askSigned(`x509_hash:${hashOf(leaf)}`), { x5c: x5cOf(leaf) });
    expect(await identify(request)).toMatchObject({ kind: 'certificate', subject: 'Self', vouched: false });
  });

  test('has no certificate that is not for signing', async () => {
    const forCertificates = await createTestVerifier('P-256', { usage: 0x04 });
    const refusal = await refusedToIdentify(await forCertificates.sign(askSigned(forCertificates.byHash)));
    expect(refusal).toMatchObject({ field: 'request.x5c' });
  });
});

describe('the origins that a signed request is for', () => {
  test('are compared as they are spelt', async () => {
    const request = await shop.sign(askSigned(shop.byHash, { expected_origins: ['https://a.example', ORIGIN] }));
    expect(readSigned(request).expectedOrigins).toEqual(['https://a.example', ORIGIN]);
  });

  test.each([
    ['https://elsewhere.example'],
    ['https://shop.example/'],
    ['HTTPS://shop.example'],
    ['https://shop.example:443'],
    ['http://shop.example'],
    ['shop.example'],
    ['https://*.example'],
    ['*'],
  ])('must hold the page’s, not %s', async (origin) => {
    const refusal = await refusedToRead(await shop.sign(askSigned(shop.byHash, { expected_origins: [origin] })));
    expect(refusal).toMatchObject({ reason: 'bad_request', field: 'expected_origins' });
  });

  test.each([[undefined], [[]], ['https://shop.example'], [[7]], [null], [Array.from({ length: 65 }, () => ORIGIN)]])(
    'must be there and a list, not %.40j',
    async (origins) => {
      const refusal = await refusedToRead(await shop.sign(askSigned(shop.byHash, { expected_origins: origins })));
      expect(refusal.reason).toBe('bad_request');
      expect(refusal.field).toMatch(/^request\.expected_origins/);
    },
  );

  test('are looked at again when it is found out who asks', async () => {
    const request = readSigned(await shop.sign(askSigned(shop.byHash)));
    const origin = parseOrigin('https://elsewhere.example', 'origin');
    const refusal = await refusalOf(() => identifyVerifier(request, { origin, now: NOW, anchors: [] }));
    expect(refusal).toMatchObject({ reason: 'bad_request', field: 'expected_origins' });
  });
});

describe('the times of a signed request', () => {
  test.each([
    { exp: NOW_SECONDS + 1 },
    { exp: NOW_SECONDS - 29 },
    { nbf: NOW_SECONDS + 30 },
    { iat: NOW_SECONDS },
    { exp: NOW_SECONDS + 60, nbf: NOW_SECONDS - 60, iat: NOW_SECONDS - 60 },
    {},
  ])('may be %j', async (times) => {
    expect(await identify(await shop.sign(askSigned(shop.byHash, times)))).toMatchObject({ kind: 'certificate' });
  });

  test.each([
    { exp: NOW_SECONDS - 31 },
    { exp: 0 },
    { nbf: NOW_SECONDS + 31 },
    { iat: NOW_SECONDS + 31 },
    { exp: 'tomorrow' },
    { iat: null },
    { nbf: {} },
  ])('may not be %j', async (times) => {
    const refusal = await refusedToIdentify(await shop.sign(askSigned(shop.byHash, times)));
    expect(refusal).toMatchObject({ reason: 'bad_request', field: 'request.exp' });
  });
});

describe('the object of a signed request', () => {
  test.each(['request', 'request_uri', 'request_uri_method', 'response_uri', 'redirect_uri'])(
    'holds no %s',
    async (name) => {
      const refusal = await refusedToRead(await shop.sign(askSigned(shop.byHash, { [name]: 'https://shop.example/' })));
      expect(refusal).toMatchObject({ reason: 'bad_request', field: name });
    },
  );

  test.each(['direct_post', 'direct_post.jwt', 'query'])('is not answered by %s', async (mode) => {
    const refusal = await refusedToRead(await shop.sign(askSigned(shop.byHash, { response_mode: mode })));
    expect(refusal).toMatchObject({ reason: 'unsupported', field: 'response_mode' });
  });

  test('is read up to a length, and not beyond', async () => {
    const long = await shop.sign(askSigned(shop.byHash, { padding: 'x'.repeat(131_072) }));
    expect(await refusedToRead(long)).toMatchObject({ reason: 'bad_request', field: 'data' });
  });

  test.each(['iss', 'aud', 'jti', 'state', 'nested'])('may hold %s, which is not read', async (name) => {
    const request = await shop.sign(askSigned(shop.byHash, { [name]: { any: ['thing'] } }));
    expect(readSigned(request).params.nonce).toBe(readSigned(await shop.sign(askSigned(shop.byHash))).params.nonce);
  });

  test('alone is read: what stands beside it in the call is not', async () => {
    const request = await shop.sign(askSigned(shop.byHash));
    const data = { request, nonce: 'another', response_mode: 'dc_api.jwt', client_id: 'x509_hash:other' };
    const read = readDcApiRequest({ protocol: 'openid4vp-v1-signed', data }, ORIGIN);
    expect(read).toEqual(readSigned(request));
  });
});
