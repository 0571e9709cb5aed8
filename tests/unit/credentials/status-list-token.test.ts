import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { SignetError } from '../../../lib/core/index.ts';
import type { Jws, StatusQuestion } from '../../../lib/credentials/index.ts';
import { askStatus, openStatusList, readPublicJwk, statusAt } from '../../../lib/credentials/index.ts';
import type { ListChanges } from '../../fixtures/credentials/status-list.ts';
import { LIST_URI, pack, signList, statusClaim, statusList } from '../../fixtures/credentials/status-list.ts';
import type { TestAlgorithm, TestIssuer } from '../../fixtures/credentials/test-issuer.ts';
import { ISSUER, NOW_SECONDS, createTestIssuer, encode } from '../../fixtures/credentials/test-issuer.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 60);

let issuer: TestIssuer;
let stranger: TestIssuer;

beforeAll(async () => {
  issuer = await createTestIssuer();
  stranger = await createTestIssuer();
});

const keysOf = (by: TestIssuer) => async () => {
  const key = readPublicJwk(by.publicJwk);
  return Promise.resolve(key === undefined ? [] : [key]);
};

const expected = (changes: object = {}) => ({
  uri: LIST_URI,
  issuer: ISSUER,
  now: NOW_SECONDS,
  keys: keysOf(issuer),
  ...changes,
});

const LIST = statusList(2, 64, { 3: 1, 5: 2 });
const signed = (changes: ListChanges = {}, by = issuer): Promise<string> => signList(by, LIST, changes);

async function refusal(text: string, changes: object = {}): Promise<string | undefined> {
  const thrown: unknown = await openStatusList(text, expected(changes)).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof SignetError)) throw new Error('the list was believed', { cause: thrown });
  expect(thrown.reason).toBe('bad_request');
  return thrown.field;
}

describe('a status list token', () => {
  it.each<TestAlgorithm>(['ES256', 'ES384', 'EdDSA'])('that its issuer signed with %s is believed', async (alg) => {
    const by = await createTestIssuer(alg);
    const list = await openStatusList(await signed({}, by), expected({ keys: keysOf(by) }));
    expect([0, 3, 5].map((place) => statusAt(list, place))).toEqual(['valid', 'invalid', 'suspended']);
  });

  it('may leave out its end and its lifetime, and name its issuer', async () => {
    const text = await signed({ payload: { exp: undefined, ttl: undefined, iss: ISSUER } });
    expect((await openStatusList(text, expected())).bits).toBe(2);
  });

  it('is believed within half a minute of its times, as clocks differ', async () => {
    const payload = { iat: NOW_SECONDS + 30, nbf: NOW_SECONDS + 30, exp: NOW_SECONDS - 29 };
    expect((await openStatusList(await signed({ payload }), expected())).bits).toBe(2);
  });

  it('is asked for its key by its own header', async () => {
    const seen: Jws[] = [];
    const keys = (token: Jws) => {
      seen.push(token);
      return keysOf(issuer)();
    };
    await openStatusList(await signed({ header: { kid: 'key-7' } }), expected({ keys }));
    expect(seen.map(({ header }) => header['kid'])).toEqual(['key-7']);
  });

  it('may hold as many statuses as a million credentials have', async () => {
    const bytes = new Uint8Array(randomBytes(2 ** 18));
    const list = await openStatusList(await signed({ payload: { status_list: { bits: 2, lst: pack(bytes) } } }), {
      ...expected(),
    });
    expect(list.bytes).toEqual(bytes);
  });

  it.each<[string, string, ListChanges]>([
    ['typ', 'of no media type', { header: { typ: undefined } }],
    ['typ', 'that is a credential', { header: { typ: 'dc+sd-jwt' } }],
    ['typ', 'of another case', { header: { typ: 'StatusList+JWT' } }],
    ['sub', 'of another address', { payload: { sub: `${LIST_URI}/` } }],
    ['sub', 'of no address', { payload: { sub: undefined } }],
    ['sub', 'of several addresses', { payload: { sub: [LIST_URI] } }],
    ['iss', 'of another issuer', { payload: { iss: 'https://other.example' } }],
    ['iat', 'of no time', { payload: { iat: undefined } }],
    ['iat', 'of a time in text', { payload: { iat: String(NOW_SECONDS) } }],
    ['iat', 'of the future', { payload: { iat: NOW_SECONDS + 31 } }],
    ['exp', 'that has expired', { payload: { exp: NOW_SECONDS - 30 } }],
    ['exp', 'whose end is no time', { payload: { exp: 'never' } }],
    ['nbf', 'that is not valid yet', { payload: { nbf: NOW_SECONDS + 31 } }],
    ['ttl', 'that can be kept for no time', { payload: { ttl: 0 } }],
    ['ttl', 'that can be kept for less', { payload: { ttl: -1 } }],
    ['ttl', 'whose lifetime is text', { payload: { ttl: '60' } }],
    ['status_list', 'without a list', { payload: { status_list: undefined } }],
    ['bits', 'with a list of another width', { payload: { status_list: { ...LIST, bits: 3 } } }],
    ['lst', 'with a list that is not packed', { payload: { status_list: { bits: 1, lst: 'AAAA' } } }],
    ['status_list', 'that needs an extension', { header: { crit: ['x'] } }],
  ])('is refused by its %s: one %s', async (field, _, changes) => {
    expect(await refusal(await signed(changes))).toBe(field);
  });

  it('is refused unless the issuer signed it, with an algorithm that signs', async () => {
    expect(await refusal(await signed({}, stranger))).toBe('signature');
    expect(await refusal(await signed(), { keys: () => Promise.resolve([]) })).toBe('signature');
    expect(await refusal(await signed({ header: { alg: 'none' } }))).toBe('signature');
    expect(await refusal(await signed({ header: { alg: 'HS256' } }))).toBe('signature');
    const [header, , signature] = (await signed()).split('.');
    const payload = encode({ sub: LIST_URI, iat: NOW_SECONDS, status_list: statusList(2, 64) });
    expect(await refusal(`${header}.${payload}.${signature}`)).toBe('signature');
  });

  it('is not unpacked before its signature was found good', async () => {
    const bomb = { bits: 1, lst: pack(new Uint8Array(20 * 1024 * 1024)) };
    expect(await refusal(await signList(stranger, bomb))).toBe('signature');
    expect(await refusal(await signList(issuer, bomb))).toBe('lst');
  });

  it.each(['', 'a.b', 'a.b.c.d', '{}', ' ', 'a'.repeat(2 * 1024 * 1024)])('is none: %#', async (text) => {
    expect(await refusal(text)).toBe('status_list');
  });

  it('with any one character changed is refused', async () => {
    const text = await signed();
    const characters = fc.constantFrom(...Array.from('AZaz09-_.~=+/ "{'));
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: text.length - 1 }), characters, async (at, character) => {
        fc.pre(text[at] !== character);
        await refusal(text.slice(0, at) + character + text.slice(at + 1));
      }),
      { numRuns: RUNS },
    );
  });
});

