import { setGlobalConfig } from '@openid4vc/oauth2';
import type { CallbackContext, JwtSigner } from '@openid4vc/oauth2';
import { Openid4vpVerifier } from '@openid4vc/openid4vp';
import { compactDecrypt, SignJWT } from 'jose';
import type { JWTHeaderParameters, JWTPayload } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Json, JsonObject } from '../../lib/core/index.ts';
import { toBase64url, utf8 } from '../../lib/core/index.ts';
import { createFetchJson } from '../../lib/platform/fetch-json.ts';
import { createFetchText } from '../../lib/platform/fetch-text.ts';
import {
  fetchRequestObject,
  identifyVerifier,
  postAnswer,
  readDcApiRequest,
  readLink,
  writeDcApiAnswer,
} from '../../lib/protocols/openid4vp/index.ts';
import type { Party } from '../fixtures/credentials/test-certificates.ts';
import { createParty } from '../fixtures/credentials/test-certificates.ts';
import { NOW, NOW_SECONDS } from '../fixtures/credentials/test-issuer.ts';
import type { TestVerifier } from '../fixtures/openid4vp/test-verifier.ts';
import {
  createAnswerKey,
  createTestVerifier,
  NONCE,
  ORIGIN,
  publicJwkOf,
  QUERY,
  refusalOf,
} from '../fixtures/openid4vp/test-verifier.ts';
import { serve } from '../fixtures/serve.ts';

/** Requests made, and answers read, by `@openid4vc/openid4vp` with `jose` beneath. */

const WALLET_NONCE = 'qPmxiNFCR3QTm19POc8u';
const VP_TOKEN = { pid: ['eyJhbGciOiJFUzI1NiJ9.e30.AAAA~'] };
/** The library's clock is the machine's. */
const TIMES = { iat: NOW_SECONDS, exp: NOW_SECONDS + 300 };

let shop: TestVerifier;
let answerKey: Awaited<ReturnType<typeof createAnswerKey>>;

beforeAll(async () => {
  [shop, answerKey] = await Promise.all([createTestVerifier(), createAnswerKey()]);
  setGlobalConfig({ allowInsecureUrls: true }); // this machine's servers
});

type Callbacks = Pick<CallbackContext, 'signJwt' | 'encryptJwe' | 'decryptJwe' | 'verifyJwt' | 'fetch' | 'hash'>;

const callbacksOf = (party: Party): Callbacks => ({
  signJwt: async (_, { header, payload }) => ({
    // The two libraries type absent members differently.
    jwt: await new SignJWT(payload as JWTPayload)
      .setProtectedHeader(header as JWTHeaderParameters)
      .sign(party.keyPair.privateKey),
    signerJwk: (await publicJwkOf(party)) as unknown as { kty: string }, // a JWK of an elliptic curve
  }),
  decryptJwe: async (jwe) => ({
    decrypted: true,
    decryptionJwk: answerKey.jwk as unknown as { kty: string }, // likewise
    payload: Buffer.from((await compactDecrypt(jwe, answerKey.key)).plaintext).toString(),
  }),
  encryptJwe: () => Promise.reject(new Error('nothing is encrypted here')),
  verifyJwt: () => Promise.reject(new Error('no answer is signed')),
  hash: async (data, algorithm) => new Uint8Array(await crypto.subtle.digest(algorithm, new Uint8Array(data))),
});

const verifierOf = (party = shop.party): Openid4vpVerifier => new Openid4vpVerifier({ callbacks: callbacksOf(party) });

const ES256: [string, ...string[]] = ['ES256'];
const metadata = () => ({
  jwks: { keys: [answerKey.jwk as unknown as { kty: string; kid: string }] },
  encrypted_response_enc_values_supported: ['A128GCM', 'A256GCM'],
  vp_formats_supported: { 'dc+sd-jwt': { 'sd-jwt_alg_values': ES256, 'kb-jwt_alg_values': ES256 } },
});

const byCertificate = (): JwtSigner => ({ method: 'x5c', alg: 'ES256', x5c: [...shop.x5c] });

