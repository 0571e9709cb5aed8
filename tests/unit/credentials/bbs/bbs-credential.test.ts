import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../../lib/core/index.ts';
import { SignetError, canonicalJson, toBase64url } from '../../../../lib/core/index.ts';
import {
  isWeekStart,
  readBbsCredential,
  readBbsJwk,
  readBbsJwkSet,
  sharedExpiry,
  writeBbsCredential,
} from '../../../../lib/credentials/bbs/index.ts';
import { CARD, CLUB, ENDS, NOW } from '../../../fixtures/bbs/club.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 200);

const HEADER = { type: CARD, issuer: CLUB, schema: ['member', 'tier'], expires: ENDS };
const GOOD = { v: 1, suite: 'bbs', header: HEADER, claims: { member: true, tier: 'gold' }, signature: 'AAAA' };

const refusalOf = (text: string): SignetError => {
  try {
    readBbsCredential(text);
  } catch (error) {
    return SignetError.from(error);
  }
  throw new Error('It was read.');
};

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `claim_${i}`);
const withSchema = (schema: readonly Json[], claims: JsonObject = GOOD.claims): object => ({
  ...GOOD,
  header: { ...HEADER, schema },
  claims,
});
const withHeader = (change: object): object => ({ ...GOOD, header: { ...HEADER, ...change } });

describe('a BBS credential', () => {
  test('is read as it was written, whatever its order and spaces', () => {
    const read = readBbsCredential(JSON.stringify(GOOD, null, 2));
    expect(read).toEqual({ suite: 'bbs', header: HEADER, claims: GOOD.claims, signature: new Uint8Array(3) });
    expect(writeBbsCredential(read)).toBe(canonicalJson(GOOD));
  });

  test('can have 128 claims', () => {
    const schema = names(128);
    const claims = Object.fromEntries(schema.map((name) => [name, 1]));
    expect(readBbsCredential(JSON.stringify(withSchema(schema, claims))).header.schema).toHaveLength(128);
  });

  test.each<[string, object]>([
    ['a list', [GOOD]],
    ['a member more', { ...GOOD, extra: 1 }],
    ['no suite', { ...GOOD, suite: undefined }],
    ['a suite that is a number', { ...GOOD, suite: 1 }],
    ['no version', { ...GOOD, v: undefined }],
    ['a header that is text', { ...GOOD, header: 'header' }],
    ['a header with a member more', withHeader({ status: 1 })],
    ['a header with a member less', withHeader({ type: undefined })],
    ['an empty type', withHeader({ type: '' })],
    ['a type that is too long', withHeader({ type: 'x'.repeat(513) })],
    ['an issuer that is no origin', withHeader({ issuer: `${CLUB}/path` })],
    ['an issuer by plain http', withHeader({ issuer: 'http://club.example' })],
    ['an issuer that is a number', withHeader({ issuer: 1 })],
    ['an end of its own', withHeader({ expires: ENDS + 1 })],
    ['an end on a Tuesday', withHeader({ expires: ENDS + 24 * 3600 })],
    ['an end that is text', withHeader({ expires: String(ENDS) })],
    ['an end before all time', withHeader({ expires: -259_200 })],
    ['no claims', withSchema([], {})],
    ['129 claims', withSchema(names(129), Object.fromEntries(names(129).map((name) => [name, 1])))],
    ['a schema that is text', withHeader({ schema: 'member' })],
    ['a name that is a number', withSchema(['member', 1], { member: true, 1: 1 })],
    ['a name that is a list', withSchema(['member', ['tier']])],
    ['a name that is empty', withSchema(['member', ''], { member: true, '': 1 })],
    ['a name that is too long', withSchema(['x'.repeat(201)], { ['x'.repeat(201)]: 1 })],
    ['a name twice', withSchema(['member', 'member', 'tier'])],
    ['a claim that the schema does not name', { ...GOOD, claims: { ...GOOD.claims, level: 3 } }],
    ['a claim less than the schema names', { ...GOOD, claims: { member: true } }],
    ['another claim than the schema names', { ...GOOD, claims: { member: true, level: 3 } }],
    ['claims that are a list', { ...GOOD, claims: [true, 'gold'] }],
    ['a signature that is a number', { ...GOOD, signature: 1 }],
    ['a signature with loose bits', { ...GOOD, signature: 'AAF' }],
    ['a lone surrogate', { ...GOOD, claims: { member: true, tier: '\ud800' } }],
  ])('with %s is refused', (_, credential) => {
    expect(refusalOf(JSON.stringify(credential)).reason).toBe('bad_request');
  });

  test.each([
    ['version 2', { ...GOOD, v: 2 }],
    ['another suite', { ...GOOD, suite: 'bbs++' }],
  ])('of %s is not supported', (_, credential) => {
    expect(refusalOf(JSON.stringify(credential)).reason).toBe('unsupported');
  });

  test('cannot have __proto__ for a claim', () => {
    const text = JSON.stringify(GOOD).replaceAll('"tier"', '"__proto__"');
    expect(refusalOf(text).field).toBe('schema');
    const slipped = JSON.stringify(GOOD).replace('"claims":{', '"claims":{"__proto__":{"tier":"gold"},');
    expect(refusalOf(slipped).field).toBe('claims');
  });

  test('inherits no claim', () => {
    expect(refusalOf(JSON.stringify(withSchema(['member', 'toString']))).field).toBe('claims');
  });

  test('is refused when too long or too deep, before it is looked at', () => {
    const long = { ...GOOD, claims: { member: true, tier: 'x'.repeat(40_000) } };
    expect(refusalOf(JSON.stringify(long)).message).toContain('longer');
    const deep = JSON.stringify(GOOD).replace('"gold"', `${'['.repeat(20)}${']'.repeat(20)}`);
    expect(refusalOf(deep).message).toContain('deeper');
  });

  test('says so with a SignetError, whatever the text', () => {
    const cut = fc.integer({ min: 1, max: 200 }).map((by) => JSON.stringify(GOOD).slice(0, -by));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), cut), (text) => {
        try {
          readBbsCredential(text);
          return false;
        } catch (error) {
          return error instanceof SignetError;
        }
      }),
      { numRuns },
    );
  });
});

