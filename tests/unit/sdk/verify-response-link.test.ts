import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../lib/core/index.ts';
import type { LinkRequestOptions, RequestSession, RequestSigning, ResponseResult } from '../../../lib/sdk/index.ts';
import {
  MemoryReplayStore,
  createRequest,
  postedSessionId,
  requestObject,
  verifyResponse,
} from '../../../lib/sdk/index.ts';
import { parseJws } from '../../../lib/credentials/verifying/index.ts';
import type { Held } from '../../fixtures/credentials/any-wallet.ts';
import { answerKeyIn, encrypt, hold, show, showBearer } from '../../fixtures/credentials/any-wallet.ts';
import { certify, createParty } from '../../fixtures/credentials/test-certificates.ts';
import type { TestIssuer } from '../../fixtures/credentials/test-issuer.ts';
import { ISSUER, NOW, NOW_SECONDS, VCT, createTestIssuer, issueAge } from '../../fixtures/credentials/test-issuer.ts';

const ANSWER = 'https://shop.example/answer';
const REQUEST = 'https://shop.example/request/1';

let issuer: TestIssuer;
let card: Held;
let signing: RequestSigning;

beforeAll(async () => {
  issuer = await createTestIssuer();
  card = await hold((holder) => issueAge(issuer, holder));
  const shop = await createParty('Shop');
  signing = { key: shop.keyPair.privateKey, certificates: [await certify(shop, shop, { dnsNames: ['shop.example'] })] };
});

interface Linked {
  readonly link: string;
  readonly session: RequestSession;
  readonly audience: string;
}

async function linked(changes: Partial<LinkRequestOptions> = {}): Promise<Linked> {
  const asked = { claims: 'age_over_21', types: [VCT], responseUri: ANSWER, now: new Date(NOW), ...changes };
  const { request, session } = await createRequest({ ...asked, transport: 'link' } as LinkRequestOptions); // some are wrong
  const kept = JSON.parse(JSON.stringify(session)) as RequestSession;
  return { link: request.link, session: kept, audience: new URL(request.link).searchParams.get('client_id') ?? '' };
}

const proofFor = ({ session, audience }: Linked, changes: object = {}): string =>
  show(card, { audience, nonce: session.nonce, ...changes });

const form = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();

/** What a wallet posts: plain or encrypted, as the request has it. */
async function posted(
  asked: Linked,
  proof = proofFor(asked),
  more: JsonObject = { state: asked.session.id },
): Promise<string> {
  const token = { proof: [proof] };
  if (asked.session.params['response_mode'] === 'direct_post') {
    return form({ vp_token: JSON.stringify(token), ...(more as Readonly<Record<string, string>>) });
  }
  return form({ response: await encrypt({ vp_token: token, ...more }, answerKeyIn(asked.session.params)) });
}

const check = (body: unknown, { session }: Linked, changes: object = {}): Promise<ResponseResult> =>
  verifyResponse(body, session, {
    issuers: [{ issuer: ISSUER, jwks: { keys: [issuer.publicJwk] } }],
    now: new Date(NOW),
    replay: new MemoryReplayStore({ clock: () => NOW }),
    ...changes,
  });

async function reason(result: Promise<ResponseResult>): Promise<string> {
  const settled = await result;
  return settled.valid ? 'valid' : settled.reason;
}

