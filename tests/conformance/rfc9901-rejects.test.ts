import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject, SecretBytes } from '../../lib/core/index.ts';
import {
  createHolderKey,
  holderPublicJwk,
  parseSdJwt,
  presentCredential,
  sdHashOf,
  signJws,
} from '../../lib/credentials/index.ts';
import { verify } from '../../lib/sdk/index.ts';
import type { TestCredential, TestIssuer } from '../fixtures/credentials/test-issuer.ts';
import {
  ISSUER,
  NOW,
  NOW_SECONDS,
  VCT,
  createTestIssuer,
  disclose,
  encode,
  issueAge,
} from '../fixtures/credentials/test-issuer.ts';

/**
 * Every case in which RFC 9901 §7 has an SD-JWT rejected, by its section and step. Where a test stands elsewhere it is
 * named here, and found there; the others follow.
 */
const SD_JWT = 'tests/unit/credentials/sd-jwt.test.ts';
const ISSUED = 'tests/unit/credentials/verify-issued.test.ts';
const VERIFY = 'tests/unit/sdk/verify.test.ts';

const ELSEWHERE: readonly (readonly [step: string, rule: string, file: string, test: string])[] = [
  ['7.1 (2.1)', 'no algorithm that is not deemed secure', VERIFY, "{ header: { alg: 'none' } }"],
  [
    '7.1 (2.1)',
    'none of the holder’s either',
    ISSUED,
    "['alg', 'no signature algorithm', { header: { alg: 'none' } }]",
  ],
  [
    '7.1 (2.2)',
    'a signature that is not valid',
    ISSUED,
    'with a signature of somebody else, or with a character changed',
  ],
  ['7.1 (2.2)', 'anything changed on the way', VERIFY, 'refuses a presentation with any one character changed'],
  [
    '7.1 (2.3)',
    'a key that does not belong to the issuer',
    VERIFY,
    'does not mix the types of one entry with the keys',
  ],
  [
    '7.1 (2.3)',
    'a certificate of another issuer',
    VERIFY,
    'trusts certificates that lead to an anchor and name the issuer',
  ],
  ['7.1 (2.4)', 'a hash that is not understood', SD_JWT, 'refuses %s as digest algorithm'],
  [
    '7.1 (3.3.2.1)',
    'a member’s disclosure of other than three elements',
    SD_JWT,
    'refuses members disclosed as elements',
  ],
  ['7.1 (3.3.2.1)', 'a disclosure that is no such array at all', SD_JWT, 'refuses %j as a disclosure'],
  ['7.1 (3.3.2.2)', 'a claim named _sd or ...', SD_JWT, 'refuses a disclosure named %s'],
  [
    '7.1 (3.3.2.3)',
    'a claim that is there already',
    SD_JWT,
    'refuses a disclosure that takes the name of a claim that is',
  ],
  ['7.1 (3.3.3.1)', 'an element’s disclosure of other than two', SD_JWT, 'and elements disclosed as members'],
  ['7.1 (4)', 'a digest that is met twice', SD_JWT, 'refuses a digest that stands twice, shown or not, at any level'],
  ['7.1 (5)', 'a disclosure without a digest', SD_JWT, 'refuses a disclosure that no digest names'],
  ['7.1 (5)', 'a disclosure whose parent is not shown', SD_JWT, 'refuses a child disclosure whose parent is not shown'],
  ['7.1 (6)', 'an exp that has passed', VERIFY, '{ payload: { exp: NOW_SECONDS - 31 } }'],
  ['7.1 (6)', 'an nbf to come', VERIFY, '{ payload: { nbf: NOW_SECONDS + 31 } }'],
  ['7.1 (6), 9.7', 'validity claims that can be left out', ISSUED, 'is refused when %s is selectively disclosable'],
  ['7.2', 'an SD-JWT+KB that a holder is given', ISSUED, 'is refused when it already has a key binding'],
  ['7.3 (2)', 'no key binding', VERIFY, "['no_holder_proof', () => credential.text.split('~').slice(0, 2)"],
  ['7.3 (5.1)', 'no key of the holder’s to determine', VERIFY, '{ payload: { cnf: undefined } }'],
  ['7.3 (5.3)', 'a key binding of another key', VERIFY, 'present({ holderKey: createHolderKey() })'],
  ['7.3 (5.4)', 'a key binding of another type', VERIFY, 'refuses a key binding of another media type'],
  ['7.3 (5.5)', 'a key binding that is too old', VERIFY, "['expired', () => present({ now: NOW - 301_000 })]"],
  ['7.3 (5.5)', 'a key binding from the future', VERIFY, "['not_yet_valid', () => present({ now: NOW + 31_000 })]"],
  ['7.3 (5.6)', 'another nonce', VERIFY, "['wrong_nonce', () => present({ nonce: 'another' })]"],
  ['7.3 (5.6)', 'another audience', VERIFY, "present({ audience: 'origin:https://evil.example' })"],
  [
    '7.3 (5.7)',
    'other disclosures than it was made over',
    VERIFY,
    'refuses disclosures that the key binding does not cover',
  ],
];