describe('asking for a status', () => {
  const ask = (changes: Partial<StatusQuestion> = {}, claims: object = statusClaim(3)) =>
    askStatus(claims as never, { ...expected(), fetch: () => signed(), ...changes });

  it('fetches the list that the credential names, once, and reads its place', async () => {
    const asked: string[] = [];
    const fetch = (uri: string) => {
      asked.push(uri);
      return signed();
    };
    expect(await ask({ fetch })).toBe('invalid');
    expect(asked).toEqual([LIST_URI]);
    expect(await ask({}, statusClaim(0))).toBe('valid');
  });

  it.each<[string, Partial<StatusQuestion>, object]>([
    ['the list cannot be had', { fetch: () => Promise.reject(new TypeError('fetch failed')) }, statusClaim(0)],
    ['there is no text', { fetch: () => Promise.resolve(undefined) }, statusClaim(0)],
    ['the text is none', { fetch: () => Promise.resolve('<html>') }, statusClaim(0)],
    ['somebody else signed', { fetch: () => signed({}, stranger) }, statusClaim(0)],
    ['the list has expired', { fetch: () => signed({ payload: { exp: 1 } }) }, statusClaim(0)],
    ['the list ends before the credential', {}, statusClaim(64)],
    ['the credential has no place in a list', {}, { status: {} }],
    ['the keys cannot be found', { keys: () => Promise.reject(new SignetError('network', 'Gone.')) }, statusClaim(0)],
  ])('never guesses: %s', async (_, changes, claims) => {
    await expect(ask(changes, claims)).rejects.toMatchObject({ reason: 'status_unknown', field: 'status' });
  });

  it('says what was wrong, with what lies beneath, and nothing of what a fetch said', async () => {
    const cause = new TypeError('secret proxy address');
    const thrown: unknown = await ask({ fetch: () => Promise.reject(cause) }).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ cause, message: 'Whether this credential was revoked is not known.' });
    const known: unknown = await ask({}, statusClaim(64)).catch((error: unknown) => error);
    expect(known).toMatchObject({ message: expect.stringContaining('ends before this credential') as string });
  });
});
