import { parseOpenid4vpAuthorizationResponse } from '@openid4vc/openid4vp';
import { DcqlQuery } from 'dcql';
import { compactDecrypt } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../lib/core/index.ts';
import type {
  LinkRequestOptions,
  PageRequest,
  PageRequestOptions,
  RequestSession,
  RequestSigning,
  ResponseResult,
} from '../../lib/sdk/index.ts';
import {
  MemoryReplayStore,
  createRequest,
  postedSessionId,
  requestObject,
  verifyResponse,
} from '../../lib/sdk/index.ts';
import { certify, createParty } from '../fixtures/credentials/test-certificates.ts';
import { encode } from '../fixtures/credentials/test-issuer.ts';
import type { ForeignWallet } from '../fixtures/openid4vc-wallet.ts';
import { createForeignWallet } from '../fixtures/openid4vc-wallet.ts';

const SHOP = 'https://shop.example';
const ANSWER = 'https://shop.example/answer';
const REQUEST = 'https://shop.example/request';
const ISSUER = 'https://issuer.example';
const PID = 'https://issuer.example/pid';
const CLUB = 'https://issuer.example/club';

let wallet: ForeignWallet;
let certified: RequestSigning;
let byHost: RequestSigning;
let byDid: RequestSigning;

beforeAll(async () => {
  wallet = await createForeignWallet([
    {
      iss: ISSUER,
      vct: PID,
      claims: {
        given_name: 'Ada',
        birthdate: '1990-05-17',
        age_equal_or_over: { '18': true, '21': true, '65': false },
        address: { country: 'GB', locality: 'London' },
        nationalities: ['GB', 'FR'],
      },
    },
    { iss: ISSUER, vct: CLUB, claims: { member: true, since: 2019 } },
  ]);
  const [shop, other] = [await createParty('Shop'), await createParty('Shop again')];
  const times = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 86_400_000 };
  const certificates = [await certify(shop, shop, { ...times, dnsNames: ['shop.example'] })];
  certified = { key: shop.keyPair.privateKey, certificates };
  byHost = { ...certified, by: 'x509_san_dns' };
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', other.keyPair.publicKey);
  byDid = { key: other.keyPair.privateKey, did: `did:jwk:${encode({ kty, crv, x, y })}` };
});

const check = (answer: unknown, session: RequestSession): Promise<ResponseResult> =>
  verifyResponse(answer, session, {
    issuers: [{ issuer: ISSUER, jwks: { keys: [wallet.issuerKey] } }],
    replay: new MemoryReplayStore(),
  });

const callOf = ({ digital }: PageRequest, protocol: string) => {
  const found = digital.requests.find((one) => one.protocol === protocol);
  if (found === undefined) throw new Error(`There is no ${protocol}.`);
  return found;
};

const pid = (more: object): object => ({ id: 'pid', format: 'dc+sd-jwt', meta: { vct_values: [PID] }, ...more });
const club = (more: object = {}): object => ({
  ...{ id: 'club', format: 'dc+sd-jwt', meta: { vct_values: [CLUB] }, claims: [{ path: ['member'], values: [true] }] },
  ...more,
});