describe('RFC 9901 §7, tested elsewhere', () => {
  it.each(ELSEWHERE)('%s rejects %s', (_step, _rule, file, test) => {
    const spaceless = (text: string): string => text.replaceAll(/\s+/g, ' ');
    expect(spaceless(readFileSync(resolve(import.meta.dirname, '../..', file), 'utf8'))).toContain(spaceless(test));
  });
});

const NONCE = 'MDEyMzQ1Njc4OWFiY2RlZg';
const SHOP = 'https://shop.example';

let issuer: TestIssuer;
let holderKey: SecretBytes;
let credential: TestCredential;

beforeAll(async () => {
  issuer = await createTestIssuer();
  holderKey = createHolderKey();
  credential = await issueAge(issuer, holderPublicJwk(holderKey));
});

const outcome = async (proof: string): Promise<string> => {
  const issuers = [{ issuer: ISSUER, types: [VCT], jwks: { keys: [issuer.publicJwk] } }];
  const result = await verify(proof, 'age_over_21', SHOP, { nonce: NONCE, issuers, now: new Date(NOW) });
  return result.valid ? 'valid' : result.reason;
};

const present = ({ issuerJwt, disclosures }: TestCredential, shown: readonly string[] = []): string =>
  presentCredential({
    issuerJwt,
    disclosures: [disclosures['age_over_21'] ?? '', ...shown].filter((one) => one !== ''),
    holderKey,
    audience: `origin:${SHOP}`,
    nonce: NONCE,
    now: NOW,
  });

const issued = (payload: object): Promise<TestCredential> => issueAge(issuer, holderPublicJwk(holderKey), { payload });

/** A presentation whose key binding is made of other parts than it should be. */
function boundBy(changes: { readonly header?: JsonObject; readonly payload?: Record<string, unknown> }): string {
  const presented = `${credential.issuerJwt}~${credential.disclosures['age_over_21'] ?? ''}~`;
  const payload = {
    aud: `origin:${SHOP}`,
    nonce: NONCE,
    iat: NOW_SECONDS,
    sd_hash: sdHashOf(presented, parseSdJwt(presented).issuerJwt.payload),
    ...changes.payload,
  };
  return presented + signJws(holderKey, { typ: 'kb+jwt', ...changes.header }, payload);
}

/** The key binding of a good presentation under another header, with a signature that fits no algorithm. */
function headed(header: object, signature: string): string {
  const good = boundBy({});
  const cut = good.lastIndexOf('~') + 1;
  const [, payload = ''] = good.slice(cut).split('.');
  return `${good.slice(0, cut)}${encode(header)}.${payload}.${signature}`;
}

