import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../lib/core/index.ts';
import { createHolderKey, holderPublicJwk, jwkThumbprint } from '../../../lib/credentials/index.ts';
import type {
  PageRequest,
  PageRequestOptions,
  RequestSession,
  ResponseOptions,
  ResponseResult,
} from '../../../lib/sdk/index.ts';
import { MemoryReplayStore, createRequest, verifyResponse } from '../../../lib/sdk/index.ts';
import type { Held, Showing } from '../../fixtures/credentials/any-wallet.ts';
import {
  answerKeyIn,
  answerWith,
  encrypt,
  hold,
  show,
  showBearer,
  unsignedParams,
} from '../../fixtures/credentials/any-wallet.ts';
import { LIST_URI, signList, statusClaim, statusList } from '../../fixtures/credentials/status-list.ts';
import type { TestIssuer } from '../../fixtures/credentials/test-issuer.ts';
import {
  ISSUER,
  NOW,
  NOW_SECONDS,
  VCT,
  createTestIssuer,
  disclose,
  issueAge,
} from '../../fixtures/credentials/test-issuer.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 150);
const SHOP = 'https://shop.example';
const OTHER = 'https://issuer.example/other';

let issuer: TestIssuer;
let card: Held;

beforeAll(async () => {
  issuer = await createTestIssuer();
  card = await held();
});

const held = (changes: Parameters<typeof issueAge>[2] = {}, by = issuer): Promise<Held> =>
  hold((holder) => issueAge(by, holder, changes));

interface Asked {
  readonly request: PageRequest;
  readonly session: RequestSession;
}

/** What a shop asks, its session as it comes back from where it was kept. */
async function ask(changes: Partial<PageRequestOptions> = {}): Promise<Asked> {
  const asked = { claims: 'age_over_21', types: [VCT], origin: SHOP, now: new Date(NOW), ...changes };
  const { request, session } = await createRequest(asked as PageRequestOptions); // wrong on purpose, here and there
  return { request, session: JSON.parse(JSON.stringify(session)) as RequestSession };
}

const askDcql = (dcql_query: object, changes: object = {}): Promise<Asked> =>
  ask({ claims: undefined, types: undefined, dcql_query, ...changes } as never);

const options = (changes: object = {}): ResponseOptions => ({
  issuers: [{ issuer: ISSUER, jwks: { keys: [issuer.publicJwk] } }],
  now: new Date(NOW),
  replay: new MemoryReplayStore({ clock: () => NOW }),
  ...changes,
});

const present = ({ session }: Asked, changes: Partial<Showing> = {}, from = card): string =>
  show(from, { audience: `origin:${SHOP}`, nonce: session.nonce, ...changes });

const check = (answer: unknown, { session }: Asked, changes: object = {}): Promise<ResponseResult> =>
  verifyResponse(answer, session, options(changes));

async function reason(result: Promise<ResponseResult>): Promise<string> {
  const settled = await result;
  return settled.valid ? 'valid' : settled.reason;
}

/** Asks, has a wallet answer with what it is told to show, and says what comes of it. */
async function reasonFor(changes: Partial<Showing>, from = card, asked?: Asked): Promise<string> {
  const now = asked ?? (await ask());
  return reason(check(await answerWith(now.request, { proof: [present(now, changes, from)] }), now));
}

