import { CompactEncrypt } from 'jose';
import type { JWK } from 'jose';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../lib/core/index.ts';
import { createResponseKey, decryptResponse, readEncryption } from '../../../../lib/protocols/openid4vci/encryption.ts';

// RFC 7517 appendix A.1: a point that is on the curve.
const POINT = {
  x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
  y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
};
const JWK_OF_ISSUER = { kty: 'EC', crv: 'P-256', alg: 'ECDH-ES', use: 'enc', kid: 'k', ...POINT };

const requests = (jwk: object = JWK_OF_ISSUER, changes: object = {}) => ({
  ...{ jwks: { keys: [jwk] }, enc_values_supported: ['A128GCM'], encryption_required: true },
  ...changes,
});
const responses = (changes: object = {}) => ({
  ...{ alg_values_supported: ['ECDH-ES'], enc_values_supported: ['A128GCM', 'A256GCM'], encryption_required: true },
  ...changes,
});

describe('what an issuer wants encrypted', () => {
  test('is nothing where it only can', () => {
    expect(readEncryption(undefined, undefined)).toEqual({});
    const optional = { encryption_required: false };
    expect(readEncryption(requests({}, optional), responses(optional))).toEqual({});
  });

  test('is requests alone, or answers with them', () => {
    const request = { key: { ...POINT, kid: 'k' }, enc: 'A128GCM' };
    expect(readEncryption(requests(), undefined)).toEqual({ request });
    expect(readEncryption(requests(JWK_OF_ISSUER, { encryption_required: false }), responses())).toEqual({
      ...{ request, response: 'A256GCM' },
    });
  });

  test('is done with the first key that will do', () => {
    const keys = [{ kty: 'RSA' }, { ...JWK_OF_ISSUER, alg: 'ECDH-ES+A128KW' }, null, JWK_OF_ISSUER];
    expect(readEncryption({ ...requests(), jwks: { keys } }, undefined).request?.key.kid).toBe('k');
  });

  test.each<[string, object]>([
    ['no algorithm', { ...JWK_OF_ISSUER, alg: undefined }],
    ['another algorithm', { ...JWK_OF_ISSUER, alg: 'ECDH-ES+A256KW' }],
    ['a key for signatures', { ...JWK_OF_ISSUER, use: 'sig' }],
    ['another curve', { ...JWK_OF_ISSUER, crv: 'P-384' }],
    ['a point beside the curve', { ...JWK_OF_ISSUER, y: POINT.x }],
    ['half a point', { ...JWK_OF_ISSUER, y: undefined }],
    ['a point that is no text', { ...JWK_OF_ISSUER, x: 5 }],
    ['a point in another alphabet', { ...JWK_OF_ISSUER, x: `${POINT.x.slice(0, -1)}=` }],
  ])('is not done with %s', (_, jwk) => {
    expect(readEncryption(requests(jwk), undefined).unsupported).toContain('encrypt');
  });

  test.each<[string, ReturnType<typeof requests> | undefined, object]>([
    ['answers, with no way to say so in secret', undefined, {}],
    ['answers by another algorithm', requests(), { alg_values_supported: ['RSA-OAEP-256'] }],
    ['answers by another cipher', requests(), { enc_values_supported: ['A256CBC-HS512'] }],
    ['requests by another cipher', requests(JWK_OF_ISSUER, { enc_values_supported: ['A192GCM'] }), {}],
  ])('is not %s', (_, request, response) => {
    expect(readEncryption(request, responses(response)).unsupported).toBeDefined();
  });
});

describe('an answer', () => {
  const seal = (parameters: JsonObject, text: string, header: object = {}): Promise<string> =>
    new CompactEncrypt(Buffer.from(text))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A128GCM', ...header })
      .encrypt({ ...(parameters['jwk'] as JWK), alg: undefined } as unknown as JWK); // as it is sent, used in any way

  test('is read by the key that was sent for it, which is another each time', async () => {
    const [first, second] = [await createResponseKey('A128GCM'), await createResponseKey('A128GCM')];
    const jwe = await seal(first.parameters, '{"a":[1]}');
    expect(await decryptResponse(jwe, first)).toEqual({ a: [1] });
    await expect(decryptResponse(jwe, second)).rejects.toMatchObject({ reason: 'issuer_refused' });
    expect(first.parameters).not.toEqual(second.parameters);
    expect(JSON.stringify(first.parameters)).not.toContain('"d"');
    expect(first.privateKey.extractable).toBe(false);
  });

  test.each<[string, string, object]>([
    ['compressed', '{"a":1}', { zip: 'DEF' }],
    ['by another cipher than was asked for', '{"a":1}', { enc: 'A256GCM' }],
    ['by another way to agree on a key', '{"a":1}', { alg: 'ECDH-ES+A128KW' }],
    ['no JSON', 'hello', {}],
    ['nested without end', '['.repeat(10_000) + ']'.repeat(10_000), {}],
    ['longer than any', `"${'x'.repeat(1_000_001)}"`, {}],
  ])('that is %s is refused', async (_, text, header) => {
    const key = await createResponseKey('A128GCM');
    await expect(seal(key.parameters, text, header).then((jwe) => decryptResponse(jwe, key))).rejects.toMatchObject({
      ...{ reason: 'issuer_refused', field: 'credential response' },
    });
  });

  test.each(['', 'a.b.c', 'a.b.c.d.e', '....', '{"credentials":[]}'])('“%s” is none', async (jwe) => {
    const key = await createResponseKey('A128GCM');
    await expect(decryptResponse(jwe, key)).rejects.toMatchObject({ reason: 'issuer_refused' });
  });

  test('with a byte changed is refused', async () => {
    const key = await createResponseKey('A128GCM');
    const jwe = await seal(key.parameters, '{"a":1}');
    const at = jwe.lastIndexOf('.') - 3;
    const changed = `${jwe.slice(0, at)}${jwe[at] === 'A' ? 'B' : 'A'}${jwe.slice(at + 1)}`;
    await expect(decryptResponse(changed, key)).rejects.toMatchObject({ reason: 'issuer_refused' });
  });
});