describe('requests of a page', () => {
  const payload = (mode: 'dc_api' | 'dc_api.jwt', more: object = {}) => ({
    response_type: 'vp_token' as const,
    response_mode: mode,
    nonce: NONCE,
    dcql_query: QUERY,
    client_metadata: metadata(),
    ...more,
  });

  test.each(['dc_api', 'dc_api.jwt'] as const)('without a signature are read, and answered by %s', async (mode) => {
    const { authorizationRequestPayload } = await verifierOf().createOpenId4vpAuthorizationRequest({
      authorizationRequestPayload: payload(mode),
    });
    const data = authorizationRequestPayload as unknown as Json; // it is sent as JSON
    const { params } = readDcApiRequest({ protocol: 'openid4vp-v1-unsigned', data }, ORIGIN);
    expect(params).toMatchObject({ nonce: NONCE, query: QUERY, reply: { mode }, issuerAlgorithms: ['ES256'] });
    const answer = await writeDcApiAnswer(params, VP_TOKEN);
    const parsed = await verifierOf().parseOpenid4vpAuthorizationResponse({
      callbacks: callbacksOf(shop.party),
      authorizationResponse: { ...answer },
      authorizationRequestPayload,
      origin: ORIGIN,
    });
    expect(parsed).toMatchObject({ type: 'dcql', dcql: { presentations: VP_TOKEN }, expectedNonce: NONCE });
    expect(parsed.jarm?.jarmHeader.alg).toBe(mode === 'dc_api' ? undefined : 'ECDH-ES');
  });

  const signed = async (clientId: string, jwtSigner: JwtSigner, more: object = {}, party = shop.party) => {
    const { authorizationRequestPayload, jar } = await verifierOf(party).createOpenId4vpAuthorizationRequest({
      authorizationRequestPayload: payload('dc_api.jwt', { client_id: clientId, expected_origins: [ORIGIN], ...more }),
      jar: { jwtSigner, expiresInSeconds: 300, additionalJwtPayload: TIMES },
    });
    const data: JsonObject = { request: jar?.authorizationRequestJwt ?? '' };
    return { authorizationRequestPayload, data };
  };

  test.each(['x509_hash', 'x509_san_dns'] as const)('with a certificate are verified by %s', async (prefix) => {
    const clientId = prefix === 'x509_hash' ? shop.byHash : shop.byName;
    const { authorizationRequestPayload, data } = await signed(clientId, byCertificate());
    const request = readDcApiRequest({ protocol: 'openid4vp-v1-signed', data }, ORIGIN);
    const verifier = await identifyVerifier(request, { origin: ORIGIN, now: NOW, anchors: [shop.root] });
    expect(verifier).toMatchObject({ kind: 'certificate', clientId, vouched: true });
    const parsed = await verifierOf().parseOpenid4vpAuthorizationResponse({
      callbacks: callbacksOf(shop.party),
      authorizationResponse: { ...(await writeDcApiAnswer(request.params, VP_TOKEN)) },
      authorizationRequestPayload,
      origin: ORIGIN,
    });
    expect(parsed).toMatchObject({ dcql: { presentations: VP_TOKEN } });
  });

  test('with a DID are verified', async () => {
    const party = await createParty('Shop', 'Ed25519');
    const did = `did:jwk:${toBase64url(utf8(JSON.stringify(await publicJwkOf(party))))}`;
    const signer: JwtSigner = { method: 'did', alg: 'EdDSA', didUrl: `${did}#0` };
    const { data } = await signed(`decentralized_identifier:${did}`, signer, {}, party);
    const request = readDcApiRequest({ protocol: 'openid4vp-v1-signed', data }, ORIGIN);
    expect(await identifyVerifier(request, { origin: ORIGIN, now: NOW, anchors: [] })).toMatchObject({
      kind: 'did',
      did,
    });
  });

  test('for another origin, of another certificate, or run out are refused', async () => {
    const elsewhere = await signed(shop.byHash, byCertificate(), { expected_origins: ['https://elsewhere.example'] });
    const read = (data: JsonObject) => readDcApiRequest({ protocol: 'openid4vp-v1-signed', data }, ORIGIN);
    expect(await refusalOf(() => read(elsewhere.data))).toMatchObject({ field: 'expected_origins' });
    const other = await signed((await createTestVerifier()).byHash, byCertificate());
    const identify = (data: JsonObject, at: number) =>
      identifyVerifier(read(data), { origin: ORIGIN, now: at, anchors: [] });
    expect(await refusalOf(() => identify(other.data, NOW))).toMatchObject({ field: 'client_id' });
    const good = await signed(shop.byHash, byCertificate());
    expect(await refusalOf(() => identify(good.data, NOW + 331_000))).toMatchObject({ field: 'request.exp' });
  });
});

