import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { begin, ended } from '../../e2e/page-calls.ts';
import type { Outcome } from '../../e2e/page-calls.ts';
import type { Scene } from '../../e2e/scene.ts';
import { copiesLeft, openScene } from '../../e2e/scene.ts';
import { approve, deny, named, text, untilSays } from '../../e2e/setup/harness.ts';
import { createParty } from '../../fixtures/credentials/test-certificates.ts';
import type {
  Accepted,
  AskTerms,
  Call,
  ForeignVerifier,
  Identity,
  Members,
  Question,
  Stand,
} from './foreign-verifier.ts';
import { QUERY_ID, certificateFor, freshNonce, issuerKeys } from './foreign-verifier.ts';

const IDENTITIES: readonly Identity[] = ['nobody', 'x509_hash', 'x509_san_dns', 'both'];
const SIGNED = IDENTITIES.slice(1);

const PAYMENT = {
  ...{ type: 'signet.payment', credential_ids: [QUERY_ID] },
  ...{ amount: '12.00', currency: 'USD', payee: 'Corner Shop' },
};
const SHARED_SECRET = { kty: 'oct', k: 'AAAAAAAAAAAAAAAAAAAAAA', alg: 'dir', kid: 'k' };

/** What a page hears of a request that is wrong, and of one that may be right, and that the wallet cannot take. */
const WRONG = 'TypeError';
const UNKNOWN = 'NotSupportedError';
type Because = typeof WRONG | typeof UNKNOWN;

const CIPHERS = [undefined, 'A128GCM', 'A256GCM'] as const;

/**
 * Takes a verifier that is not Signet's through the Digital Credentials API of a browser with Signet, in every mode, and
 * then makes a liar of it.
 */
