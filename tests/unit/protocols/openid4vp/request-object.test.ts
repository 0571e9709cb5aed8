import { beforeAll, describe, expect, test } from 'vitest';
import type { Json, TextRequest } from '../../../../lib/core/index.ts';
import { fetchRequestObject, identifyVerifier, readLink } from '../../../../lib/protocols/openid4vp/index.ts';
import type {
  IdentifyOptions,
  PresentationCall,
  ReadRequest,
  Verifier,
} from '../../../../lib/protocols/openid4vp/index.ts';
import { createParty } from '../../../fixtures/credentials/test-certificates.ts';
import { encode, NOW, NOW_SECONDS } from '../../../fixtures/credentials/test-issuer.ts';
import type { TestVerifier } from '../../../fixtures/openid4vp/test-verifier.ts';
import {
  askByLink,
  createAnswerKey,
  createTestVerifier,
  NONCE,
  publicJwkOf,
  QUERY,
  refusalOf,
  signAs,
} from '../../../fixtures/openid4vp/test-verifier.ts';

const URI = 'https://shop.example/request/1';
const ANSWERS = 'https://shop.example/answers';
const OPEN = `redirect_uri:${ANSWERS}`;
const WALLET_NONCE = 'qPmxiNFCR3QTm19POc8u';

let shop: TestVerifier;

beforeAll(async () => {
  shop = await createTestVerifier();
});

function linkTo(parameters: Readonly<Record<string, string>>, loopback = false): PresentationCall {
  const call = readLink(`openid4vp://?${new URLSearchParams(parameters).toString()}`, { loopback });
  if (call.kind !== 'presentation') throw new Error('expected a request');
  return call;
}

interface Fetched {
  readonly request: ReadRequest;
  readonly asked: readonly TextRequest[];
}

async function fetchWith(call: PresentationCall, object = ''): Promise<Fetched> {
  const asked: TextRequest[] = [];
  const request = await fetchRequestObject(call, {
    walletNonce: WALLET_NONCE,
    fetchText: (each) => {
      asked.push(each);
      return Promise.resolve(object);
    },
  });
  return { request, asked };
}

const refer = (clientId: string, more: Readonly<Record<string, string>> = {}): PresentationCall =>
  linkTo({ client_id: clientId, request_uri: URI, ...more });
const refused = (call: PresentationCall, object?: string) => refusalOf(() => fetchWith(call, object));

const identify = async (
  call: PresentationCall,
  object: string,
  options: Partial<IdentifyOptions> = {},
): Promise<Verifier> =>
  identifyVerifier((await fetchWith(call, object)).request, { now: NOW, anchors: [], ...options });