describe('the end of a credential', () => {
  test('is the same for a whole week, and another for the next', () => {
    const [monday, sunday] = [Date.UTC(2026, 7, 31) / 1000, Date.UTC(2026, 8, 6, 23, 59, 59) / 1000];
    expect([monday, NOW, sunday].map((now) => sharedExpiry(now, 4))).toEqual([ENDS, ENDS, ENDS]);
    expect(sharedExpiry(sunday + 1, 4)).toBe(ENDS + 7 * 24 * 3600);
    expect(sharedExpiry(monday - 1, 4)).toBe(ENDS - 7 * 24 * 3600);
  });

  test('is a Monday at midnight, UTC, and leaves as many whole weeks as were said', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e9 }), fc.integer({ min: 1, max: 520 }), (now, weeks) => {
        const end = sharedExpiry(now, weeks);
        const date = new Date(end * 1000);
        expect([date.getUTCDay(), end % 86_400]).toEqual([1, 0]);
        expect(isWeekStart(end)).toBe(true);
        expect(end - now).toBeGreaterThan(weeks * 604_800 - 1);
        expect(end - now).toBeLessThanOrEqual((weeks + 1) * 604_800);
      }),
      { numRuns },
    );
  });
});

describe('a BBS key', () => {
  const point = Uint8Array.from({ length: 96 }, (_, i) => (i === 0 ? 0x81 : i));
  const x = toBase64url(point);
  const KEY = { kty: 'OKP', crv: 'BLS12381G2', x, alg: 'BBS', kid: 'club' };

  test('is read without what is not public', () => {
    expect(readBbsJwk({ ...KEY, d: 'secret', use: 'sig' })).toEqual(KEY);
    expect(readBbsJwk({ ...KEY, alg: 'BBS+2020' })?.alg).toBe('BBS+2020');
  });

  test.each<[string, unknown]>([
    ['of another kind', { ...KEY, kty: 'EC' }],
    ['of another curve', { ...KEY, crv: 'BLS12381G1' }],
    ['for no suite', { ...KEY, alg: undefined }],
    ['for another suite', { ...KEY, alg: 'EdDSA' }],
    ['for encryption', { ...KEY, use: 'enc' }],
    ['too short', { ...KEY, x: toBase64url(point.subarray(1)) }],
    ['too long', { ...KEY, x: `${x}AAAA` }],
    ['not compressed', { ...KEY, x: toBase64url(point.with(0, 1)) }],
    ['neutral', { ...KEY, x: toBase64url(new Uint8Array(96).with(0, 0xc0)) }],
    ['padded', { ...KEY, x: `${x}=` }],
    ['without a point', { ...KEY, x: undefined }],
    ['that is none', 'key'],
  ])('%s is none', (_, jwk) => {
    expect(readBbsJwk(jwk)).toBeUndefined();
  });

  test('is found in a set, among keys of other kinds', () => {
    const ed25519 = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
    expect(readBbsJwkSet({ keys: [ed25519, KEY] }, 'jwks')).toEqual([KEY]);
    expect(() => readBbsJwkSet({ keys: 'none' }, 'jwks')).toThrow('jwks');
  });
});
