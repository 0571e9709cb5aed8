import { compactDecrypt } from 'jose';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../../lib/core/index.ts';
import type { Encryption } from '../../../../lib/protocols/jose/index.ts';
import { readDcApiRequest, writeDcApiAnswer } from '../../../../lib/protocols/openid4vp/index.ts';
import type { Reply } from '../../../../lib/protocols/openid4vp/index.ts';
import { ask, createAnswerKey, ORIGIN, refusalOf, textIn } from '../../../fixtures/openid4vp/test-verifier.ts';

const VP_TOKEN = { pid: ['eyJ~ä'] };

const replyTo = (keys: Json, enc?: Json): Reply =>
  readDcApiRequest(
    {
      protocol: 'openid4vp-v1-unsigned',
      data: ask({
        response_mode: 'dc_api.jwt',
        client_metadata: {
          jwks: { keys },
          ...(enc !== undefined && { encrypted_response_enc_values_supported: enc }),
        },
      }),
    },
    ORIGIN,
  ).params.reply;

const encryptionFor = (keys: Json, enc?: Json): Encryption => {
  const reply = replyTo(keys, enc);
  if (!('encryption' in reply)) throw new Error('expected an encrypted reply');
  return reply.encryption;
};

const refusedKeys = (keys: Json, enc?: Json) => refusalOf(() => replyTo(keys, enc));

const headerOf = (jwe: string): JsonObject =>
  JSON.parse(Buffer.from(jwe.split('.')[0] ?? '', 'base64url').toString()) as JsonObject; // what JSON yields

describe('an answer in the open', () => {
  test('is the vp_token alone', async () => {
    expect(await writeDcApiAnswer({ reply: { mode: 'dc_api' } }, VP_TOKEN)).toEqual({ vp_token: VP_TOKEN });
  });
});

describe('an encrypted answer', () => {
  test.each([
    [undefined, 'A128GCM'],
    [['A128GCM'], 'A128GCM'],
    [['A256GCM'], 'A256GCM'],
    [['A128GCM', 'A256GCM'], 'A256GCM'],
    [['A128CBC-HS256', 'A128GCM'], 'A128GCM'],
  ])('to a verifier that reads %j is opened by it, and by nobody else', async (enc, chosen) => {
    const { jwk, key } = await createAnswerKey();
    const { response, ...rest } = await writeDcApiAnswer({ reply: replyTo([jwk], enc) }, VP_TOKEN);
    expect(rest).toEqual({});
    const { plaintext, protectedHeader } = await compactDecrypt(textIn(response), key);
    expect(JSON.parse(Buffer.from(plaintext).toString())).toEqual({ vp_token: VP_TOKEN });
    expect(protectedHeader).toMatchObject({ alg: 'ECDH-ES', enc: chosen, kid: 'answer' });
    const { key: other } = await createAnswerKey();
    await expect(compactDecrypt(textIn(response), other)).rejects.toThrow();
  });

  test('names neither party nor compression, and a kid only where the key has one', async () => {
    const { jwk } = await createAnswerKey();
    const { kid, ...unnamed } = jwk;
    expect(kid).toBe('answer');
    const { response } = await writeDcApiAnswer({ reply: replyTo([unnamed]) }, VP_TOKEN);
    expect(Object.keys(headerOf(textIn(response))).sort()).toEqual(['alg', 'enc', 'epk']);
  });

  test('has a key of its own each time', async () => {
    const reply = replyTo([(await createAnswerKey()).jwk]);
    const [one, two] = await Promise.all([
      writeDcApiAnswer({ reply }, VP_TOKEN),
      writeDcApiAnswer({ reply }, VP_TOKEN),
    ]);
    expect(headerOf(textIn(one['response']))['epk']).not.toEqual(headerOf(textIn(two['response']))['epk']);
  });
});