describe('verifyResponse', () => {
  it.each([true, false])('says what verify says, for a good answer (encrypted: %s)', async (encrypted) => {
    const asked = await ask({ encrypt: encrypted });
    const proof = {
      valid: true,
      claims: { age_over_21: true },
      issuer: ISSUER,
      format: 'dc+sd-jwt',
      holder: jwkThumbprint(holderPublicJwk(card.holderKey)),
      expires: new Date(NOW + 86_400_000),
      scope: ['age_over_21'],
    };
    expect(await check(await answerWith(asked.request, { proof: [present(asked)] }), asked)).toEqual({
      ...proof,
      presentations: { proof: [proof] },
      transactions: [],
    });
  });

  it.each<[string, (answer: { readonly data: JsonObject }) => unknown]>([
    ['an object', (answer) => answer],
    ['the text of it', (answer) => JSON.stringify(answer)],
    ['its data alone', ({ data }) => data],
    ['data that is text', ({ data }) => ({ protocol: 'openid4vp-v1-unsigned', data: JSON.stringify(data) })],
  ])('takes an answer as %s', async (_, as) => {
    const asked = await ask();
    expect(await reason(check(as(await answerWith(asked.request, { proof: [present(asked)] })), asked))).toBe('valid');
  });

  it('takes either content encryption', async () => {
    for (const enc of ['A128GCM', 'A256GCM']) {
      const asked = await ask();
      expect(await reason(check(await answerWith(asked.request, { proof: [present(asked)] }, { enc }), asked))).toBe(
        'valid',
      );
    }
  });

  it('takes age_equal_or_over/21 for age_over_21, by the name that was asked', async () => {
    const over = await disclose('21', true);
    const ages = await disclose('age_equal_or_over', { _sd: [over.digest] });
    const nested = await held({ claims: {}, payload: { _sd: [ages.digest] } });
    const asked = await ask();
    const proof = present(asked, { disclosures: [ages.encoded, over.encoded] }, nested);
    expect(await check(await answerWith(asked.request, { proof: [proof] }), asked)).toMatchObject({
      valid: true,
      claims: { age_over_21: true },
    });
  });

  it('takes an age that a credential says for an age that was asked of a birth date', async () => {
    const asked = await ask({ claims: [{ name: 'birth_date', age_at_least: 21 }] });
    expect(await check(await answerWith(asked.request, { proof: [present(asked)] }), asked)).toMatchObject({
      valid: true,
      claims: { birth_date: true },
      scope: ['birth_date'],
    });
  });

  it('accepts an answer from each origin that it may come from, and from no other', async () => {
    const origins = [SHOP, 'https://www.shop.example'];
    for (const [origin, expected] of [
      ...origins.map((one) => [one, 'valid']),
      ['https://shop.example.evil', 'wrong_audience'],
    ]) {
      const asked = await ask({ origin: origins });
      expect(await reasonFor({ audience: `origin:${origin}` }, card, asked)).toBe(expected);
    }
  });

  it.each<[string, Partial<Showing>]>([
    ['wrong_audience', { audience: 'origin:https://evil.example' }],
    ['wrong_audience', { audience: SHOP }],
    ['wrong_audience', { binding: { aud: [`origin:${SHOP}`] } }],
    ['wrong_nonce', { nonce: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['wrong_nonce', { binding: { nonce: 7 } }],
    ['no_holder_proof', { binding: { sd_hash: 'x' } }],
    ['no_holder_proof', { header: { typ: 'JWT' } }],
    ['expired', { binding: { iat: NOW_SECONDS - 301 } }],
    ['not_yet_valid', { binding: { iat: NOW_SECONDS + 31 } }],
    ['malformed', { binding: { iat: 'now' } }],
    ['wrong_claim', { shown: [] }],
    ['wrong_claim', { shown: ['birthdate'] }],
    ['over_disclosed', { shown: ['age_over_21', 'birthdate'] }],
    ['over_disclosed', { binding: { range_proofs: [] } }],
    ['no_holder_proof', { binding: { transaction_data_hashes: ['x'] } }],
    ['no_holder_proof', { binding: { transaction_data_hashes: 'x' } }],
  ])('says %s for %j', async (expected, showing) => {
    expect(await reasonFor(showing)).toBe(expected);
  });

  it.each<[string, Parameters<typeof issueAge>[2]]>([
    ['untrusted_issuer', { payload: { iss: 'https://other.example' } }],
    ['wrong_type', { payload: { vct: OTHER } }],
    ['expired', { payload: { exp: NOW_SECONDS - 31 } }],
    ['not_yet_valid', { payload: { nbf: NOW_SECONDS + 31 } }],
    ['bad_signature', { header: { alg: 'none' } }],
    ['unsupported_format', { header: { typ: 'jwt' } }],
    ['no_holder_proof', { payload: { cnf: undefined } }],
    ['wrong_claim', { claims: { age_over_21: false } }],
    ['wrong_claim', { claims: { age_over_21: 'true' } }],
    ['wrong_audience', { payload: { aud: 'https://elsewhere.example' } }],
  ])('says %s for a credential with %j', async (expected, changes) => {
    expect(await reasonFor({}, await held(changes))).toBe(expected);
  });

  it('says no_holder_proof for a key that is not the holder’s', async () => {
    expect(await reasonFor({ holderKey: createHolderKey() })).toBe('no_holder_proof');
  });

  it('says bad_signature for a credential that a stranger signed in the issuer’s name', async () => {
    expect(await reasonFor({}, await held({}, await createTestIssuer()))).toBe('bad_signature');
  });

  it('says no_holder_proof for a copy of a credential', async () => {
    const asked = await ask();
    const bare = showBearer(card, [card.disclosures['age_over_21'] ?? '']);
    expect(await reason(check(await answerWith(asked.request, { proof: [bare] }), asked))).toBe('no_holder_proof');
  });

  it('trusts an issuer for the types that its entry and the request both name', async () => {
    const asked = await ask();
    const answer = await answerWith(asked.request, { proof: [present(asked)] });
    const entry = { issuer: ISSUER, jwks: { keys: [issuer.publicJwk] } };
    expect(await reason(check(answer, asked, { issuers: [{ ...entry, types: [OTHER] }] }))).toBe('wrong_type');
    expect(await reason(check(answer, asked, { issuers: [{ ...entry, types: [VCT, OTHER] }] }))).toBe('valid');
  });
});

describe('verifyResponse refuses as malformed', () => {
  const good = (asked: Asked): JsonObject => ({ vp_token: { proof: [present(asked)] } });
  const keyOf = ({ request }: Asked): JsonObject => answerKeyIn(unsignedParams(request));

  it.each<[string, (asked: Asked) => unknown]>([
    ['nothing', () => undefined],
    ['a number', () => 7],
    ['text that is no JSON', () => 'vp_token'],
    ['a list', () => []],
    ['no data', () => ({ protocol: 'openid4vp-v1-unsigned' })],
    [
      'an answer by a protocol that was not asked',
      async (asked) => ({
        protocol: 'openid4vp-v1-signed',
        data: { response: await encrypt(good(asked), keyOf(asked)) },
      }),
    ],
    ['an answer of another kind', (asked) => ({ protocol: 'org-iso-mdoc', data: good(asked) })],
    ['window.signet, where it was not asked', (asked) => ({ protocol: 'window.signet', data: good(asked) })],
    ['a plain answer, where an encrypted one was asked', (asked) => good(asked)],
    ['a response that is no JWE', () => ({ response: 'abc' })],
    ['a response that is no text', () => ({ response: {} })],
    [
      'an answer that is encrypted to another key',
      async (asked) => ({ response: await encrypt(good(asked), keyOf(await ask())) }),
    ],
    [
      'an answer to this key under another’s name',
      async (asked) => ({ response: await encrypt(good(asked), keyOf(asked), { kid: 'other' }) }),
    ],
    [
      'an answer that names no key',
      async (asked) => {
        const key = Object.fromEntries(Object.entries(keyOf(asked)).filter(([name]) => name !== 'kid'));
        return { response: await encrypt(good(asked), key) };
      },
    ],
    [
      'a content encryption that was not offered',
      async (asked) => ({ response: await encrypt(good(asked), keyOf(asked), { enc: 'A128CBC-HS256' }) }),
    ],
    [
      'a wrapped key',
      async (asked) => ({ response: await encrypt(good(asked), keyOf(asked), { alg: 'ECDH-ES+A256KW' }) }),
    ],
    ['a compressed answer', async (asked) => ({ response: await encrypt(good(asked), keyOf(asked), { zip: 'DEF' }) })],
    [
      'an answer with a character changed',
      async (asked) => {
        const jwe = await encrypt(good(asked), keyOf(asked));
        const tag = jwe.lastIndexOf('.') + 1; // its last character has loose bits, its first has none
        return { response: jwe.slice(0, tag) + (jwe[tag] === 'A' ? 'B' : 'A') + jwe.slice(tag + 1) };
      },
    ],
    ['an encrypted list', async (asked) => ({ response: await encrypt([] as unknown as JsonObject, keyOf(asked)) })],
  ])('%s', async (_, make) => {
    const asked = await ask();
    expect(await reason(check(await make(asked), asked))).toBe('malformed');
  });

  it.each<[string, (proof: string) => Json]>([
    ['no presentations', () => null],
    ['a text for presentations', (proof) => proof],
    ['a list for presentations', (proof) => [proof]],
    ['a text for a list', (proof) => ({ proof })],
    ['an empty list', () => ({ proof: [] })],
    ['an object for a text', (proof) => ({ proof: [{ proof }] })],
    ['two, where one was asked', (proof) => ({ proof: [proof, proof] })],
    ['one that was not asked', (proof) => ({ proof: [proof], other: [proof] })],
    ['one by a name of objects', (proof) => ({ proof: [proof], constructor: [proof] })],
    ['a presentation that is none', () => ({ proof: ['abc'] })],
    ['one cut short', (proof) => ({ proof: [proof.slice(0, -41)] })], // 45 characters are no base64 of anything
  ])('%s', async (_, make) => {
    const asked = await ask();
    expect(await reason(check(await answerWith(asked.request, make(present(asked))), asked))).toBe('malformed');
  });

  it('an encrypted answer, where a plain one was asked', async () => {
    const asked = await ask({ encrypt: false });
    const response = await encrypt(good(asked), keyOf(await ask()));
    expect(await reason(check({ response }, asked))).toBe('malformed');
  });

  it('what names the prototype', async () => {
    const asked = await ask({ encrypt: false });
    const answer = `{"vp_token":{"__proto__":{"proof":["${present(asked)}"]}}}`;
    expect(await reason(check(answer, asked))).toBe('malformed');
  });

  it('whatever else, and never throws', async () => {
    const asked = await ask();
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.anything(), fc.string({ unit: 'binary' })), async (answer) => {
        expect((await check(answer, asked)).valid).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('verifyResponse, answered with an error,', () => {
  it.each([true, false])('says which (request for an encrypted answer: %s)', async (encrypted) => {
    const asked = await ask({ encrypt: encrypted });
    expect(await check({ protocol: 'openid4vp-v1-unsigned', data: { error: 'access_denied' } }, asked)).toEqual({
      valid: false,
      reason: 'malformed',
      detail: 'The wallet answered with an error: access_denied.',
      error: 'access_denied',
    });
  });

  it('opens an encrypted one', async () => {
    const asked = await ask();
    const response = await encrypt({ error: 'access_denied' }, answerKeyIn(unsignedParams(asked.request)));
    expect(await check({ response }, asked)).toMatchObject({ error: 'access_denied' });
  });

  it('passes on no text of a stranger’s', async () => {
    const asked = await ask();
    for (const error of ['<b>\u202e', {}, 'x'.repeat(65)]) {
      expect(await check({ error }, asked)).toMatchObject({ error: 'unknown' });
    }
  });
});

describe('verifyResponse takes a session', () => {
  it('once', async () => {
    const asked = await ask();
    const replay = new MemoryReplayStore({ clock: () => NOW });
    const answer = await answerWith(asked.request, { proof: [present(asked)] });
    expect(await reason(check(answer, asked, { replay }))).toBe('valid');
    expect(await reason(check(answer, asked, { replay }))).toBe('wrong_nonce');
    const again = await answerWith(asked.request, { proof: [present(asked)] });
    expect(await reason(check(again, asked, { replay }))).toBe('wrong_nonce');
  });

  it('once of two answers at the same time', async () => {
    const asked = await ask();
    const replay = new MemoryReplayStore({ clock: () => NOW });
    const answer = await answerWith(asked.request, { proof: [present(asked)] });
    const reasons = await Promise.all([1, 2, 3].map(() => reason(check(answer, asked, { replay }))));
    expect(reasons.sort()).toEqual(['valid', 'wrong_nonce', 'wrong_nonce']);
  });

  it('still, after an answer that was not valid', async () => {
    const asked = await ask();
    const replay = new MemoryReplayStore({ clock: () => NOW });
    const wrong = await answerWith(asked.request, { proof: [present(asked, { shown: [] })] });
    expect(await reason(check(wrong, asked, { replay }))).toBe('wrong_claim');
    const right = await answerWith(asked.request, { proof: [present(asked)] });
    expect(await reason(check(right, asked, { replay }))).toBe('valid');
  });

  it('not for another', async () => {
    const [asked, other] = [await ask({ encrypt: false }), await ask({ encrypt: false })];
    expect(await reason(check(await answerWith(asked.request, { proof: [present(asked)] }), other))).toBe(
      'wrong_nonce',
    );
  });

  it('until it expires', async () => {
    const asked = await ask({ expiresIn: 60 });
    const answer = await answerWith(asked.request, { proof: [present(asked)] });
    expect(await reason(check(answer, asked, { now: new Date(NOW + 60_000) }))).toBe('expired');
    expect(await reason(check(answer, asked, { now: new Date(NOW + 59_000) }))).toBe('valid');
  });

  it('and throws where it cannot be remembered', async () => {
    const asked = await ask();
    const replay = { remember: () => Promise.resolve('full' as const) };
    const answer = await answerWith(asked.request, { proof: [present(asked)] });
    await expect(check(answer, asked, { replay })).rejects.toMatchObject({ reason: 'too_many' });
  });
});

describe('verifyResponse asks for a status', () => {
  const list = statusList(1, 16, { 1: 1 });
  const status = () => signList(issuer, list);
  const answerFrom = async (idx: number, asked: Asked, changes: Partial<Showing> = {}) =>
    answerWith(asked.request, { proof: [present(asked, changes, await held({ payload: statusClaim(idx) }))] });

  it('where it is told how, and refuses what was revoked', async () => {
    const asked = await ask();
    expect(await reason(check(await answerFrom(0, asked), asked, { status }))).toBe('valid');
    expect(await reason(check(await answerFrom(1, asked), asked, { status }))).toBe('revoked');
    expect(await reason(check(await answerFrom(1, asked), asked, { status: 'skip' }))).toBe('valid');
  });

  it('never of what is refused already', async () => {
    const asked = await ask();
    const fetched = (): never => expect.unreachable(LIST_URI);
    expect(await reason(check(await answerFrom(1, asked, { nonce: 'x' }), asked, { status: fetched }))).toBe(
      'wrong_nonce',
    );
  });

  it('and throws where nobody says, or nobody knows', async () => {
    const asked = await ask();
    await expect(check(await answerFrom(0, asked), asked)).rejects.toMatchObject({ field: 'status' });
    const offline = () => Promise.reject(new Error('offline'));
    await expect(check(await answerFrom(0, asked), asked, { status: offline })).rejects.toMatchObject({
      reason: 'status_unknown',
    });
  });
});

describe('verifyResponse, by window.signet,', () => {
  it('takes a plain answer where the request had a purpose', async () => {
    const asked = await ask({ purpose: 'Buy wine' });
    const data = { vp_token: { proof: [present(asked)] } };
    expect(await reason(check({ protocol: 'window.signet', data }, asked))).toBe('valid');
    expect(await reason(check({ protocol: 'openid4vp-v1-unsigned', data }, asked))).toBe('malformed');
  });
});

describe('verifyResponse, of several credentials,', () => {
  const query = (more: object = {}, second: object = {}) => ({
    credentials: [
      { id: 'age', format: 'dc+sd-jwt', meta: { vct_values: [VCT] }, claims: [{ path: ['age_over_21'] }] },
      { id: 'name', format: 'dc+sd-jwt', meta: { vct_values: [OTHER] }, claims: [{ path: ['given_name'] }], ...second },
    ],
    ...more,
  });
  const sets = (...options: readonly unknown[]): object => ({ credential_sets: options });
  const either = { options: [['age'], ['name']] };
  const both = { options: [['age', 'name']] };

  const named = (): Promise<Held> => held({ payload: { vct: OTHER } });

  async function answered(dcql: object, ids: readonly string[], shown = ['given_name']): Promise<ResponseResult> {
    const asked = await askDcql(dcql);
    const proofs = new Map([
      ['age', present(asked)],
      ['name', present(asked, { shown }, await named())],
    ]);
    const token = Object.fromEntries(ids.map((id) => [id, [proofs.get(id) ?? '']]));
    return check(await answerWith(asked.request, token), asked);
  }

  it('says what each shows, by its id', async () => {
    const result = await answered(query(), ['name', 'age']);
    expect(result).toMatchObject({
      valid: true,
      claims: { age_over_21: true },
      presentations: {
        age: [{ valid: true, claims: { age_over_21: true }, scope: ['age_over_21'] }],
        name: [{ valid: true, claims: { given_name: 'Ada' }, scope: ['given_name'] }],
      },
    });
  });

  it.each<[string, object, readonly string[]]>([
    ['valid', query(), ['age', 'name']],
    ['wrong_claim', query(), ['age']],
    ['malformed', query(), []],
    ['valid', query(sets(either)), ['age']],
    ['valid', query(sets(either)), ['name']],
    ['over_disclosed', query(sets(either)), ['age', 'name']],
    ['valid', query(sets(both)), ['age', 'name']],
    ['wrong_claim', query(sets(both)), ['name']],
    ['valid', query(sets(either, { ...both, required: false })), ['age', 'name']],
    ['valid', query(sets({ options: [['age']] }, { options: [['name']], required: false })), ['age']],
    ['valid', query(sets({ options: [['age']] }, { options: [['name']], required: false })), ['age', 'name']],
    ['wrong_claim', query(sets({ options: [['age']] }, { options: [['name']], required: false })), ['name']],
    ['over_disclosed', query(sets({ options: [['age']] })), ['age', 'name']],
    ['valid', query(sets({ ...both, required: false })), ['age', 'name']],
    ['over_disclosed', query(sets({ ...both, required: false })), ['age']],
  ])('says %s for %j, answered with %j', async (expected, dcql, ids) => {
    const result = await answered(dcql, ids);
    // An empty object is an answer that holds nothing.
    if (ids.length === 0) expect(result.valid).toBe(false);
    else expect(result.valid ? 'valid' : result.reason).toBe(expected);
  });

  it('refuses all where one is not valid, and says which', async () => {
    expect(await answered(query(), ['age', 'name'], ['given_name', 'family_name'])).toMatchObject({
      valid: false,
      reason: 'over_disclosed',
      detail: expect.stringMatching(/^name: /) as string,
    });
  });

  it('takes a credential of one type for no other', async () => {
    const asked = await askDcql(query());
    const swapped = { age: [present(asked, {}, await named())], name: [present(asked, { shown: ['given_name'] })] };
    expect(await reason(check(await answerWith(asked.request, swapped), asked))).toBe('wrong_type');
  });

  it('lets one presentation of a credential answer twice, and a presentation of another for itself alone', async () => {
    const dcql = query({}, { meta: { vct_values: [VCT] } });
    const shown = ['age_over_21', 'given_name'];
    const asked = await askDcql(dcql);
    const proof = present(asked, { shown });
    expect(await reason(check(await answerWith(asked.request, { age: [proof], name: [proof] }), asked))).toBe('valid');
    const other = present(asked, { shown: ['given_name'] }, await held());
    const apart = await answerWith(asked.request, { age: [proof], name: [other] });
    expect(await reason(check(apart, asked))).toBe('over_disclosed');
  });

  it('takes several of a kind where that is asked', async () => {
    const dcql = { credentials: [{ ...query().credentials[0], multiple: true }] };
    const asked = await askDcql(dcql);
    const proofs = [present(asked), present(asked, {}, await held())];
    const result = await check(await answerWith(asked.request, { age: proofs }), asked);
    expect(result.valid && result.presentations['age']?.length).toBe(2);
    const one = await answerWith(asked.request, { age: [proofs[0] ?? '', present(asked, { shown: [] })] });
    expect(await reason(check(one, asked))).toBe('wrong_claim');
    const many = await answerWith(asked.request, { age: Array.from({ length: 65 }, () => proofs[0] ?? '') });
    expect(await reason(check(many, asked))).toBe('malformed');
  });
});

describe('verifyResponse, of claim sets,', () => {
  const dcql = {
    credentials: [
      {
        id: 'pid',
        format: 'dc+sd-jwt',
        meta: { vct_values: [VCT] },
        claims: [
          { id: 'a', path: ['age_over_21'], values: [true] },
          { id: 'b', path: ['birthdate'] },
          { id: 'n', path: ['family_name'] },
        ],
        claim_sets: [
          ['a', 'n'],
          ['b', 'n'],
        ],
      },
    ],
  };

  it.each<[string, readonly string[]]>([
    ['valid', ['age_over_21', 'family_name']],
    ['valid', ['birthdate', 'family_name']],
    ['over_disclosed', ['age_over_21', 'birthdate', 'family_name']],
    ['wrong_claim', ['age_over_21']],
    ['wrong_claim', ['family_name']],
    ['wrong_claim', []],
    ['over_disclosed', ['birthdate', 'family_name', 'given_name']],
  ])('says %s for %j', async (expected, shown) => {
    const asked = await askDcql(dcql);
    expect(await reason(check(await answerWith(asked.request, { pid: [present(asked, { shown })] }), asked))).toBe(
      expected,
    );
  });

  it('says which claims it was answered with', async () => {
    const asked = await askDcql(dcql);
    const proof = present(asked, { shown: ['birthdate', 'family_name'] });
    expect(await check(await answerWith(asked.request, { pid: [proof] }), asked)).toMatchObject({
      claims: { birthdate: '1990-04-01', family_name: 'Byron' },
      scope: ['birthdate', 'family_name'],
    });
  });

  it('reads no claims as none that could have been hidden', async () => {
    const asked = await askDcql({ credentials: [{ id: 'pid', format: 'dc+sd-jwt', meta: { vct_values: [VCT] } }] });
    const answer = async (shown: readonly string[]) => answerWith(asked.request, { pid: [present(asked, { shown })] });
    expect(await reason(check(await answer(['given_name']), asked))).toBe('over_disclosed');
    expect(await check(await answer([]), asked)).toMatchObject({ valid: true, claims: {}, scope: [] });
  });
});

describe('verifyResponse, of elements of a list,', () => {
  const asking = (path: readonly unknown[], values?: readonly unknown[]) => ({
    credentials: [
      {
        id: 'pid',
        format: 'dc+sd-jwt',
        meta: { vct_values: [VCT] },
        claims: [{ path, ...(values !== undefined && { values }) }],
      },
    ],
  });

  /** Nationalities of which each is hidden by itself. */
  async function listed() {
    const elements = await Promise.all(['DE', 'FR', 'IT'].map((one) => disclose(one)));
    const list = await disclose(
      'nationalities',
      elements.map(({ digest }) => ({ '...': digest })),
    );
    const from = await held({ claims: {}, payload: { _sd: [list.digest] } });
    return {
      from,
      show: (...at: readonly number[]) => [list.encoded, ...at.map((one) => elements[one]?.encoded ?? '')],
    };
  }

  it.each<[string, readonly unknown[], readonly number[], unknown]>([
    ['valid', ['nationalities', 1], [1], 'FR'],
    ['valid', ['nationalities', 0], [0], 'DE'],
    ['wrong_claim', ['nationalities', 1], [0], undefined],
    ['wrong_claim', ['nationalities', 0], [1], undefined],
    ['over_disclosed', ['nationalities', 1], [0, 1], undefined],
    ['valid', ['nationalities', null], [0, 1, 2], ['DE', 'FR', 'IT']],
  ])('says %s for %j, shown %j', async (expected, path, at, value) => {
    const { from, show: disclosed } = await listed();
    const asked = await askDcql(asking(path));
    const proof = present(asked, { disclosures: disclosed(...at) }, from);
    const result = await check(await answerWith(asked.request, { pid: [proof] }), asked);
    expect(result.valid ? 'valid' : result.reason).toBe(expected);
    if (result.valid) expect(Object.values(result.claims)).toEqual([value]);
  });

  it('takes of all elements those whose values are accepted, and no others', async () => {
    const { from, show: disclosed } = await listed();
    for (const [at, expected] of [
      [[1], 'valid'],
      [[0], 'wrong_claim'],
      [[0, 1], 'over_disclosed'],
    ] as const) {
      const asked = await askDcql(asking(['nationalities', null], ['FR', 'GB']));
      const proof = present(asked, { disclosures: disclosed(...at) }, from);
      expect(await reason(check(await answerWith(asked.request, { pid: [proof] }), asked))).toBe(expected);
    }
  });
});

describe('verifyResponse, where nobody need be shown to hold it,', () => {
  const dcql = (required: boolean) => ({
    credentials: [
      {
        id: 'ticket',
        format: 'dc+sd-jwt',
        meta: { vct_values: [VCT] },
        require_cryptographic_holder_binding: required,
        claims: [{ path: ['age_over_21'] }],
      },
    ],
  });
  const bare = (from: Held): string => showBearer(from, [from.disclosures['age_over_21'] ?? '']);

  it('takes a copy, and says that it has no holder', async () => {
    const asked = await askDcql(dcql(false));
    const unbound = await held({ payload: { cnf: undefined } });
    for (const from of [card, unbound]) {
      expect(await check(await answerWith(asked.request, { ticket: [bare(from)] }), asked)).toMatchObject({
        valid: true,
        holder: 'none',
      });
    }
  });

  it('checks a key binding that is there all the same', async () => {
    const asked = await askDcql(dcql(false));
    expect(await check(await answerWith(asked.request, { ticket: [present(asked)] }), asked)).toMatchObject({
      holder: jwkThumbprint(holderPublicJwk(card.holderKey)),
    });
    const wrong = present(asked, { nonce: 'x' });
    expect(await reason(check(await answerWith(asked.request, { ticket: [wrong] }), asked))).toBe('wrong_nonce');
  });

  it('and refuses a copy otherwise', async () => {
    const asked = await askDcql(dcql(true));
    expect(await reason(check(await answerWith(asked.request, { ticket: [bare(card)] }), asked))).toBe(
      'no_holder_proof',
    );
  });
});

describe('verifyResponse throws, naming', () => {
  it.each<[string, unknown, object]>([
    ['session', undefined, {}],
    ['session', { v: 2 }, {}],
    ['session', 'token', {}],
    ['issuers', null, { issuers: [] }],
    ['replay', null, { replay: undefined }],
    ['replay', null, { replay: {} }],
    ['now', null, { now: 7 }],
    ['status', null, { status: 'ask' }],
  ])('%s: %j, %j', async (field, session, changes) => {
    const asked = await ask();
    const attempt = verifyResponse(
      '{}',
      (session === null ? asked.session : session) as RequestSession,
      options(changes),
    );
    await expect(attempt).rejects.toMatchObject({ name: 'SignetError', reason: 'bad_request', field });
  });
});

it('verifyResponse refuses a good answer with any one character of its presentations changed', async () => {
  const asked = await ask({ encrypt: false });
  const token = JSON.stringify({ proof: [present(asked)] });
  const character = fc.constantFrom(...Array.from('AZaz09-_.~=+/ "{\u0000é'));
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: token.length - 1 }), character, async (at, replacement) => {
      const changed = token.slice(0, at) + replacement + token.slice(at + 1);
      const result = await check(`{"protocol":"openid4vp-v1-unsigned","data":{"vp_token":${changed}}}`, asked);
      expect(result.valid).toBe(changed === token);
    }),
    { numRuns: RUNS },
  );
});