export function describeDcApiModes(create: (stand: Stand) => ForeignVerifier): void {
  let scene: Scene;
  let page: Page;
  let stand: Stand;
  let verifier: ForeignVerifier;
  /** Consent windows that were opened since the test began. */
  let windows: number;

  beforeAll(async () => {
    scene = await openScene({ licences: 3 });
    scene.opened.browser.on('targetcreated', (target) => {
      if (target.url().includes('consent.html')) windows += 1;
    });
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  beforeEach(async () => {
    page = await scene.visit();
    stand = {
      origin: scene.site.origin(),
      issuer: scene.issuer.origin,
      vct: scene.issuer.licenceType,
      issuerKeys: await issuerKeys(scene.issuer.origin),
      certificate: await certificateFor('localhost'),
    };
    verifier = create(stand);
    windows = 0;
  });
  afterEach(() => scene.leave());

  /** Asks, and returns the window that asks the person. */
  async function askInWindow(call: Call): Promise<Page> {
    const appears = scene.opened.nextConsent();
    await get(page, [call]);
    const consent = await appears;
    await named(consent, text('allow_once'), 'button');
    await consent.bringToFront();
    return consent;
  }

  /** Asks, and allows it. */
  async function allowed(question: Question): Promise<Call> {
    await approve(await askInWindow(question.call));
    return credentialIn(await ended(page, 'get'));
  }

  const asked = async (terms: AskTerms): Promise<{ question: Question; answer: Call }> => {
    const question = await verifier.ask(terms);
    return { question, answer: await allowed(question) };
  };

  /** Nobody is asked, nothing is used up, and the page hears what is wrong with its request. */
  async function expectRefused(calls: readonly Call[], because: Because = WRONG): Promise<void> {
    const copies = await copiesLeft(scene.app);
    await get(page, calls);
    expect(await ended(page, 'get')).toMatchObject({ name: because });
    expect(windows).toBe(0);
    expect(await copiesLeft(scene.app)).toBe(copies);
  }

  const refused = async (terms: AskTerms, because: Because = WRONG): Promise<void> =>
    expectRefused([(await verifier.ask(terms)).call], because);

  describe.each(IDENTITIES)('asking as %s', (identity) => {
    test.each(CIPHERS)('is answered, encrypted by %s', async (enc) => {
      const { question, answer } = await asked({ identity, ...(enc !== undefined && { enc }) });
      expect((await question.verify(answer)).disclosed).toEqual({ age_over_21: true });
    });

    test('is agreed with about a transaction', async () => {
      const question = await verifier.ask({ identity, transactions: [PAYMENT], enc: 'A256GCM' });
      const consent = await askInWindow(question.call);
      await untilSays(consent, 'Corner Shop');
      await approve(consent);
      expect((await question.verify(credentialIn(await ended(page, 'get')))).agreed).toHaveLength(1);
    });
  });

  describe('a site', () => {
    test('gets all that it asked for and nothing besides', async () => {
      const { question, answer } = await asked({ claims: ['given_name', 'age_over_18'] });
      expect((await question.verify(answer)).disclosed).toEqual({ given_name: 'Ada', age_over_18: true });
    });

    test('hears NotAllowedError where the person says no', async () => {
      await deny(await askInWindow((await verifier.ask()).call));
      expect(await ended(page, 'get')).toMatchObject({ name: 'NotAllowedError' });
    });

    test('is answered by the first of its requests that can be', async () => {
      const question = await verifier.ask({ identity: 'x509_hash' });
      const unknown = { protocol: 'org.example.unheard-of', data: {} };
      const appears = scene.opened.nextConsent();
      await get(page, [unknown, question.call]);
      await approve(await appears);
      expect((await question.verify(credentialIn(await ended(page, 'get')))).disclosed).toEqual({ age_over_21: true });
    });

    test('is answered unsigned where the wallet does not know who signed', async () => {
      const unknown = await verifier.ask({
        identity: 'x509_hash',
        payload: (honest) => ({ ...honest, client_id: 'unheard_of:shop' }),
      });
      const question = await verifier.ask();
      const appears = scene.opened.nextConsent();
      await get(page, [unknown.call, question.call]);
      await approve(await appears);
      await question.verify(credentialIn(await ended(page, 'get')));
    });

    test('is answered to the one of its keys that the wallet can use', async () => {
      const payload = withKeys((keys) => [SHARED_SECRET, { ...keys[0], crv: 'P-521', kid: 'other' }, ...keys]);
      const { question, answer } = await asked({ enc: 'A128GCM', payload });
      await question.verify(answer);
    });

    test('that asks unsigned is not believed in what only signed requests may say', async () => {
      const said = { client_id: 'x509_san_dns:bank.example', expected_origins: ['https://bank.example'], state: 'x' };
      const question = await verifier.ask({ payload: (honest) => ({ ...honest, ...said }) });
      const consent = await askInWindow(question.call);
      expect(await consent.evaluate(() => document.body.innerText)).not.toContain('bank.example');
      await approve(consent);
      await question.verify(credentialIn(await ended(page, 'get')));
    });
  });

  describe('a replay', () => {
    test('is seen: two answers to one nonce have keys, and all else that tells copies apart, of their own', async () => {
      const nonce = freshNonce();
      const first = await asked({ nonce });
      const second = await asked({ nonce });
      const [one, other] = [await first.question.verify(first.answer), await second.question.verify(second.answer)];
      expect(one.holder).not.toBe(other.holder);
      const [ours, theirs] = [partsOf(one), partsOf(other)];
      expect(ours.filter((part) => theirs.includes(part))).toEqual([]);
    });

    test('of an answer is refused by whoever asked something else', async () => {
      const { answer } = await asked({});
      const again = await verifier.ask();
      await expect(again.verify(answer)).rejects.toThrow();
    });

    test('at another site is refused there, though it wrote the request and has the answer', async () => {
      const bank = create({ ...stand, origin: 'https://bank.example' });
      const question = await bank.ask();
      const answer = await allowed(question);
      await expect(question.verify(answer)).rejects.toThrow(/another audience/);
    });
  });

  describe('nobody is asked where the request', () => {
    test.each(SIGNED)('is for another origin (%s)', (identity) =>
      refused({ identity, payload: (honest) => ({ ...honest, expected_origins: ['https://bank.example'] }) }),
    );

    const near = [
      ['a slash', (origin: string) => `${origin}/`],
      ['another case', (origin: string) => origin.toUpperCase()],
      ['another port', (origin: string) => `${origin}1`],
      ['a wildcard', () => '*'],
    ] as const;
    test.each(near)('is for this origin but for %s', (_, spelt) =>
      refused({ identity: 'x509_hash', payload: (honest) => ({ ...honest, expected_origins: [spelt(stand.origin)] }) }),
    );

    test.each([
      ['is missing', undefined],
      ['is empty', []],
      ['is text', 'https://bank.example'],
    ])('is signed and its expected_origins %s', (_, expected_origins) =>
      refused({ identity: 'x509_hash', payload: (honest) => ({ ...honest, expected_origins }) }),
    );

    test.each(IDENTITIES)('has a request_uri (%s)', (identity) =>
      refused({ identity, payload: (honest) => ({ ...honest, request_uri: `${stand.origin}/elsewhere` }) }),
    );

    test('is nothing but a request_uri', async () => {
      const data = { client_id: 'x509_san_dns:localhost', request_uri: `${stand.origin}/elsewhere` };
      await expectRefused([{ protocol: 'openid4vp-v1-unsigned', data }]);
      await expectRefused([{ protocol: 'openid4vp-v1-signed', data }]);
      expect(scene.site.received.filter(({ path }) => path === '/elsewhere')).toEqual([]);
    });

    test.each(SIGNED)('is signed with a key that its certificate is not about (%s)', async (identity) => {
      const { keyPair } = await createParty('Forger');
      await refused({ identity, forger: keyPair.privateKey });
    });

    test('has a certificate that its x509_hash is not of', async () => {
      const other = create({ ...stand, certificate: await certificateFor('localhost') });
      const [mine, theirs] = await Promise.all([idIn(verifier), idIn(other)]);
      expect(mine).not.toBe(theirs);
      await refused({ identity: 'x509_hash', payload: (honest) => ({ ...honest, client_id: theirs }) });
    });

    test('has a certificate that does not have its x509_san_dns name', () =>
      refused({
        identity: 'x509_san_dns',
        payload: (honest) => ({ ...honest, client_id: 'x509_san_dns:bank.example' }),
      }));

    test.each(SIGNED)('has a critical extension that nobody knows (%s)', (identity) =>
      refused({ identity, header: (honest) => ({ ...honest, crit: ['x-unheard-of'], 'x-unheard-of': true }) }),
    );

    test.each([
      ['of another type', (honest: Members) => ({ ...honest, typ: 'JWT' })],
      ['of no type', without('typ')],
      ['without its certificate', without('x5c')],
    ])('is a request object %s', (_, header) => refused({ identity: 'x509_hash', header }));

    test('is a request object that says it is not signed', async () => {
      const { call } = await verifier.ask({ identity: 'x509_hash' });
      const [, payload] = String((call.data as Members)['request']).split('.');
      const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'oauth-authz-req+jwt' })).toString('base64url');
      await expectRefused([{ ...call, data: { request: `${none}.${payload}.` } }], UNKNOWN);
    });

    test.each(SIGNED)('has run out (%s)', (identity) => {
      const seconds = Math.floor(Date.now() / 1000);
      return refused({ identity, payload: (honest) => ({ ...honest, iat: seconds - 900, exp: seconds - 600 }) });
    });

    test('is not good yet', () =>
      refused({
        identity: 'x509_hash',
        payload: (honest) => ({ ...honest, nbf: Math.floor(Date.now() / 1000) + 3600 }),
      }));

    test('is under a client id of a kind that nobody knows', () =>
      refused({ identity: 'x509_hash', payload: (honest) => ({ ...honest, client_id: 'unheard_of:shop' }) }, UNKNOWN));

    const spoilt = [
      ['has a point off the curve', (key: Members) => ({ ...key, y: key['x'] }), WRONG],
      ['is on another curve', (key: Members) => ({ ...key, crv: 'P-521' }), UNKNOWN],
      ['is a shared secret', () => SHARED_SECRET, UNKNOWN],
      ['is for another algorithm', (key: Members) => ({ ...key, alg: 'RSA-OAEP-256' }), UNKNOWN],
      ['has a half only', without('y'), UNKNOWN],
    ] as const;
    test.each(spoilt)('is to be answered encrypted, and the key %s', (_, spoil, because) =>
      refused({ enc: 'A256GCM', payload: withKeys((keys) => keys.map(spoil)) }, because),
    );

    test('is to be answered encrypted, and there is no key', () =>
      refused({ enc: 'A256GCM', payload: withKeys(() => []) }));

    test('is to be answered by a cipher that the wallet does not have', () =>
      refused(
        {
          enc: 'A256GCM',
          payload: ({ client_metadata, ...honest }) => ({
            ...honest,
            client_metadata: { ...(client_metadata as object), encrypted_response_enc_values_supported: ['A64GCM'] },
          }),
        },
        UNKNOWN,
      ));

    test.each(['direct_post', 'direct_post.jwt', 'fragment', 'dc_api.jwe'])(
      'is to be answered by %s',
      (response_mode) =>
        refused({ payload: (honest) => ({ ...honest, response_mode, response_uri: `${stand.origin}/elsewhere` }) }),
    );

    test.each([
      ['of an unknown type', { type: 'org.example.unheard-of', credential_ids: [QUERY_ID] }, UNKNOWN],
      ['about a credential that is not asked for', { ...PAYMENT, credential_ids: ['other'] }, WRONG],
      ['about no credential', { ...PAYMENT, credential_ids: [] }, WRONG],
      ['of no type', { credential_ids: [QUERY_ID] }, WRONG],
      ['of no amount', { ...PAYMENT, amount: undefined }, WRONG],
    ] as const)('is about a transaction %s', (_, transaction, because) =>
      refused({ transactions: [transaction] }, because),
    );

    test('is to be hashed as nobody can', () =>
      refused({ transactions: [{ ...PAYMENT, transaction_data_hashes_alg: ['md5'] }] }));

    const queries = [
      ['asks for a thousand credentials', (query: Query) => ({ credentials: many(1000, query.credentials[0]) })],
      [
        'asks for ten thousand claims',
        (query: Query) => ({ credentials: [{ ...query.credentials[0], claims: paths(10_000) }] }),
      ],
      ['is nested without end', (query: Query) => ({ ...query, deep: nested(2000) })],
      ['is a megabyte', (query: Query) => ({ ...query, padding: 'x'.repeat(1 << 20) })],
      ['asks for nothing', () => ({ credentials: [] })],
      ['names one thing twice', ({ credentials }: Query) => ({ credentials: [...credentials, ...credentials] })],
    ] as const;
    test.each(queries)('has a query that %s', (_, spoil) =>
      refused({ payload: (honest) => ({ ...honest, dcql_query: spoil(honest['dcql_query'] as Query) }) }),
    );

    test.each([
      ['no nonce', without('nonce')],
      ['an empty nonce', (honest: Members) => ({ ...honest, nonce: '' })],
      ['a nonce that is a number', (honest: Members) => ({ ...honest, nonce: 7 })],
      ['another response_type', (honest: Members) => ({ ...honest, response_type: 'code' })],
    ])('has %s', (_, payload) => refused({ payload }));

    test('has a scope for a query', () =>
      refused({ payload: (honest) => ({ ...without('dcql_query')(honest), scope: 'age' }) }, UNKNOWN));

    test('is multisigned without a signature, or with one that is not right', async () => {
      const { call } = await verifier.ask({ identity: 'both' });
      const { request } = call.data as { readonly request: { readonly signatures: readonly Members[] } }; // as it was made
      const withSignatures = (signatures: readonly Members[]) => ({
        ...call,
        data: { request: { ...request, signatures } },
      });
      await expectRefused([withSignatures([])]);
      const [first = {}] = request.signatures;
      await expectRefused([
        withSignatures([
          { ...first, signature: String(first['signature']).replace(/^./, (c) => (c === 'A' ? 'B' : 'A')) },
        ]),
      ]);
    });
  });
}