/** What is asked, and what has to be learned. */
const QUESTIONS: readonly [string, object, object][] = [
  [
    'an age by its name',
    { claims: 'age_over_21', types: [PID] },
    { presentations: { proof: [{ claims: { age_over_21: true } }] } },
  ],
  [
    'nested claims',
    { dcql_query: { credentials: [pid({ claims: [{ path: ['address', 'country'] }, { path: ['given_name'] }] })] } },
    { claims: { 'address.country': 'GB', given_name: 'Ada' } },
  ],
  [
    'every element of a list',
    { dcql_query: { credentials: [pid({ claims: [{ path: ['nationalities', null] }] })] } },
    { claims: { 'nationalities.*': ['GB', 'FR'] } },
  ],
  [
    'one element of a list',
    { dcql_query: { credentials: [pid({ claims: [{ path: ['nationalities', 0] }] })] } },
    { claims: { 'nationalities.0': 'GB' } },
  ],
  [
    'the second of two claim sets',
    {
      dcql_query: {
        credentials: [
          pid({
            claims: [
              { id: 'n', path: ['nickname'] },
              { id: 'g', path: ['given_name'] },
            ],
            claim_sets: [['n'], ['g']],
          }),
        ],
      },
    },
    { claims: { given_name: 'Ada' } },
  ],
  ['nothing that could be hidden', { dcql_query: { credentials: [pid({})] } }, { claims: {} }],
  [
    'two credentials',
    { dcql_query: { credentials: [pid({ claims: [{ path: ['given_name'] }] }), club()] } },
    { presentations: { pid: [{ scope: ['given_name'] }], club: [{ scope: ['member'] }] } },
  ],
  [
    'one of two credentials',
    {
      dcql_query: {
        credentials: [pid({ claims: [{ path: ['nickname'] }] }), club()],
        credential_sets: [{ options: [['pid'], ['club']] }],
      },
    },
    { presentations: { club: [{ claims: { member: true } }] } },
  ],
  [
    'agreement to a transaction',
    {
      dcql_query: { credentials: [club()] },
      transactionData: [{ type: 'signet.payment', amount: '12.00', currency: 'USD', payee: 'Shop' }],
    },
    { transactions: [{ by: 'club' }] },
  ],
];

const asPage = (asked: object, more: object = {}): PageRequestOptions => ({ ...asked, origin: SHOP, ...more });
const asLink = (asked: object, more: object = {}): LinkRequestOptions => ({
  ...asked,
  transport: 'link',
  responseUri: ANSWER,
  ...more,
});

describe('a wallet made of other people’s software', () => {
  describe.each([true, false])('answers over the Digital Credentials API, encrypted: %s,', (encrypt) => {
    it.each(QUESTIONS)('%s', async (_, asked, learned) => {
      const { request, session } = await createRequest(asPage(asked, { encrypt }));
      const call = callOf(request, 'openid4vp-v1-unsigned');
      const data = await wallet.answerPage(call, SHOP);
      expect(await check({ protocol: call.protocol, data }, session)).toMatchObject({ valid: true, ...learned });
    });

    it.each(['a certificate’s hash', 'a host', 'a DID'])('a request that is signed by %s', async (name) => {
      const signing = { 'a certificate’s hash': certified, 'a host': byHost }[name] ?? byDid;
      const { request, session } = await createRequest(
        asPage({ claims: 'member', types: [CLUB] }, { encrypt, signing }),
      );
      const call = callOf(request, 'openid4vp-v1-signed');
      const data = await wallet.answerPage(call, SHOP);
      expect(await check({ protocol: call.protocol, data }, session)).toMatchObject({ claims: { member: true } });
      await expect(wallet.answerPage(call, 'https://evil.example')).rejects.toThrow(/origin/i);
    });
  });

  describe.each([true, false])('answers a link, encrypted: %s,', (encrypt) => {
    it.each(QUESTIONS)('%s', async (_, asked, learned) => {
      const { request, session } = await createRequest(asLink(asked, { encrypt }));
      const { url, body } = await wallet.answerLink(request.link, () => Promise.reject(new Error('nothing to fetch')));
      expect([url, postedSessionId(body)]).toEqual([ANSWER, session.id]);
      expect(await check(body, session)).toMatchObject({ valid: true, ...learned });
    });

    it.each([
      ['a certificate’s hash', 'by value'],
      ['a host', 'by value'],
      ['a host', 'by reference'],
      ['a DID', 'by reference'],
    ])('signed by %s, %s', async (name, how) => {
      const signing = { 'a certificate’s hash': certified, 'a host': byHost }[name] ?? byDid;
      const fetched = how === 'by reference' ? { requestUri: REQUEST } : {};
      const asked = asLink({ claims: 'member', types: [CLUB] }, { encrypt, signing, ...fetched });
      const { request, session } = await createRequest(asked);
      const methods: unknown[] = [];
      const { body } = await wallet.answerLink(request.link, async (url, init) => {
        methods.push([url, init?.method]);
        const sent = init?.body instanceof URLSearchParams ? init.body.toString() : init?.body;
        const reply = await requestObject(session, { signing, body: typeof sent === 'string' ? sent : '' });
        return new Response(reply.body, { headers: reply.headers });
      });
      expect(methods).toEqual(how === 'by reference' ? [[REQUEST, 'post']] : []);
      expect(await check(body, session)).toMatchObject({ claims: { member: true } });
    });
  });

  it('refuses what was changed in a signed request', async () => {
    const { request } = await createRequest(asPage({ claims: 'member', types: [CLUB] }, { signing: certified }));
    const { request: jws } = callOf(request, 'openid4vp-v1-signed').data as { readonly request: string };
    const [header, payload = '', signature] = jws.split('.');
    const changed = JSON.parse(Buffer.from(payload, 'base64url').toString()) as JsonObject;
    const call = (claims: object) => ({
      protocol: '',
      data: { request: [header, encode(claims), signature].join('.') },
    });
    await expect(wallet.answerPage(call({ ...changed, nonce: 'bm9uY2Utbm9uY2Utbm9uY2U' }), SHOP)).rejects.toThrow();
    await expect(wallet.answerPage(call({ ...changed, client_id: 'x509_hash:other' }), SHOP)).rejects.toThrow();
  });

  it('finds every query of ours one that dcql takes', async () => {
    for (const [, asked] of QUESTIONS) {
      const { session } = await createRequest(asPage(asked));
      const query = DcqlQuery.parse(session.query as unknown as DcqlQuery.Input);
      expect(() => DcqlQuery.validate(query)).not.toThrow();
    }
  });
});

