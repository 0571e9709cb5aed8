import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningIssuer } from '../../demo/issuer/server.ts';
import { startIssuer } from '../../demo/issuer/server.ts';
import type { FetchJson, JsonObject, JsonRequest, SecretBytes } from '../../lib/core/index.ts';
import { bodyOf, parseOrigin, SignetError, toBase64url } from '../../lib/core/index.ts';
import { readBbsCredential, readBbsJwkSet, suiteOf, verifyIssuedBbs } from '../../lib/credentials/bbs/index.ts';
import { committedDay, opensTo, readCommitment, readOpening } from '../../lib/credentials/commitment/index.ts';
import {
  createHolderKey,
  holderPublicJwk,
  issuerKeyResolver,
  linkableBy,
  parseSdJwt,
  verifyIssuedCredential,
} from '../../lib/credentials/index.ts';
import { createFetchJson } from '../../lib/platform/fetch-json.ts';
import type { OfferedCredential } from '../../lib/protocols/index.ts';
import { PRE_AUTHORIZED_CODE, readOffer } from '../../lib/protocols/index.ts';
import { findIn } from '../fixtures/find-in.ts';
import { discoverOffer, receiveBbsCredential, receiveCredentials } from '../fixtures/openid4vci/take-at-once.ts';
import type { ReceivedCredential } from '../fixtures/openid4vci/take-at-once.ts';
import { serve } from '../fixtures/serve.ts';

const MINUTE = 60_000;
const fetchJson = createFetchJson(fetch);
const keysFor = (count: number): SecretBytes[] => Array.from({ length: count }, createHolderKey);

async function refusalOf(promise: Promise<unknown>): Promise<SignetError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof SignetError)) throw new Error('expected a SignetError', { cause: thrown });
  return thrown;
}

const discover = (call: object, door: FetchJson = fetchJson): Promise<OfferedCredential> =>
  discoverOffer(readOffer(call), { fetchJson: door, languages: ['en'] });

interface MadeOffer {
  readonly offer: object;
  readonly offerUri: string;
  readonly transactionCode?: string;
}