const without =
  (name: string) =>
  (honest: Members): Members =>
    Object.fromEntries(Object.entries(honest).filter(([each]) => each !== name));

interface Query {
  readonly credentials: readonly Members[];
}

const many = (count: number, one: Members | undefined): Members[] =>
  Array.from({ length: count }, (_, at) => ({ ...one, id: `c${at}` }));
const paths = (count: number): Members[] => Array.from({ length: count }, (_, at) => ({ path: [`claim_${at}`] }));
const nested = (depth: number): unknown => {
  let inner: unknown = [];
  for (let at = 0; at < depth; at += 1) inner = [inner];
  return inner;
};

const withKeys =
  (spoil: (keys: readonly Members[]) => readonly unknown[]) =>
  ({ client_metadata, ...honest }: Members): Members => {
    const metadata = client_metadata as { readonly jwks: { readonly keys: readonly Members[] } }; // as the verifier wrote it
    return { ...honest, client_metadata: { ...metadata, jwks: { keys: spoil(metadata.jwks.keys) } } };
  };

async function idIn(verifier: ForeignVerifier): Promise<unknown> {
  let id: unknown;
  await verifier.ask({ identity: 'x509_hash', payload: (honest) => ((id = honest['client_id']), honest) });
  return id;
}

/** What a page does that knows the standard and nothing of Signet. */
const get = (page: Page, requests: readonly Call[]): Promise<void> =>
  begin(
    page,
    'get',
    `navigator.credentials.get({ digital: { requests: ${JSON.stringify(requests)} } })
      .then(({ protocol, data }) => ({ protocol, data }))`,
  );

function credentialIn(outcome: Outcome): Call {
  if (!('value' in outcome)) throw new Error(`The call ended with ${outcome.name}: ${outcome.message}`);
  return outcome.value as Call; // made by `get`
}

/** All that tells one copy from another: signature, digests, disclosures, binding. The times are those of many. */
function partsOf({ presentation }: Accepted): string[] {
  const [jwt = '', ...rest] = presentation.split('~');
  const [, payload = '', signature = ''] = jwt.split('.');
  const { _sd = [] } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { readonly _sd?: readonly string[] }; // an SD-JWT's
  return [signature, ..._sd, ...rest];
}