describe('RFC 9901 §7.1', () => {
  it('accepts what the others are made from', async () => {
    expect(await outcome(present(credential))).toBe('valid');
    expect(await outcome(boundBy({}))).toBe('valid');
  });

  it('(3.3.1) ignores a digest that no disclosure has', async () => {
    const { _sd } = parseSdJwt(credential.text).issuerJwt.payload as { readonly _sd: readonly string[] }; // the fixture's own
    const more = await issued({ _sd: [..._sd, (await disclose('decoy', 1)).digest] });
    expect(await outcome(present({ ...more, disclosures: credential.disclosures }))).toBe('valid');
  });

  it('(4) rejects a digest that is met again in a disclosure, when all of it is shown', async () => {
    const inner = await disclose('age_over_21', true);
    const outer = await disclose('outer', { _sd: [inner.digest] });
    const twice = await issued({ _sd: [inner.digest, outer.digest] });
    const shown = { ...twice, disclosures: {} };
    expect(await outcome(present(shown, [inner.encoded, outer.encoded]))).toBe('malformed');
  });

  it('(5) rejects a disclosure of another credential', async () => {
    const stray = await disclose('age_over_18', true);
    expect(await outcome(present(credential, [stray.encoded]))).toBe('malformed');
  });

  it.each([['https://other.example'], [[`origin:https://other.example`, 'x']], [7], [null], [[]]])(
    '(6) rejects a credential that is for %j alone',
    async (aud) => {
      expect(await outcome(present(await issued({ aud })))).toBe('wrong_audience');
    },
  );

  it.each([[SHOP], [`origin:${SHOP}`], [['https://other.example', SHOP]]])(
    '(6) accepts a credential that is for %j, who asks',
    async (aud) => {
      expect(await outcome(present(await issued({ aud })))).toBe('valid');
    },
  );

  it.each(['iss', 'vct'])('(6) rejects a credential without %s, which it needs', async (name) => {
    expect(await outcome(present(await issued({ [name]: undefined })))).toBe('malformed');
  });

  it.each(['exp', 'nbf', 'iat'])('(6) rejects a credential whose %s is no time', async (name) => {
    expect(await outcome(present(await issued({ [name]: 'soon' })))).toBe('malformed');
  });
});

describe('RFC 9901 §7.3', () => {
  it('(1) does not let the holder decide: a good presentation without its key binding is rejected', async () => {
    const good = present(credential);
    expect(await outcome(good.slice(0, good.lastIndexOf('~') + 1))).toBe('no_holder_proof');
  });

  it('(5.1) rejects a holder that is named by other means than a key', async () => {
    const named = await issued({ cnf: { kid: 'key-1' } });
    expect(await outcome(present(named))).toBe('no_holder_proof');
  });

  it.each(['none', 'None', 'HS256', 'RS256', 'ES256K', ''])('(5.2) rejects a key binding by “%s”', async (alg) => {
    const good = boundBy({});
    const signature = alg === 'HS256' ? (good.split('.').at(-1) ?? '') : '';
    expect(await outcome(headed({ typ: 'kb+jwt', alg }, signature))).toBe('no_holder_proof');
  });

  it('(5.2) rejects a key binding that names no algorithm', async () => {
    expect(await outcome(headed({ typ: 'kb+jwt' }, ''))).toBe('no_holder_proof');
  });

  it.each([{ typ: undefined }, { typ: 'KB+JWT' }, { typ: 'dc+sd-jwt' }])('(5.4) rejects %j', async (header) => {
    expect(await outcome(boundBy({ header: header as JsonObject }))).toBe('no_holder_proof');
  });

  it.each<[string, string, unknown]>([
    ['(5.5)', 'iat', undefined],
    ['(5.5)', 'iat', String(NOW_SECONDS)],
    ['(5.6)', 'nonce', undefined],
    ['(5.6)', 'nonce', [NONCE]],
    ['(5.6)', 'aud', undefined],
    ['(5.6)', 'aud', [`origin:${SHOP}`, 'origin:https://evil.example']],
    ['(5.7)', 'sd_hash', undefined],
    ['(5.7)', 'sd_hash', 'AAAA'],
  ])('%s rejects a key binding whose %s is %j', async (_, name, value) => {
    expect(await outcome(boundBy({ payload: { [name]: value } }))).toMatch(
      { iat: /^malformed$/, nonce: /^wrong_nonce$/, aud: /^wrong_audience$/, sd_hash: /^no_holder_proof$/ }[name] ??
        /^$/,
    );
  });

  it.each<[string, object, string]>([
    ['has expired', { exp: NOW_SECONDS - 30 }, 'expired'],
    ['is not valid yet', { nbf: NOW_SECONDS + 31 }, 'not_yet_valid'],
    ['ends at no time', { exp: 'never' }, 'malformed'],
    ['begins at no time', { nbf: null }, 'malformed'],
  ])('(5.8) rejects a key binding that %s', async (_, payload, reason) => {
    expect(await outcome(boundBy({ payload: { ...payload } }))).toBe(reason);
  });

  it('(5.8) accepts a key binding within the times that it says', async () => {
    expect(await outcome(boundBy({ payload: { exp: NOW_SECONDS + 60, nbf: NOW_SECONDS } }))).toBe('valid');
  });

  it('(5.8) rejects a key binding that needs an extension', async () => {
    expect(await outcome(boundBy({ header: { crit: ['exp'] } }))).toBe('malformed');
  });
});