describe('a request by link', () => {
  it('unsigned, holds all its parameters', async () => {
    const { link, session } = await linked({ encrypt: false });
    const params = Object.fromEntries(new URL(link).searchParams);
    expect(link).toMatch(/^openid4vp:\/\/\?/);
    expect(params).toMatchObject({
      client_id: `redirect_uri:${ANSWER}`,
      response_type: 'vp_token',
      response_mode: 'direct_post',
      response_uri: ANSWER,
      nonce: session.nonce,
      state: session.id,
    });
    expect(JSON.parse(params['dcql_query'] ?? '')).toEqual(session.query);
  });

  it('signed, holds the request, or says where it is fetched', async () => {
    const inline = await linked({ signing });
    const { header, payload } = parseJws(new URL(inline.link).searchParams.get('request') ?? '', 'request');
    expect(header).toMatchObject({ typ: 'oauth-authz-req+jwt', alg: 'ES256' });
    expect(payload).toMatchObject({
      client_id: inline.audience,
      response_mode: 'direct_post.jwt',
      aud: 'https://self-issued.me/v2',
      iat: NOW_SECONDS,
      exp: NOW_SECONDS + 600,
    });
    const fetched = await linked({ signing, requestUri: REQUEST, wallet: 'https://wallet.example/open?v=1' });
    expect(fetched.link).toMatch(/^https:\/\/wallet\.example\/open\?v=1&client_id=/);
    expect(Object.fromEntries(new URL(fetched.link).searchParams)).toEqual({
      v: '1',
      client_id: fetched.audience,
      request_uri: REQUEST,
      request_uri_method: 'post',
    });
  });

  it.each<[string, object]>([
    ['responseUri', { responseUri: 'http://shop.example/answer' }],
    ['responseUri', { responseUri: 'answer' }],
    ['requestUri', { requestUri: REQUEST }],
    ['wallet', { wallet: 'openid4vp' }],
  ])('throws naming %s: %j', async (field, changes) => {
    await expect(linked(changes)).rejects.toMatchObject({ reason: 'bad_request', field });
  });

  it('is not signed by a certificate of another host, nor by two', async () => {
    const byName = { ...signing, by: 'x509_san_dns' as const };
    const elsewhere = { signing: byName, responseUri: 'https://elsewhere.example/answer' };
    await expect(linked(elsewhere)).rejects.toMatchObject({ field: 'responseUri' });
    await expect(linked({ signing: [signing, signing] as never })).rejects.toMatchObject({ field: 'signing' });
    expect((await linked({ signing: byName })).audience).toBe('x509_san_dns:shop.example');
  });
});

describe('what is answered where a request is fetched', () => {
  it('is the request, with the wallet’s nonce where it sent one', async () => {
    const { session, audience } = await linked({ signing, requestUri: REQUEST });
    const get = await requestObject(session, { signing });
    expect(get).toMatchObject({
      status: 200,
      headers: { 'Content-Type': 'application/oauth-authz-req+jwt', 'Cache-Control': 'no-store' },
    });
    const claims = { client_id: audience, nonce: session.nonce, state: session.id, response_uri: ANSWER };
    expect(parseJws(get.body, 'request').payload).toMatchObject(claims);
    expect(parseJws(get.body, 'request').payload).not.toHaveProperty('wallet_nonce');
    const body = form({ wallet_nonce: 'qPmxiNFCR3QTm19POc8u+/', wallet_metadata: '{}' });
    const post = await requestObject(session, { signing, body });
    expect(parseJws(post.body, 'request').payload).toMatchObject({ ...claims, wallet_nonce: 'qPmxiNFCR3QTm19POc8u+/' });
  });

  it.each([form({ wallet_nonce: '' }), 'wallet_nonce=a&wallet_nonce=b', form({ wallet_nonce: 'x'.repeat(513) })])(
    'is nothing for a nonce that is none: %s',
    async (body) => {
      const { session } = await linked({ signing, requestUri: REQUEST });
      await expect(requestObject(session, { signing, body })).rejects.toMatchObject({ field: 'body' });
    },
  );

  it('is nothing for a request of a page, or of another signer', async () => {
    const page = await createRequest({ claims: 'age_over_21', types: [VCT], origin: 'shop.example' });
    await expect(requestObject(page.session, { signing })).rejects.toMatchObject({ field: 'signing' });
    const other = await createParty('Other');
    const stranger = { key: other.keyPair.privateKey, certificates: [await certify(other, other)] };
    const { session } = await linked({ signing, requestUri: REQUEST });
    await expect(requestObject(session, { signing: stranger })).rejects.toMatchObject({ field: 'signing' });
  });
});