describe('requests of a link', () => {
  /** A verifier behind a server: it hands out its request and keeps what is posted. */
  async function verifierServer(mode: 'direct_post' | 'direct_post.jwt', method: 'get' | 'post') {
    const posted: string[] = [];
    let metadataSeen = '';
    let parameters: Awaited<ReturnType<typeof makeRequest>>['authorizationRequestPayload'] | undefined;
    const server = await serve((request, response) => {
      void answer(request, response);
    });
    const makeRequest = (walletNonce?: string) =>
      verifierOf().createOpenId4vpAuthorizationRequest({
        authorizationRequestPayload: {
          ...{ response_type: 'vp_token', response_mode: mode, client_id: shop.byHash, nonce: NONCE, state: 'state-1' },
          ...{ response_uri: `${server.origin}/answers`, dcql_query: QUERY, client_metadata: metadata() },
          ...(walletNonce !== undefined && { wallet_nonce: walletNonce }),
        },
        jar: {
          jwtSigner: byCertificate(),
          expiresInSeconds: 300,
          additionalJwtPayload: TIMES,
          requestUri: `${server.origin}/request`,
        },
        ...(walletNonce !== undefined && { wallet: { expectedNonce: walletNonce } }),
      });
    async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const body = await bodyOf(request);
      if (request.url === '/request') {
        metadataSeen = new URLSearchParams(body).get('wallet_metadata') ?? '';
        const made = await makeRequest(new URLSearchParams(body).get('wallet_nonce') ?? undefined);
        parameters = made.authorizationRequestPayload;
        response.writeHead(200, { 'Content-Type': 'application/oauth-authz-req+jwt' });
        response.end(made.jar?.authorizationRequestJwt);
        return;
      }
      posted.push(body);
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ redirect_uri: `${server.origin}/done#response_code=1` }));
    }
    const { authorizationRequest } = await makeRequest();
    const link = method === 'post' ? `${authorizationRequest}&request_uri_method=post` : authorizationRequest;
    return { server, link, posted, parameters: () => parameters, metadataSeen: () => metadataSeen };
  }

  const doors = {
    fetchText: createFetchText(fetch),
    fetchJson: createFetchJson(fetch),
    walletNonce: WALLET_NONCE,
  };

  test.each([
    ['direct_post', 'get'],
    ['direct_post', 'post'],
    ['direct_post.jwt', 'get'],
    ['direct_post.jwt', 'post'],
  ] as const)('answered by %s and fetched by %s run from end to end', async (mode, method) => {
    const { server, link, posted, parameters, metadataSeen } = await verifierServer(mode, method);
    await using running = server;
    const call = readLink(link, { loopback: true });
    if (call.kind !== 'presentation') throw new Error('expected a request');
    const request = await fetchRequestObject(call, doors);
    const verifier = await identifyVerifier(request, { now: NOW, anchors: [shop.root] });
    expect(verifier).toMatchObject({ kind: 'certificate', clientId: shop.byHash, vouched: true });
    expect(metadataSeen() === '').toBe(method === 'get');

    const { redirectUri } = await postAnswer(request.params, { vpToken: VP_TOKEN }, doors);
    expect(redirectUri).toBe(`${running.origin}/done#response_code=1`);
    const form = Object.fromEntries(new URLSearchParams(posted[0]));
    expect(Object.keys(form).sort()).toEqual(mode === 'direct_post' ? ['state', 'vp_token'] : ['response']);
    const authorizationRequestPayload = parameters();
    if (authorizationRequestPayload === undefined) throw new Error('nobody asked for the request');
    const parsed = await verifierOf().parseOpenid4vpAuthorizationResponse({
      callbacks: callbacksOf(shop.party),
      authorizationResponse: form,
      authorizationRequestPayload,
    });
    expect(parsed).toMatchObject({ type: 'dcql', dcql: { presentations: VP_TOKEN } });
    expect(parsed.authorizationResponsePayload.state).toBe('state-1');
  });

  test('that nobody signs run by value', async () => {
    const address = 'https://shop.example/answers';
    const { authorizationRequest } = await verifierOf().createOpenId4vpAuthorizationRequest({
      authorizationRequestPayload: {
        ...{ response_type: 'vp_token', response_mode: 'direct_post', client_id: `redirect_uri:${address}` },
        ...{ response_uri: address, nonce: NONCE, dcql_query: QUERY, client_metadata: metadata() },
      },
    });
    const call = readLink(authorizationRequest);
    if (call.kind !== 'presentation') throw new Error('expected a request');
    const request = await fetchRequestObject(call, doors);
    expect(request.params.query).toEqual(QUERY);
    expect(await identifyVerifier(request, { now: NOW, anchors: [] })).toMatchObject({ kind: 'redirect_uri' });
  });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set: chunks are bytes
  return Buffer.concat(chunks).toString();
}