/** `@openid4vc/openid4vp` in the verifier's place: what it makes of the same answers. */
async function secondOpinion(
  data: Record<string, unknown>,
  request: PageRequest,
  { key }: RequestSession,
): Promise<string> {
  return parseOpenid4vpAuthorizationResponse({
    authorizationResponse: data,
    authorizationRequestPayload: callOf(request, 'openid4vp-v1-unsigned').data as never, // as the wallet had it
    origin: SHOP,
    callbacks: {
      verifyJwt: () => Promise.reject(new Error('nothing is signed beside the presentations')),
      decryptJwe: async (jwe) => {
        const { plaintext } = await compactDecrypt(jwe, { ...key });
        return { decrypted: true, decryptionJwk: { ...key, kty: 'EC' }, payload: Buffer.from(plaintext).toString() };
      },
    },
  }).then(
    () => 'accepts',
    () => 'refuses',
  );
}

describe('a second opinion on answers', () => {
  type Make = (good: Record<string, unknown>, other: Record<string, unknown>) => Record<string, unknown>;
  const same: Make = (good) => good;

  /** An "accepts" of theirs is what they leave to their caller. */
  it.each<[string, Make, { readonly ours: string; readonly theirs: string }]>([
    ['as it came', same, { ours: 'accepts', theirs: 'accepts' }],
    ['encrypted to another request', (_, other) => other, { ours: 'refuses', theirs: 'refuses' }],
    [
      'cut short',
      ({ response }) => ({ response: String(response).slice(0, -3) }),
      { ours: 'refuses', theirs: 'refuses' },
    ],
    ['without anything', () => ({}), { ours: 'refuses', theirs: 'refuses' }],
    ['in clear', () => ({ vp_token: { proof: ['x'] } }), { ours: 'refuses', theirs: 'refuses' }],
  ])('%s', async (_, make, expected) => {
    const asked = asPage({ claims: 'member', types: [CLUB] });
    const [{ request, session }, other] = [await createRequest(asked), await createRequest(asked)];
    const answers = await Promise.all(
      [request, other.request].map((one) => wallet.answerPage(callOf(one, 'openid4vp-v1-unsigned'), SHOP)),
    );
    const data = make(answers[0] ?? {}, answers[1] ?? {});
    const ours = (await check(data, session)).valid ? 'accepts' : 'refuses';
    expect({ ours, theirs: await secondOpinion(data, request, session) }).toEqual(expected);
  });

  it('made for another origin is refused by ours, and left to the caller by theirs', async () => {
    const { request, session } = await createRequest(asPage({ claims: 'member', types: [CLUB] }));
    const data = await wallet.answerPage(callOf(request, 'openid4vp-v1-unsigned'), 'https://evil.example');
    expect(await check(data, session)).toMatchObject({ reason: 'wrong_audience' });
    expect(await secondOpinion(data, request, session)).toBe('accepts');
  });
});