describe('verifyResponse, of what a wallet posted,', () => {
  it.each<[string, object]>([
    ['plain', { encrypt: false }],
    ['encrypted', {}],
  ])('%s, accepts a good answer for the client id, to unsigned and signed requests', async (_, changes) => {
    for (const signs of [{}, { signing }]) {
      const asked = await linked({ ...changes, ...signs });
      const body = await posted(asked);
      expect(postedSessionId(body)).toBe(asked.session.id);
      expect(await check(body, asked)).toMatchObject({ valid: true, claims: { age_over_21: true } });
    }
  });

  it('takes an encrypted answer without state, and no plain one', async () => {
    const [encrypted, plain] = [await linked(), await linked({ encrypt: false })];
    expect(await reason(check(await posted(encrypted, undefined, {}), encrypted))).toBe('valid');
    expect(await reason(check(await posted(plain, undefined, {}), plain))).toBe('wrong_nonce');
  });

  it('takes no state of another request', async () => {
    for (const changes of [{}, { encrypt: false }]) {
      const asked = await linked(changes);
      expect(await reason(check(await posted(asked, undefined, { state: 'other' }), asked))).toBe('wrong_nonce');
    }
  });

  it('needs the state where nobody is shown to hold the credential', async () => {
    const query = {
      id: 'proof',
      format: 'dc+sd-jwt',
      meta: { vct_values: [VCT] },
      claims: [{ path: ['age_over_21'] }],
      require_cryptographic_holder_binding: false,
    };
    const asked = await linked({ claims: undefined, types: undefined, dcql_query: { credentials: [query] } } as never);
    const bare = showBearer(card, [card.disclosures['age_over_21'] ?? '']);
    expect(await reason(check(await posted(asked, bare, {}), asked))).toBe('wrong_nonce');
    expect(await reason(check(await posted(asked, bare), asked))).toBe('valid');
  });

  it.each([`origin:https://shop.example`, ANSWER, 'https://shop.example', 'x509_hash:other'])(
    'refuses one that was made for %s',
    async (audience) => {
      const asked = await linked({ signing });
      expect(await reason(check(await posted(asked, proofFor(asked, { audience })), asked))).toBe('wrong_audience');
    },
  );

  it('refuses the answer to a request of a page', async () => {
    const asked = await linked({ encrypt: false });
    const page = await createRequest({
      claims: 'age_over_21',
      types: [VCT],
      origin: 'shop.example',
      now: new Date(NOW),
    });
    const body = form({ vp_token: JSON.stringify({ proof: [proofFor(asked)] }), state: page.session.id });
    expect(await reason(check(body, { ...asked, session: page.session }))).toBe('malformed');
    expect(await reason(check({ vp_token: { proof: [proofFor(asked)] } }, asked))).toBe('malformed');
  });

  it.each<[string, (asked: Linked) => string | Promise<string>]>([
    ['an empty form', () => ''],
    ['presentations that are no JSON', ({ session }) => form({ vp_token: 'abc', state: session.id })],
    ['a parameter twice', async (asked) => `${await posted(asked)}&state=${asked.session.id}`],
    ['presentations twice', async (asked) => `${await posted(asked)}&vp_token=%7B%7D`],
    [
      'an encrypted answer',
      async (asked) =>
        form({ response: await encrypt({}, answerKeyIn((await linked()).session.params)), state: asked.session.id }),
    ],
  ])('refuses %s', async (_, make) => {
    const asked = await linked({ encrypt: false });
    expect(await reason(check(await make(asked), asked))).toBe('malformed');
  });

  it('refuses a plain answer where an encrypted one was asked, and reads an error in clear', async () => {
    const asked = await linked();
    const plain = form({ vp_token: JSON.stringify({ proof: [proofFor(asked)] }), state: asked.session.id });
    expect(await reason(check(plain, asked))).toBe('malformed');
    const error = form({ error: 'access_denied', state: asked.session.id });
    expect(await check(error, asked)).toMatchObject({ valid: false, error: 'access_denied' });
  });

  it('takes a session once', async () => {
    const asked = await linked();
    const replay = new MemoryReplayStore({ clock: () => NOW });
    const body = await posted(asked);
    expect(await reason(check(body, asked, { replay }))).toBe('valid');
    expect(await reason(check(body, asked, { replay }))).toBe('wrong_nonce');
  });
});

describe('postedSessionId', () => {
  it.each(['', 'response=abc', 'response=e30.e30.e30.e30.e30', 'vp_token=%7B%7D'])('finds none in %j', (body) => {
    expect(postedSessionId(body)).toBeUndefined();
  });
});