describe('with the issuer of the demo, made of other people’s software', () => {
  let issuer: RunningIssuer;
  let minutesLater = 0;
  const clock = (): number => Date.now() + minutesLater * MINUTE;

  beforeAll(async () => {
    issuer = await startIssuer({ now: clock });
  });
  afterAll(() => issuer.close());

  async function makeOffer(person = 'ada', withCode = false): Promise<MadeOffer> {
    const url = `${issuer.origin}/offers`;
    return bodyOf(await fetchJson({ url, json: { person, withCode } }), url) as unknown as MadeOffer; // our own issuer
  }

  const receive = (
    offered: OfferedCredential,
    options: { keys?: SecretBytes[]; transactionCode?: string; door?: FetchJson } = {},
  ): Promise<readonly ReceivedCredential[]> => {
    const { keys = keysFor(1), transactionCode, door = fetchJson } = options;
    return receiveCredentials(offered, {
      keys,
      fetchJson: door,
      clock,
      ...(transactionCode !== undefined && { transactionCode }),
    });
  };

  const issuedClaims = async ({ credential, keyIndex }: ReceivedCredential, keys: readonly SecretBytes[]) => {
    const key = keys[keyIndex];
    if (key === undefined) throw new Error('no such key');
    const origin = parseOrigin(issuer.origin, 'issuer');
    const resolveKeys = issuerKeyResolver({
      issuer: origin,
      fetchJson: async ({ href }) => bodyOf(await fetchJson({ url: href }), href),
      clock,
    });
    const holder = holderPublicJwk(key);
    const issued = await verifyIssuedCredential(credential, {
      issuer: origin,
      vct: issuer.licenceType,
      holder,
      resolveKeys,
      clock,
    });
    return issued.sdJwt.claims;
  };

  test('the offer says what the credential is before anything is taken', async () => {
    const { offer } = await makeOffer();
    const offered = await discover({ credential_offer: offer });
    expect(offered).toMatchObject({ issuerName: 'State of Example', copies: 10 });
    expect(offered.configuration).toMatchObject({ name: 'Driving licence', vct: issuer.licenceType });
    expect(offered.configuration.claims.map(({ label }) => label)).toContain('Over 21');
  });

  test('ten copies come, each for a key of its own, signed, valid and in whole days', async () => {
    const { offer } = await makeOffer();
    const offered = await discover({ credential_offer: offer });
    const keys = keysFor(offered.copies);
    const received = await receive(offered, { keys });
    expect(received.map(({ keyIndex }) => keyIndex).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(received.map(({ credential }) => credential)).size).toBe(10);
    for (const copy of received) {
      const claims = await issuedClaims(copy, keys);
      expect(claims).toMatchObject({
        given_name: 'Ada',
        birthdate: '1990-05-17',
        age_over_21: true,
        age_over_65: false,
      });
      for (const time of ['iat', 'nbf', 'exp']) expect(Number(claims[time]) % 86_400).toBe(0);
    }
  });

  test('an offer by reference is fetched from the issuer and then the same', async () => {
    const { offerUri } = await makeOffer('noa');
    const offered = await discover({ credential_offer_uri: offerUri });
    const keys = keysFor(1);
    const [copy] = await receive(offered, { keys });
    if (copy === undefined) throw new Error('nothing received');
    expect(await issuedClaims(copy, keys)).toMatchObject({ given_name: 'Noa', age_over_21: false });
  });

  test('nothing is disclosed without choosing to: every claim is a disclosure', async () => {
    const { offer } = await makeOffer();
    const [copy] = await receive(await discover({ credential_offer: offer }));
    const payload = Buffer.from(copy?.credential.split('.')[1] ?? '', 'base64url').toString();
    expect(findIn(Buffer.from(payload), ['Ada', 'Lumen', '1990-05-17', 'Harbour', 'age_over_21'])).toEqual([]);
    expect(copy?.credential.split('~').length).toBe(1 + 9 + 1);
  });

  test('the birth date is committed to anew in each copy, and what comes beside it opens it', async () => {
    const { offer } = await makeOffer();
    const offered = await discover({ credential_offer: offer });
    const keys = keysFor(3);
    const points: unknown[] = [];
    for (const copy of await receive(offered, { keys })) {
      const commitment = readCommitment((await issuedClaims(copy, keys))['birth_date_commitment']);
      const opening = readOpening({ ...copy.openings['birth_date_commitment'] }, commitment.bits);
      expect(opening.value).toBe(committedDay('1990-05-17'));
      expect(opensTo(commitment, opening)).toBe(true);
      points.push(toBase64url(commitment.point));
    }
    expect(new Set(points).size).toBe(3);
  });

  test('its copies cannot be put together by what is in them', async () => {
    const { offer } = await makeOffer();
    const received = await receive(await discover({ credential_offer: offer }), { keys: keysFor(10) });
    expect(linkableBy(received.map(({ credential }) => parseSdJwt(credential)))).toEqual([]);
  });

  describe('a membership card', () => {
    const post = async (path: string, request: Omit<JsonRequest, 'url'>): Promise<JsonObject> => {
      const url = `${issuer.origin}${path}`;
      return bodyOf(await fetchJson({ url, ...request }), url) as JsonObject; // our own issuer
    };

    // The libraries load with the first offer of a kind, which a busy machine may take seconds for.
    beforeAll(async () => {
      for (const credential of ['membership', 'membership-2020']) {
        await fetch(`${issuer.origin}/offers`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ person: 'ada', credential }),
        });
      }
    });

    test.each([
      ['membership', 'bbs'],
      ['membership-2020', 'bbs+'],
    ])('%s is offered and received as a credential of %s', async (kind, suite) => {
      const { offer } = (await post('/offers', { json: { person: 'noa', credential: kind } })) as unknown as MadeOffer; // our own issuer
      const offered = await discoverOffer(readOffer({ credential_offer: offer }), {
        ...{ fetchJson, languages: ['en'], formats: ['dc+sd-jwt', 'signet-bbs', 'signet-bbs-2020'] },
      });
      expect(offered).toMatchObject({ copies: 1, configuration: { suite, vct: issuer.membershipType } });
      const card = readBbsCredential(await receiveBbsCredential(offered, { fetchJson, clock }));
      expect(card).toMatchObject({ suite, claims: { tier: 'junior' } });
    });

    /** An access token for an offer. */
    async function tokenFor(offer: object): Promise<string> {
      const code = JSON.stringify(offer).match(/"pre-authorized_code":"([^"]+)"/)?.[1] ?? '';
      const { access_token: token } = await post('/token', {
        form: { grant_type: PRE_AUTHORIZED_CODE, 'pre-authorized_code': code },
      });
      return typeof token === 'string' ? token : '';
    }

    /** Takes a card, as the protocol has it. */
    async function takeCard(kind: string, person = 'ada'): Promise<string> {
      const { offer } = (await post('/offers', { json: { person, credential: kind } })) as unknown as MadeOffer; // our own issuer
      const bearer = await tokenFor(offer);
      const { credentials } = await post('/credential', { bearer, json: { credential_configuration_id: kind } });
      return (credentials as unknown as readonly { credential: string }[])[0]?.credential ?? ''; // as the response has it
    }

    test.each(['membership', 'membership-2020'])('%s is signed with a key that the issuer publishes', async (kind) => {
      const card = readBbsCredential(await takeCard(kind));
      const metadata = await post('/.well-known/jwt-vc-issuer', {});
      const key = readBbsJwkSet(metadata['jwks'], 'jwks').find((one) => suiteOf(one) === card.suite);
      if (key === undefined) throw new Error('The issuer has no such key.');
      expect(await verifyIssuedBbs(card, key)).toBe(true);
      expect(card.claims).toEqual({ member: true, tier: 'gold', since_year: 2019 });
      expect(card.header).toMatchObject({ issuer: issuer.origin, type: issuer.membershipType });
    });

    test('has a public part that is the same for everybody', async () => {
      const [ada, theo] = await Promise.all(['ada', 'theo'].map((person) => takeCard('membership', person)));
      expect(readBbsCredential(ada ?? '').header).toEqual(readBbsCredential(theo ?? '').header);
    });

    test('is not had for the price of a licence, nor the other way round', async () => {
      const { offer } = await makeOffer();
      const bearer = await tokenFor(offer);
      const answer = await fetchJson({
        url: `${issuer.origin}/credential`,
        bearer,
        json: { credential_configuration_id: 'membership' },
      });
      expect(answer).toMatchObject({ ok: false, error: 'unknown_credential_configuration' });
    });
  });

  test('only the issuer’s own host is spoken to, and the code goes to its token endpoint alone', async () => {
    const asked: JsonRequest[] = [];
    const door: FetchJson = (request) => {
      asked.push(request);
      return fetchJson(request);
    };
    const { offer } = await makeOffer();
    await receive(await discover({ credential_offer: offer }, door), { door });
    expect(asked.map(({ url }) => url.slice(issuer.origin.length))).toEqual([
      '/.well-known/openid-credential-issuer',
      '/.well-known/oauth-authorization-server',
      '/token',
      '/nonce',
      '/credential',
    ]);
    const code = Object.values((offer as { grants: Record<string, Record<string, string>> }).grants)[0]?.[
      'pre-authorized_code'
    ];
    expect(asked.filter((request) => JSON.stringify(request).includes(code ?? '-')).map(({ url }) => url)).toEqual([
      `${issuer.origin}/token`,
    ]);
  });

  describe('a transaction code', () => {
    test('lets the person in', async () => {
      const { offer, transactionCode = '' } = await makeOffer('ada', true);
      const offered = await discover({ credential_offer: offer });
      expect(offered.transactionCode).toEqual({
        numeric: true,
        length: 4,
        description: 'The code in our letter',
      });
      expect(await receive(offered, { transactionCode })).toHaveLength(1);
    });

    test('that is wrong can be tried again, and the right one still works', async () => {
      const { offer, transactionCode = '' } = await makeOffer('ada', true);
      const offered = await discover({ credential_offer: offer });
      const wrong = transactionCode === '0000' ? '0001' : '0000';
      const error = await refusalOf(receive(offered, { transactionCode: wrong }));
      expect(error).toMatchObject({ reason: 'issuer_refused', field: 'transactionCode' });
      expect(await receive(offered, { transactionCode })).toHaveLength(1);
    });

    test('cannot be guessed for ever', async () => {
      const { offer, transactionCode = '' } = await makeOffer('ada', true);
      const offered = await discover({ credential_offer: offer });
      const wrong = transactionCode === '0000' ? '0001' : '0000';
      for (let tries = 0; tries < 5; tries++) await refusalOf(receive(offered, { transactionCode: wrong }));
      expect(await refusalOf(receive(offered, { transactionCode }))).toMatchObject({ reason: 'issuer_refused' });
    });

    test('that cannot be right is not sent', async () => {
      const { offer } = await makeOffer('ada', true);
      const offered = await discover({ credential_offer: offer });
      const never: FetchJson = () => Promise.reject(new Error('sent'));
      const error = await refusalOf(receive(offered, { transactionCode: '12', door: never }));
      expect(error).toMatchObject({ reason: 'bad_request', field: 'transactionCode' });
    });
  });

  test('an offer that was taken is spent', async () => {
    const { offer } = await makeOffer();
    const offered = await discover({ credential_offer: offer });
    await receive(offered);
    const error = await refusalOf(receive(offered));
    expect(error).toMatchObject({ reason: 'issuer_refused', field: 'pre-authorized_code' });
  });

  test('an offer that was left lying is expired', async () => {
    const { offer } = await makeOffer();
    const offered = await discover({ credential_offer: offer });
    minutesLater += 11;
    expect(await refusalOf(receive(offered))).toMatchObject({ reason: 'issuer_refused' });
  });

  test('an access token is good for one batch', async () => {
    let bearer = '';
    const door: FetchJson = (request) => {
      bearer = request.bearer ?? bearer;
      return fetchJson(request);
    };
    const { offer } = await makeOffer();
    await receive(await discover({ credential_offer: offer }), { door });
    const again = await fetchJson({ url: `${issuer.origin}/credential`, bearer, json: {} });
    expect(again).toMatchObject({ ok: false, status: 401, error: 'invalid_token' });
  });

  describe('a nonce', () => {
    /** Spoils the nonce of the first `times` credential requests, as a slow network would. */
    const spoiling = (times: number, asked: string[]): FetchJson => {
      let left = times;
      return async (request) => {
        asked.push(new URL(request.url).pathname);
        const answer = await fetchJson(request);
        if (!request.url.endsWith('/nonce') || !answer.ok || left-- <= 0) return answer;
        return { ok: true, body: { c_nonce: 'spent' } };
      };
    };

    test('that ran out is replaced once', async () => {
      const { offer } = await makeOffer();
      const asked: string[] = [];
      expect(await receive(await discover({ credential_offer: offer }), { door: spoiling(1, asked) })).toHaveLength(1);
      expect(asked).toEqual(['/token', '/nonce', '/credential', '/nonce', '/credential']);
    });

    test('that always runs out is not tried for ever', async () => {
      const { offer } = await makeOffer();
      const asked: string[] = [];
      const error = await refusalOf(receive(await discover({ credential_offer: offer }), { door: spoiling(9, asked) }));
      expect(error.reason).toBe('issuer_refused');
      expect(error.message).toContain('nonce');
      expect(asked).toHaveLength(5);
    });

    test('that is older than five minutes is refused by the issuer, and replaced', async () => {
      const { offer } = await makeOffer();
      const refusals: string[] = [];
      const door: FetchJson = async (request) => {
        const answer = await fetchJson(request);
        if (request.url.endsWith('/nonce') && refusals.length === 0) minutesLater += 6;
        if (!answer.ok) refusals.push(answer.error);
        return answer;
      };
      expect(await receive(await discover({ credential_offer: offer }), { door })).toHaveLength(1);
      expect(refusals).toEqual(['invalid_nonce']);
    });
  });

  test('more keys than the batch allows are refused by the issuer', async () => {
    const { offer } = await makeOffer();
    const error = await refusalOf(receive(await discover({ credential_offer: offer }), { keys: keysFor(11) }));
    expect(error.reason).toBe('issuer_refused');
  });

  test('the page is served with a policy that lets nothing else in', async () => {
    const response = await fetch(issuer.origin);
    expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    expect(await response.text()).not.toMatch(/(?:src|href)="https?:/);
  });
});

