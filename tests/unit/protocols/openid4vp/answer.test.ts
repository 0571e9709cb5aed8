import { compactDecrypt } from 'jose';
import { describe, expect, test } from 'vitest';
import type { Json, JsonAnswer, JsonRequest } from '../../../../lib/core/index.ts';
import { SignetError } from '../../../../lib/core/index.ts';
import { authorizationErrorOf, postAnswer, writeDcApiAnswer } from '../../../../lib/protocols/openid4vp/index.ts';
import type { LinkAnswer, Reply } from '../../../../lib/protocols/openid4vp/index.ts';
import { createAnswerKey, refusalOf, textIn } from '../../../fixtures/openid4vp/test-verifier.ts';

const ANSWERS = 'https://shop.example/answers';
const VP_TOKEN = { pid: ['eyJ~&=ä'] };
const POSTED: Reply = { mode: 'direct_post', responseUri: ANSWERS, state: 's1' };

async function post(reply: Reply, answer: LinkAnswer = { vpToken: VP_TOKEN }, body: Json = {}) {
  const sent: JsonRequest[] = [];
  const result = await postAnswer({ reply }, answer, {
    fetchJson: (request): Promise<JsonAnswer> => {
      sent.push(request);
      return Promise.resolve({ ok: true, body });
    },
  });
  return { result, sent };
}

describe('an answer to a link', () => {
  test('is posted as a form with the state', async () => {
    const { sent, result } = await post(POSTED);
    expect(sent).toEqual([{ url: ANSWERS, form: { vp_token: JSON.stringify(VP_TOKEN), state: 's1' } }]);
    expect(result).toEqual({});
  });

  test('has a state only where the request has one', async () => {
    const { sent } = await post({ mode: 'direct_post', responseUri: ANSWERS });
    expect(sent[0]?.form).toEqual({ vp_token: JSON.stringify(VP_TOKEN) });
  });

  test.each([
    [{ vpToken: VP_TOKEN }, { vp_token: VP_TOKEN, state: 's1' }],
    [{ error: 'access_denied' as const }, { error: 'access_denied', state: 's1' }],
  ])('is encrypted whole where that is wanted, nothing beside it: %j', async (answer, opened) => {
    const { jwk, key } = await createAnswerKey();
    const encryption = { key: { x: textIn(jwk['x']), y: textIn(jwk['y']) }, enc: 'A256GCM' as const };
    const { sent } = await post({ ...POSTED, mode: 'direct_post.jwt', encryption }, answer);
    expect(Object.keys(sent[0]?.form ?? {})).toEqual(['response']);
    const { plaintext } = await compactDecrypt(sent[0]?.form?.['response'] ?? '', key);
    expect(JSON.parse(Buffer.from(plaintext).toString())).toEqual(opened);
  });

  test('may be an error, in words for the verifier’s developers', async () => {
    const { sent } = await post(POSTED, { error: 'invalid_request', description: 'no such prefix' });
    expect(sent[0]?.form).toEqual({ error: 'invalid_request', error_description: 'no such prefix', state: 's1' });
  });

  test.each(['https://shop.example/done#response_code=abc', 'https://elsewhere.example/'])(
    'may lead the person on to %s',
    async (uri) => {
      expect((await post(POSTED, undefined, { redirect_uri: uri })).result).toEqual({ redirectUri: uri });
    },
  );

  test.each([
    'http://shop.example/',
    'http://localhost:3000/',
    'javascript:alert(1)',
    'data:text/html,x',
    'chrome-extension://abc/app.html',
    'openid4vp://?client_id=x',
    'https://user:secret@shop.example/',
    '/done',
    '',
    7,
    null,
    { href: 'https://shop.example/' },
    `https://shop.example/${'x'.repeat(4096)}`,
  ])('does not lead the person on to %.40j', async (uri) => {
    expect((await post(POSTED, undefined, { redirect_uri: uri })).result).toEqual({});
  });

  test('of this machine may lead on to this machine', async () => {
    const here: Reply = { mode: 'direct_post', responseUri: 'http://localhost:3000/answers' };
    const body = { redirect_uri: 'http://localhost:3000/done' };
    expect((await post(here, undefined, body)).result).toEqual({ redirectUri: 'http://localhost:3000/done' });
  });

  test.each([[null], ['text'], [[]], [7]])('is taken where the verifier answers %j', async (body) => {
    expect((await post(POSTED, undefined, body)).result).toEqual({});
  });

  test('is not taken where the verifier says no', async () => {
    const fetchJson = (): Promise<JsonAnswer> =>
      Promise.resolve({ ok: false, status: 400, error: 'invalid_request', description: 'Too late.' });
    const refusal = await refusalOf(() => postAnswer({ reply: POSTED }, { vpToken: VP_TOKEN }, { fetchJson }));
    expect(refusal).toMatchObject({
      reason: 'issuer_refused',
      message: expect.stringContaining('Too late.') as string,
    });
  });

  test('goes the way that was asked for, and no other', async () => {
    expect(await refusalOf(() => post({ mode: 'dc_api' }))).toMatchObject({ reason: 'internal' });
    expect(await refusalOf(() => writeDcApiAnswer({ reply: POSTED }, VP_TOKEN))).toMatchObject({ reason: 'internal' });
  });
});

describe('what a verifier is told of an error', () => {
  test.each([
    ['denied', '', 'access_denied'],
    ['locked', '', 'access_denied'],
    ['no_vault', '', 'access_denied'],
    ['not_found', '', 'access_denied'],
    ['internal', 'transaction_data', 'access_denied'],
    ['bad_request', 'client_id', 'invalid_request'],
    ['unsupported', 'response_mode', 'invalid_request'],
    ['unsupported', 'scope', 'invalid_scope'],
    ['unsupported', 'transaction_data[0].type', 'invalid_transaction_data'],
    ['bad_request', 'request_uri_method', 'invalid_request_uri_method'],
    ['unsupported', 'client_metadata.vp_formats_supported', 'vp_formats_not_supported'],
  ] as const)('of %s about %j is %s', (reason, field, code) => {
    expect(authorizationErrorOf(new SignetError(reason, 'Words.', { field }))).toBe(code);
  });
});
