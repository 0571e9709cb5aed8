import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, test } from 'vitest';
import type { JsonObject, Origin } from '../../../../lib/core/index.ts';
import { SecretBytes, toBase64url, toHex, utf8 } from '../../../../lib/core/index.ts';
import type { Refusal, TrustedKeys, VerifiedPresentation } from '../../../../lib/credentials/index.ts';
import { claimTermOf, jwkThumbprint, parseSdJwt, verifyPresentation } from '../../../../lib/credentials/index.ts';
import type { CredentialSchema, SelfPresentation } from '../../../../lib/credentials/issuing/index.ts';
import {
  ageOver,
  ed25519PublicJwk,
  ed25519Signer,
  issueSdJwtVc,
  presentSelfIssued,
  selfIssuerKey,
} from '../../../../lib/credentials/issuing/index.ts';
import type { Jws } from '../../../../lib/credentials/verifying/index.ts';
import { SELF_ISSUER, selfIssuedKeys } from '../../../../lib/credentials/verifying/index.ts';
import { encode } from '../../../fixtures/credentials/test-issuer.ts';
import { NOW, holder } from './licences.ts';

const SHOP = 'https://shop.example' as Origin; // a literal that is one
const OTHER = 'https://other.example' as Origin; // likewise
const NONCE = 'MDEyMzQ1Njc4OWFiY2RlZg';
const TYPE = 'urn:example:said-by-myself';

const SCHEMA: CredentialSchema = {
  type: TYPE,
  name: 'About me',
  fields: [
    { kind: 'raw', name: 'nickname', disclosure: 'selectable' },
    { kind: 'raw', name: 'town', disclosure: 'selectable' },
    { kind: 'raw', name: 'birth_date', disclosure: 'never' },
    ageOver(18, 'birth_date'),
    ageOver(65, 'birth_date'),
    {
      ...{ kind: 'committed', name: 'birth_date_commitment', disclosure: 'selectable' },
      ...{ from: 'birth_date', number: 'date', bits: 16 },
    },
  ],
};
const VALUES: JsonObject = { nickname: 'Countess', town: 'Port Example', birth_date: '1990-05-17' };

const identity = SecretBytes.take(new Uint8Array(32).fill(3));

const present = (changes: Partial<SelfPresentation> = {}): Promise<string> =>
  presentSelfIssued({
    ...{ schema: SCHEMA, values: VALUES, shown: ['age_over_18'], identity },
    ...{ origin: SHOP, nonce: NONCE, now: NOW },
    ...changes,
  });

const onlySelf = (issuer: string, jwt: Jws): Promise<readonly TrustedKeys[]> =>
  Promise.resolve(issuer === SELF_ISSUER ? [{ keys: selfIssuedKeys(jwt), types: [TYPE] }] : []);

const verify = (text: string, claims: readonly string[] = ['age_over_18'], changes: object = {}) =>
  verifyPresentation(text, {
    ...{ audience: `origin:${SHOP}`, nonce: NONCE, now: NOW / 1000, terms: claims.map(claimTermOf), trust: onlySelf },
    ...changes,
  });

const reasonOf = (result: VerifiedPresentation | Refusal): string => (result.valid ? 'valid' : result.reason);

describe('what a person says of themselves', () => {
  test('is valid to a verifier who takes their word', async () => {
    const result = await verify(await present());
    expect(result).toMatchObject({ valid: true, answers: { age_over_18: true }, facts: { issuer: 'self', vct: TYPE } });
  });

  test('is nobody’s word to a verifier who does not', async () => {
    expect(reasonOf(await verify(await present(), undefined, { trust: () => Promise.resolve([]) }))).toBe(
      'untrusted_issuer',
    );
  });

  test('holds what is shown alone: no digest of anything else, no decoy, no other value', async () => {
    const { claims, disclosures, issuerJwt } = parseSdJwt(await present({ shown: ['age_over_18', 'town'] }));
    expect(Object.keys(claims).sort()).toEqual(
      ['age_over_18', 'cnf', 'exp', 'iat', 'iss', 'nbf', 'town', 'vct'].sort(),
    );
    expect(disclosures).toHaveLength(2);
    expect(issuerJwt.payload['_sd']).toHaveLength(2);
  });

  test('is right about an age without its date', async () => {
    const text = await present({ shown: ['age_over_65'] });
    expect(parseSdJwt(text).claims).toMatchObject({ age_over_65: false });
    expect(JSON.stringify(parseSdJwt(text))).not.toContain('1990');
  });

  test('may be a value as it is', async () => {
    expect(await verify(await present({ shown: ['nickname'] }), ['nickname'])).toMatchObject({
      valid: true,
      answers: { nickname: 'Countess' },
    });
  });

  test.each(['birth_date', 'birth_date_commitment', 'iss', 'nothing'])('is never %s', async (name) => {
    await expect(present({ shown: [name] })).rejects.toMatchObject({ reason: 'bad_request', field: name });
  });

  test('outlives the day it is made on', async () => {
    const midnight = Date.UTC(2026, 10, 29);
    const result = await verify(await present({ now: midnight - 1 }), undefined, { now: midnight / 1000 + 60 });
    expect(reasonOf(result)).toBe('valid');
  });
});