describe('the key to encrypt to', () => {
  test('is the first that Signet can use', async () => {
    const [one, two] = await Promise.all([createAnswerKey('one'), createAnswerKey('two')]);
    const others = [
      {
        kty: 'OKP',
        kid: 'jc',
        use: 'enc',
        crv: 'X25519',
        alg: 'ECDH-ES',
        x: 'WPX7wnwq10hFNK9aDSyG1QlLswE_CJY14LdhcFUIVVc',
      },
      { ...one.jwk, kid: 'signing', use: 'sig' },
      { ...one.jwk, kid: 'wrapping', alg: 'ECDH-ES+A128KW' },
      { ...one.jwk, kid: 'unlabelled', alg: undefined },
    ];
    const keys = JSON.parse(JSON.stringify([...others, one.jwk, two.jwk])) as Json;
    expect(encryptionFor(keys).key.kid).toBe('one');
  });

  test('is kept without what else its JWK holds', async () => {
    const { jwk } = await createAnswerKey();
    const { x, y, kid } = jwk;
    expect(encryptionFor([{ ...jwk, x5c: ['abc'], evil: 1 }]).key).toEqual({ x, y, kid });
  });

  test('may be without a use', async () => {
    const { use, ...jwk } = (await createAnswerKey()).jwk;
    expect(use).toBe('enc');
    expect(encryptionFor([jwk]).key.kid).toBe('answer');
  });

  test.each([
    ['of another curve', { crv: 'P-384' }],
    ['for signatures', { use: 'sig' }],
    ['for another algorithm', { alg: 'ECDH-ES+A256KW' }],
    ['for RSA', { kty: 'RSA', alg: 'RSA-OAEP-256' }],
    ['for no algorithm', { alg: null }],
  ])('is not one %s', async (_, changes) => {
    const { jwk } = await createAnswerKey();
    const refusal = await refusedKeys([{ ...jwk, ...changes }]);
    expect(refusal).toMatchObject({ reason: 'unsupported', field: 'client_metadata.jwks' });
  });

  test.each([
    ['is no point of its curve', { y: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ['is cut short', { x: 'AAAA' }],
    ['is not base64url', { x: '+/+/' }],
    ['is nothing', { x: '', y: '' }],
    ['is private', { d: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
  ])('is refused before anybody is asked where it %s', async (_, changes) => {
    const { jwk } = await createAnswerKey();
    const refusal = await refusedKeys([{ ...jwk, ...changes }]);
    expect(refusal).toMatchObject({ reason: 'bad_request', field: 'client_metadata.jwks' });
  });

  test('is not one of two that are named alike', async () => {
    const { jwk } = await createAnswerKey();
    expect(await refusedKeys([jwk, jwk])).toMatchObject({ reason: 'bad_request', field: 'client_metadata.jwks' });
  });

  test.each([[[]], [{}], ['keys'], [null], [[7]], [[null]], [Array.from({ length: 17 }, () => ({ kty: 'EC' }))]])(
    'stands in a set of keys, not %.40j',
    async (keys) => {
      expect(await refusedKeys(keys)).toMatchObject({ reason: 'bad_request', field: 'client_metadata.jwks' });
    },
  );

  test('is there where the answer is to be encrypted', async () => {
    for (const metadata of [undefined, {}, { jwks: {} }, { jwks: null }, { jwks_uri: 'https://shop.example/jwks' }]) {
      const data = ask({ response_mode: 'dc_api.jwt', client_metadata: metadata });
      const refusal = await refusalOf(() => readDcApiRequest({ protocol: 'openid4vp-v1-unsigned', data }, ORIGIN));
      expect(refusal).toMatchObject({ reason: 'bad_request', field: 'client_metadata.jwks' });
    }
  });

  test('plays no part where it is not', () => {
    const data = ask({ client_metadata: { jwks: { keys: 'none' } } });
    expect(readDcApiRequest({ protocol: 'openid4vp-v1-unsigned', data }, ORIGIN).params.reply).toEqual({
      mode: 'dc_api',
    });
  });
});

describe('content encryption', () => {
  test.each([[['A128CBC-HS256']], [['A192GCM']], [['a256gcm']], [['toString']]])('is not one of %j', async (enc) => {
    const refusal = await refusedKeys([(await createAnswerKey()).jwk], enc);
    expect(refusal).toMatchObject({
      reason: 'unsupported',
      field: 'client_metadata.encrypted_response_enc_values_supported',
    });
  });

  test.each([[[]], ['A128GCM'], [null], [[7]]])('is a list of names, not %j', async (enc) => {
    const refusal = await refusedKeys([(await createAnswerKey()).jwk], enc);
    expect(refusal.reason).toBe('bad_request');
    expect(refusal.field).toMatch(/^client_metadata\.encrypted_response_enc_values_supported/);
  });
});