describe('an issuer that means harm', () => {
  type Answer = (request: IncomingMessage, response: ServerResponse, origin: string, body: string) => void;

  const send = (response: ServerResponse, value: unknown, status = 200): void => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
  };

  const metadataOf = (origin: string): object => ({
    credential_issuer: origin,
    credential_endpoint: `${origin}/credential`,
    nonce_endpoint: `${origin}/nonce`,
    batch_credential_issuance: { batch_size: 10 },
    credential_configurations_supported: {
      licence: {
        format: 'dc+sd-jwt',
        vct: `${origin}/licence`,
        cryptographic_binding_methods_supported: ['jwk'],
        proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
      },
    },
  });

  /** An issuer that behaves, but for the paths given. */
  async function receiveFrom(spoiled: Record<string, Answer>): Promise<readonly ReceivedCredential[]> {
    const behaves: Record<string, Answer> = {
      '/.well-known/openid-credential-issuer': (_, response, origin) => send(response, metadataOf(origin)),
      '/.well-known/oauth-authorization-server': (_, response, origin) =>
        send(response, { issuer: origin, token_endpoint: `${origin}/token` }),
      '/token': (_, response) => send(response, { access_token: 'token', token_type: 'Bearer' }),
      '/nonce': (_, response) => send(response, { c_nonce: 'nonce' }),
      '/credential': (_, response, __, body) => send(response, { credentials: proofsIn(body).map(credentialFor) }),
    };
    let origin = '';
    await using server = await serve((request, response) => {
      const answer = { ...behaves, ...spoiled }[request.url ?? ''];
      void text(request).then((body) => {
        if (answer === undefined) send(response, {}, 404);
        else answer(request, response, origin, body);
      });
    });
    origin = server.origin;
    const offered = await discover({
      credential_offer: {
        credential_issuer: origin,
        credential_configuration_ids: ['licence'],
        grants: { [PRE_AUTHORIZED_CODE]: { 'pre-authorized_code': 'code' } },
      },
    });
    return await receiveCredentials(offered, { keys: keysFor(2), fetchJson, clock: Date.now });
  }

  type Jwk = Readonly<Record<string, string>>;
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const credentialFor = (jwk: Jwk): object => ({ credential: `${encode({})}.${encode({ cnf: { jwk } })}.AA~` });
  const proofsIn = (body: string): Jwk[] => {
    const { proofs } = JSON.parse(body) as { proofs: { jwt: string[] } }; // what our own client sends
    return proofs.jwt.map((jwt) => {
      const header: unknown = JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString());
      return (header as { jwk: Jwk }).jwk; // as above
    });
  };

  const everywhere = [
    '/.well-known/openid-credential-issuer',
    '/.well-known/oauth-authorization-server',
    '/token',
    '/nonce',
    '/credential',
  ];

  test('behaves, in the baseline of these tests', async () => {
    expect(await receiveFrom({})).toHaveLength(2);
  });

  describe.each(everywhere)('at %s', (path) => {
    test('cannot send the wallet to another origin', async () => {
      const visits: string[] = [];
      await using elsewhere = await serve((request, response) => {
        visits.push(request.url ?? '');
        send(response, {});
      });
      const redirect: Answer = (_, response) => response.writeHead(307, { Location: `${elsewhere.origin}/` }).end();
      expect((await refusalOf(receiveFrom({ [path]: redirect }))).reason).toBe('network');
      expect(visits).toEqual([]);
    });

    test.each<[string, Answer]>([
      ['2 MB', (_, response) => send(response, { junk: 'x'.repeat(2_000_000) })],
      [
        'a body without an end',
        (_, response) => {
          response.writeHead(200, { 'Content-Type': 'application/json' });
          const more = (): void => {
            while (!response.destroyed && response.write('['.repeat(16_384)));
          };
          response.on('drain', more);
          more();
        },
      ],
      ['HTML', (_, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('{}')],
      [
        'endless nesting',
        (_, response) =>
          response
            .writeHead(200, { 'Content-Type': 'application/json' })
            .end('{"a":'.repeat(9_000) + '1' + '}'.repeat(9_000)),
      ],
      ['a list', (_, response) => send(response, [])],
      ['null', (_, response) => send(response, null)],
      [
        'a polluted prototype',
        (_, response) =>
          response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"__proto__":{"access_token":"a"}}'),
      ],
      ['an error page', (_, response) => response.writeHead(403, { 'Content-Type': 'text/html' }).end('<h1>no</h1>')],
      ['an error that lies', (_, response) => send(response, { error: 'x', error_description: 'All \u202egood' }, 400)],
    ])('gets nowhere with %s', async (_, answer) => {
      const error = await refusalOf(receiveFrom({ [path]: answer }));
      expect(error.reason).toBe('issuer_refused');
      expect(error.message).not.toContain('\u202e');
    });

    test.each([500, 503, 429])('gets nothing with status %i, which may pass', async (status) => {
      const busy: Answer = (_, response) =>
        response.writeHead(status, { 'Content-Type': 'text/html' }).end('<h1>no</h1>');
      expect(await refusalOf(receiveFrom({ [path]: busy }))).toMatchObject({ reason: 'network' });
    });
  });

  test.each(['credential_endpoint', 'nonce_endpoint'])('cannot put its %s on another origin', async (name) => {
    const visits: string[] = [];
    await using elsewhere = await serve((request, response) => {
      visits.push(request.url ?? '');
      send(response, {});
    });
    const error = await refusalOf(
      receiveFrom({
        '/.well-known/openid-credential-issuer': (_, response, origin) =>
          send(response, { ...metadataOf(origin), [name]: `${elsewhere.origin}/` }),
      }),
    );
    expect(error).toMatchObject({ reason: 'issuer_refused', field: `issuer metadata.${name}` });
    expect(visits).toEqual([]);
  });

  test('cannot speak for another issuer', async () => {
    const error = await refusalOf(
      receiveFrom({
        '/.well-known/openid-credential-issuer': (_, response, origin) =>
          send(response, { ...metadataOf(origin), credential_issuer: 'https://bank.example' }),
      }),
    );
    expect(error.field).toBe('issuer metadata.credential_issuer');
  });

  test('cannot bind a credential to a key that is not ours', async () => {
    const { x, y = '' } = holderPublicJwk(createHolderKey());
    const error = await refusalOf(
      receiveFrom({
        '/credential': (_, response, __, body) =>
          send(response, { credentials: [...proofsIn(body).slice(1), { x, y }].map(credentialFor) }),
      }),
    );
    expect(error).toMatchObject({ reason: 'credential_refused', field: 'credentials[1].cnf' });
  });

  test('cannot bind two copies to one key', async () => {
    const error = await refusalOf(
      receiveFrom({
        '/credential': (_, response, __, body) => {
          const jwks = proofsIn(body);
          send(response, { credentials: [...jwks.slice(0, 1), ...jwks.slice(0, 1)].map(credentialFor) });
        },
      }),
    );
    expect(error).toMatchObject({ reason: 'credential_refused', field: 'credentials[1].cnf' });
  });

  test('may answer out of order: each copy finds its key', async () => {
    const received = await receiveFrom({
      '/credential': (_, response, __, body) =>
        send(response, { credentials: proofsIn(body).reverse().map(credentialFor) }),
    });
    expect(received.map(({ keyIndex }) => keyIndex)).toEqual([1, 0]);
  });

  test.each<[string, string]>([
    ['no JWT', 'hello'],
    ['no key', `${encode({})}.${encode({ iss: 'x' })}.AA~`],
    ['a payload that is no JSON', `${encode({})}.AAAA.AA~`],
    ['loose bits', `${encode({})}.e31.AA~`],
  ])('cannot pass off %s as a credential', async (_, credential) => {
    const error = await refusalOf(
      receiveFrom({ '/credential': (_, response) => send(response, { credentials: [{ credential }] }) }),
    );
    expect(error.reason).toBe('credential_refused');
  });

  test('that serves the offer of another issuer is refused', async () => {
    await using server = await serve((_, response) =>
      send(response, {
        credential_issuer: 'https://bank.example',
        credential_configuration_ids: ['licence'],
        grants: { [PRE_AUTHORIZED_CODE]: { 'pre-authorized_code': 'code' } },
      }),
    );
    const error = await refusalOf(discover({ credential_offer_uri: `${server.origin}/offer` }));
    expect(error).toMatchObject({ reason: 'issuer_refused', field: 'credential_offer.credential_issuer' });
  });
});