describe('the key that it is signed with', () => {
  test('is derived from the identity seed and the site, as the design says keys are', () => {
    using key = selfIssuerKey(identity, SHOP);
    const expected = hkdf(sha256, identity.expose(), utf8(SHOP), utf8('signet-self-issuer-key'), 32);
    expect(toHex(key.expose())).toBe(toHex(expected));
  });

  test('is the same for one site each time, and another for another', async () => {
    const seen = async (origin: Origin) => {
      const result = await verify(await present({ origin }), undefined, { audience: `origin:${origin}` });
      return result.valid ? result.holder : '';
    };
    expect(await seen(SHOP)).toBe(await seen(SHOP));
    expect(await seen(SHOP)).not.toBe(await seen(OTHER));
  });

  test('leads neither to the identity key nor from one site to another', async () => {
    const own = ed25519PublicJwk(identity).x;
    const [here, there] = await Promise.all([present(), present({ origin: OTHER })]);
    expect(JSON.stringify([parseSdJwt(here), parseSdJwt(there)])).not.toContain(own);
    const values = (text: string) => new Set(text.match(/[\w-]{22,}/g));
    const common = [...values(JSON.stringify(parseSdJwt(here)))].filter((one) =>
      values(JSON.stringify(parseSdJwt(there))).has(one),
    );
    // What both say: the nonce, which the test gave twice, and the head of the key binding, which all have in common.
    expect(common.filter((one) => one !== NONCE && one !== encode({ alg: 'EdDSA', typ: 'kb+jwt' }))).toEqual([]);
  });
});

describe('a stranger', () => {
  test.each<[string, object, string]>([
    ['at another site', { audience: `origin:${OTHER}` }, 'wrong_audience'],
    ['under another nonce', { nonce: 'QUJDREVGR0hJSktMTU5PUA' }, 'wrong_nonce'],
    ['days later', { now: NOW / 1000 + 3 * 86_400 }, 'expired'],
    ['minutes later', { now: NOW / 1000 + 600 }, 'expired'],
    ['as another type', { trust: async (iss: string, jwt: Jws) => retyped(await onlySelf(iss, jwt)) }, 'wrong_type'],
  ])('cannot show it %s', async (_, changes, reason) => {
    expect(reasonOf(await verify(await present(), undefined, changes))).toBe(reason);
  });

  test('cannot show another person’s word as their own: holder and issuer are one', async () => {
    const key = SecretBytes.take(new Uint8Array(32).fill(9));
    const { kty, crv, x } = ed25519PublicJwk(key);
    const context = {
      ...{ issuer: SELF_ISSUER, signer: ed25519Signer(key, { jwk: { kty, crv, x } }), now: NOW, validDays: 2 },
    };
    const { credential } = await issueSdJwtVc(SCHEMA, VALUES, context, { holder: holder() });
    expect(selfIssuedKeys(parseSdJwt(credential).issuerJwt)).toEqual([]);
  });

  test('cannot put their key into the header of somebody’s word', async () => {
    const text = await present();
    const [head = '', ...rest] = text.split('.');
    const { kty, crv, x } = ed25519PublicJwk(SecretBytes.take(new Uint8Array(32).fill(9)));
    const header = encode({ alg: 'EdDSA', jwk: { kty, crv, x }, typ: 'dc+sd-jwt' });
    expect(head).not.toBe(header);
    expect(reasonOf(await verify([header, ...rest].join('.')))).toBe('bad_signature');
  });
});

describe('a key in a header', () => {
  const key = ed25519PublicJwk(identity);
  const jws = (header: JsonObject, payload: JsonObject): Jws => ({
    ...{ encoded: '', signature: new Uint8Array(), header, payload },
  });
  const jwk: JsonObject = { kty: key.kty, crv: key.crv, x: key.x };

  test('is taken of self-issued credentials', () => {
    const [taken] = selfIssuedKeys(jws({ jwk }, { iss: 'self', cnf: { jwk } }));
    expect(taken && jwkThumbprint(taken)).toBe(jwkThumbprint(key));
  });

  test.each<[string, JsonObject, JsonObject]>([
    ['of another issuer', { jwk }, { iss: 'https://issuer.example', cnf: { jwk } }],
    ['of no issuer', { jwk }, { cnf: { jwk } }],
    ['that is not there', {}, { iss: 'self', cnf: { jwk } }],
    ['of no holder', { jwk }, { iss: 'self' }],
    ['of a holder without a key', { jwk }, { iss: 'self', cnf: {} }],
    ['of another holder', { jwk }, { iss: 'self', cnf: { jwk: { ...jwk, x: toBase64url(new Uint8Array(32)) } } }],
    ['that is no public key', { jwk: { kty: 'oct', k: 'AAAA' } }, { iss: 'self', cnf: { jwk } }],
  ])('is not taken %s', (_, header, payload) => {
    expect(selfIssuedKeys(jws(header, payload))).toEqual([]);
  });
});

const retyped = (trusted: readonly TrustedKeys[]): readonly TrustedKeys[] =>
  trusted.map((one) => ({ ...one, types: ['urn:example:other'] }));