/** Parameters as a link carries them. */
const asText = (parameters: Readonly<Record<string, Json>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
const openLink = (changes: Readonly<Record<string, unknown>> = {}, loopback = false): PresentationCall =>
  linkTo(asText(askByLink(OPEN, { response_uri: undefined, ...changes })), loopback);

describe('a request by reference', () => {
  test('is fetched as a request object, and from where the link says', async () => {
    const { request, asked } = await fetchWith(refer(shop.byName), await shop.sign(askByLink(shop.byName)));
    expect(asked).toEqual([{ url: URI, type: 'application/oauth-authz-req+jwt' }]);
    expect(request).toMatchObject({
      transport: 'link',
      params: {
        clientId: shop.byName,
        nonce: NONCE,
        query: QUERY,
        reply: { mode: 'direct_post', responseUri: ANSWERS, state: 'state-1' },
      },
    });
    expect(request.signatures).toHaveLength(1);
    expect(request).not.toHaveProperty('loopback');
    expect(JSON.parse(JSON.stringify(request))).toEqual(request);
  });

  test('fetched by POST says what every Signet can do, and takes its own nonce back', async () => {
    const object = await shop.sign(askByLink(shop.byName, { wallet_nonce: WALLET_NONCE }));
    const { asked } = await fetchWith(refer(shop.byName, { request_uri_method: 'post' }), object);
    expect(asked[0]?.form?.['wallet_nonce']).toBe(WALLET_NONCE);
    expect(JSON.parse(asked[0]?.form?.['wallet_metadata'] ?? '')).toMatchObject({
      vp_formats_supported: { 'dc+sd-jwt': { 'kb-jwt_alg_values': ['ES256'] } },
      response_modes_supported: ['direct_post', 'direct_post.jwt'],
      request_object_signing_alg_values_supported: expect.arrayContaining(['ES256', 'ES384', 'EdDSA']) as string[],
    });
  });

  test('tells a client that cannot sign of no way to sign', async () => {
    const object = unsigned(askByLink(OPEN, { wallet_nonce: WALLET_NONCE }));
    const { asked } = await fetchWith(refer(OPEN, { request_uri_method: 'post' }), object);
    expect(JSON.parse(asked[0]?.form?.['wallet_metadata'] ?? '')).not.toHaveProperty(
      'request_object_signing_alg_values_supported',
    );
  });

  test.each([undefined, 'another', '', `${WALLET_NONCE} `, null])(
    'fetched by POST that brings %j back for the nonce was made for another visit',
    async (nonce) => {
      const object = await shop.sign(askByLink(shop.byName, { wallet_nonce: nonce }));
      const refusal = await refused(refer(shop.byName, { request_uri_method: 'post' }), object);
      expect(refusal).toMatchObject({ reason: 'bad_request', field: 'wallet_nonce' });
    },
  );

  test.each(['x509_san_dns:elsewhere.example', 'shop.example', 'X509_SAN_DNS:shop.example', '', undefined])(
    'that is of another client than the link is refused: %j',
    async (clientId) => {
      const object = await shop.sign(askByLink(shop.byName, { client_id: clientId }));
      expect(await refused(refer(shop.byName), object)).toMatchObject({ reason: 'bad_request', field: 'client_id' });
    },
  );

  test.each(['https://wallet.example', 'https://self-issued.me/v2/', '', null, 7, {}, [], ['https://wallet.example']])(
    'that was made for another wallet is refused: %j',
    async (aud) => {
      const object = await shop.sign(askByLink(shop.byName, { aud }));
      expect(await refused(refer(shop.byName), object)).toMatchObject({ reason: 'bad_request', field: 'aud' });
    },
  );

  test.each([undefined, 'https://self-issued.me/v2', ['https://wallet.example', 'https://self-issued.me/v2'], URI])(
    'that names any wallet, none, or its own address is taken: %j',
    async (aud) => {
      const object = await shop.sign(askByLink(shop.byName, { aud }));
      expect((await fetchWith(refer(shop.byName), object)).request.params.clientId).toBe(shop.byName);
    },
  );

  test('is one object, signed and typed', async () => {
    const untyped = await shop.sign(askByLink(shop.byName), { typ: 'JWT' });
    expect(await refused(refer(shop.byName), untyped)).toMatchObject({ field: 'request.typ' });
    const critical = await shop.sign(askByLink(shop.byName), { crit: ['x'] });
    expect(await refused(refer(shop.byName), critical)).toMatchObject({ field: 'request' });
    for (const text of ['', '{}', '<html>', 'a.b.c', 'a.b.c.d.e']) {
      expect(await refused(refer(shop.byName), text)).toMatchObject({ reason: 'bad_request', field: 'request' });
    }
  });

  test('that should be signed and is not is refused', async () => {
    const object = unsigned(askByLink(shop.byName));
    expect(await refused(refer(shop.byName), object)).toMatchObject({ reason: 'unsupported', field: 'request.alg' });
  });

  test.each(['request', 'request_uri', 'request_uri_method'])('holds no %s', async (name) => {
    const object = await shop.sign(askByLink(shop.byName, { [name]: URI }));
    expect(await refused(refer(shop.byName), object)).toMatchObject({ reason: 'bad_request', field: name });
  });
});

describe('where an answer goes', () => {
  const answered = async (changes: Readonly<Record<string, unknown>>) =>
    refused(refer(shop.byName), await shop.sign(askByLink(shop.byName, changes)));

  test.each([
    undefined,
    '',
    'http://shop.example/answers',
    'https://user:secret@shop.example/',
    'https://shop.example/#part',
    'javascript:alert(1)',
    'http://localhost/answers',
    'https://127.0.0.1/answers',
    7,
    `https://shop.example/${'x'.repeat(2048)}`,
  ])('is an https address, not %.40j', async (uri) => {
    expect(await answered({ response_uri: uri })).toMatchObject({ reason: 'bad_request', field: 'response_uri' });
  });

  test('is no redirect_uri', async () => {
    expect(await answered({ redirect_uri: ANSWERS })).toMatchObject({ reason: 'bad_request', field: 'redirect_uri' });
    expect(await answered({ redirect_uri: ANSWERS, response_uri: undefined })).toMatchObject({ field: 'redirect_uri' });
  });

  test.each(['fragment', 'query', 'dc_api', 'dc_api.jwt', 'form_post'])('is not answered by %s', async (mode) => {
    expect(await answered({ response_mode: mode })).toMatchObject({ reason: 'unsupported', field: 'response_mode' });
  });

  test.each(['a b', 'ä', '', 7, 'x'.repeat(4097)])('is not told the state %.20j', async (state) => {
    expect(await answered({ state })).toMatchObject({ reason: 'bad_request', field: 'request.state' });
  });

  test('encrypted, where there is a key to encrypt to', async () => {
    expect(await answered({ response_mode: 'direct_post.jwt' })).toMatchObject({ field: 'client_metadata.jwks' });
    const { jwk } = await createAnswerKey();
    const changes = { response_mode: 'direct_post.jwt', client_metadata: { jwks: { keys: [jwk] } } };
    const { request } = await fetchWith(refer(shop.byName), await shop.sign(askByLink(shop.byName, changes)));
    expect(request.params.reply).toMatchObject({
      mode: 'direct_post.jwt',
      responseUri: ANSWERS,
      state: 'state-1',
      encryption: { enc: 'A128GCM', key: { kid: 'answer' } },
    });
  });

  test.each(['https://elsewhere.example/answers', 'https://www.shop.example/', 'https://shop.example.evil.example/'])(
    'is the host in the client’s certificate, whoever vouches for it, not %s',
    async (uri) => {
      const object = await shop.sign(askByLink(shop.byName, { response_uri: uri }));
      for (const anchors of [[], [shop.root]]) {
        const refusal = await refusalOf(() => identify(refer(shop.byName), object, { anchors }));
        expect(refusal).toMatchObject({ reason: 'bad_request', field: 'response_uri' });
      }
    },
  );

  test('may be another port of that host', async () => {
    const object = await shop.sign(askByLink(shop.byName, { response_uri: 'https://shop.example:8443/a' }));
    expect(await identify(refer(shop.byName), object)).toMatchObject({ kind: 'certificate', vouched: false });
  });
});

describe('a request by a link that is signed', () => {
  test('may be carried whole', async () => {
    const call = linkTo({ client_id: shop.byHash, request: await shop.sign(askByLink(shop.byHash)) });
    const { request, asked } = await fetchWith(call);
    expect(asked).toEqual([]);
    expect(await identifyVerifier(request, { now: NOW, anchors: [] })).toMatchObject({ clientId: shop.byHash });
  });

  test('is not from somebody who only shows the certificate', async () => {
    const thief = await createParty('Thief');
    const object = await signAs(thief, askByLink(shop.byName), { x5c: shop.x5c });
    const refusal = await refusalOf(() => identify(refer(shop.byName), object));
    expect(refusal).toMatchObject({ field: 'request.signature' });
  });

  test('runs out', async () => {
    const object = await shop.sign(askByLink(shop.byName, { exp: NOW_SECONDS - 60 }));
    expect(await refusalOf(() => identify(refer(shop.byName), object))).toMatchObject({ field: 'request.exp' });
  });

  test('needs no expected origins, and is not read for them', async () => {
    const object = await shop.sign(askByLink(shop.byName, { expected_origins: ['https://elsewhere.example'] }));
    expect(await identify(refer(shop.byName), object)).toMatchObject({ kind: 'certificate' });
  });

  test('by an attested client is answered where somebody the person trusts attests it, and where it is attested', async () => {
    const attester = await createTestVerifier('P-256', { dnsNames: [], uris: ['https://attester.example'] });
    const client = 'verifier_attestation:shop.example';
    const claims = {
      iss: 'https://attester.example',
      sub: 'shop.example',
      exp: NOW_SECONDS + 60,
      cnf: { jwk: await publicJwkOf(shop.party) },
    };
    const objectFor = async (uris: readonly string[]): Promise<string> => {
      const jwt = await attester.sign({ ...claims, redirect_uris: uris }, { typ: 'verifier-attestation+jwt' });
      return signAs(shop.party, askByLink(client), { jwt });
    };
    const anchors = [attester.root];
    const good = await objectFor([ANSWERS]);
    expect(await identify(refer(client), good, { anchors })).toMatchObject({ kind: 'attested', vouched: true });
    expect(await refusalOf(() => identify(refer(client), good))).toMatchObject({ reason: 'unsupported' });
    const elsewhere = await objectFor(['https://shop.example/other']);
    expect(await refusalOf(() => identify(refer(client), elsewhere, { anchors }))).toMatchObject({
      reason: 'bad_request',
      field: 'response_uri',
    });
  });
});

describe('a request by a link that nobody signs', () => {
  test('is from whoever receives at the address that is the client', async () => {
    const { request, asked } = await fetchWith(openLink());
    expect(asked).toEqual([]);
    expect(request.params.reply).toEqual({ mode: 'direct_post', responseUri: ANSWERS, state: 'state-1' });
    expect(await identifyVerifier(request, { now: NOW, anchors: [] })).toEqual({
      kind: 'redirect_uri',
      clientId: OPEN,
      info: [],
    });
  });

  test('may be fetched as an object without a signature', async () => {
    expect(await identify(refer(OPEN), unsigned(askByLink(OPEN)))).toMatchObject({ kind: 'redirect_uri' });
  });

  test('has no signature that means anything', async () => {
    const signed = await shop.sign(askByLink(OPEN));
    expect(await refused(refer(OPEN), signed)).toMatchObject({ reason: 'bad_request', field: 'request.alg' });
    const half = await shop.sign(askByLink(OPEN), { alg: 'none' });
    expect(await refused(refer(OPEN), half)).toMatchObject({ reason: 'bad_request', field: 'request.alg' });
  });

  test('is answered at no other address', async () => {
    for (const uri of ['https://elsewhere.example/', `${ANSWERS}/`, `${ANSWERS}?a=1`, 'https://SHOP.example/answers']) {
      expect(await refused(openLink({ response_uri: uri }))).toMatchObject({ field: 'response_uri' });
    }
  });

  test.each([
    'x509_hash:abc',
    'x509_san_dns:shop.example',
    'decentralized_identifier:did:jwk:abc',
    'verifier_attestation:a',
  ])('is not from %s', async (clientId) => {
    const refusal = await refused(openLink({ client_id: clientId, response_uri: ANSWERS }));
    expect(refusal).toMatchObject({ reason: 'bad_request', field: 'client_id' });
  });

  test.each(['registered', 'https://shop.example', 'origin:https://shop.example', 'web-origin:https://shop.example'])(
    'is not from %s, which no wallet can know',
    async (clientId) => {
      const refusal = await refused(openLink({ client_id: clientId, response_uri: ANSWERS }));
      expect(refusal).toMatchObject({ reason: 'unsupported', field: 'client_id' });
    },
  );

  test('is the same client in a stored request that was changed, or is refused', async () => {
    const { request } = await fetchWith(openLink());
    const changed = { ...request, params: { ...request.params, clientId: shop.byHash } };
    const refusal = await refusalOf(() => identifyVerifier(changed, { now: NOW, anchors: [] }));
    expect(refusal).toMatchObject({ reason: 'bad_request' });
  });
});

describe('a link of this machine', () => {
  const HERE = 'http://127.0.0.1:4000/answers';
  const client = `redirect_uri:${HERE}`;
  const referHere = (clientId: string, uri = 'http://127.0.0.1:4000/r'): PresentationCall =>
    linkTo({ client_id: clientId, request_uri: uri }, true);

  test('is answered to this machine where that is admitted', async () => {
    const byValue = openLink({ client_id: client }, true);
    expect((await fetchWith(byValue)).request).toMatchObject({ loopback: true });
    expect(await refused(openLink({ client_id: client }))).toMatchObject({ field: 'response_uri' });
    const object = unsigned(askByLink(client, { response_uri: HERE }));
    expect((await fetchWith(referHere(client), object)).request).toMatchObject({ loopback: true });
  });

  test('is of this machine altogether', async () => {
    const toHere = unsigned(askByLink(client, { response_uri: HERE }));
    expect(await refused(referHere(client, URI), toHere)).toMatchObject({
      reason: 'bad_request',
      field: 'response_uri',
    });
    const toThere = unsigned(askByLink(OPEN));
    expect(await refused(referHere(OPEN), toThere)).toMatchObject({ reason: 'bad_request', field: 'response_uri' });
  });
});

/** A request object without a signature (RFC 7515 appendix A.5). */
function unsigned(payload: Json): string {
  return `${encode({ alg: 'none', typ: 'oauth-authz-req+jwt' })}.${encode(payload)}.`;
}
