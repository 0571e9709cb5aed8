import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SignetError } from '../../../../lib/core/index.ts';
import type { AuthorizationSession } from '../../../../lib/protocols/openid4vci/index.ts';
import { beginAuthorization, finishAuthorization } from '../../../../lib/protocols/openid4vci/index.ts';
import type { Answers, Saying } from '../../../fixtures/openid4vci/offered.ts';
import {
  ISSUER,
  PRE_AUTHORIZED,
  SERVER,
  answer,
  offeredBy,
  refusal,
  sdJwtConfiguration,
  servers,
} from '../../../fixtures/openid4vci/offered.ts';

const RUNS = Number(process.env.SIGNET_RUNS ?? 200);
const CLIENT = { clientId: 'signet', redirectUri: 'https://abcdefgh.chromiumapp.org/issued' };

async function begin(saying: Saying = {}, answers: Answers = {}, configurationIds: readonly string[] = ['licence']) {
  const { fetchJson, asked } = servers(answers);
  const options = { ...CLIENT, configurationIds, fetchJson, clock: Date.now };
  const begun = await beginAuthorization(await offeredBy(saying), options);
  return { ...begun, asked, parameters: Object.fromEntries(new URL(begun.url).searchParams) };
}

async function refusalOf(promise: Promise<unknown>): Promise<SignetError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof SignetError)) throw new Error('expected a SignetError', { cause: thrown });
  return thrown;
}

describe('setting out', () => {
  test('asks with a challenge, a state and where to come back to, and asks nobody on the way', async () => {
    const { parameters, session, asked, url } = await begin({
      grants: { authorization_code: { issuer_state: 'x y' } },
    });
    expect(url.startsWith(`${SERVER}/authorize?`)).toBe(true);
    expect(parameters).toEqual({
      response_type: 'code',
      client_id: 'signet',
      redirect_uri: CLIENT.redirectUri,
      state: session.state,
      code_challenge: createHash('sha256').update(session.codeVerifier).digest('base64url'),
      code_challenge_method: 'S256',
      issuer_state: 'x y',
      authorization_details: expect.any(String) as string,
    });
    expect(asked).toEqual([]);
  });

  test('has a new state and verifier each time, of 32 bytes each', async () => {
    const [first, second] = [(await begin()).session, (await begin()).session];
    expect(new Set([first.state, first.codeVerifier, second.state, second.codeVerifier]).size).toBe(4);
    expect([first.state.length, first.codeVerifier.length]).toEqual([43, 43]);
  });

  test('keeps what a server has in its own address', async () => {
    const { parameters } = await begin({
      server: { authorization_endpoint: `${SERVER}/authorize?tenant=a&state=evil` },
    });
    expect(parameters['tenant']).toBe('a');
    expect(parameters['state']).not.toBe('evil');
  });

  test('names the credential, and the issuer where it lists its servers', async () => {
    const details = JSON.parse((await begin()).parameters['authorization_details'] ?? '') as unknown;
    expect(details).toEqual([
      { type: 'openid_credential', credential_configuration_id: 'licence', locations: [ISSUER] },
    ]);
  });

  const scoped = (...ids: string[]) => ({
    credential_configurations_supported: Object.fromEntries(
      ids.map((id) => [id, sdJwtConfiguration({ scope: `s:${id}` })]),
    ),
  });

  test('asks by scope where the server does not say that it reads details', async () => {
    const { parameters } = await begin({ issuer: scoped('licence') });
    expect(parameters).toMatchObject({ scope: 's:licence', resource: ISSUER });
    expect(parameters).not.toHaveProperty('authorization_details');
    const detailed = await begin({
      issuer: scoped('licence'),
      server: { authorization_details_types_supported: ['openid_credential'] },
    });
    expect(detailed.parameters).not.toHaveProperty('scope');
  });

  test('asks for all that is taken, and for nothing else', async () => {
    const saying = { issuer: scoped('licence', 'badge', 'card'), configurationIds: ['licence', 'badge', 'card'] };
    expect((await begin(saying, {}, ['card', 'licence'])).parameters['scope']).toBe('s:card s:licence');
    expect(await refusalOf(begin(saying, {}, ['passport']))).toMatchObject({ field: 'configurationIds' });
    expect(await refusalOf(begin(saying, {}, []))).toMatchObject({ field: 'configurationIds' });
  });

  test('binds the code to a key where tokens will be', async () => {
    const { parameters, session } = await begin({ server: { dpop_signing_alg_values_supported: ['ES256'] } });
    expect(parameters['dpop_jkt']).toMatch(/^[\w-]{43}$/);
    expect(session.dpop?.jwk.d).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify(parameters)).not.toContain(session.dpop?.jwk.d);
    expect((await begin({ server: { dpop_signing_alg_values_supported: ['RS256'] } })).session.dpop).toBeUndefined();
  });

  test('pushes its request where it can, and leaves no word of it in the address', async () => {
    const pushed = { server: { pushed_authorization_request_endpoint: `${SERVER}/par` } };
    const { parameters, asked, session } = await begin(pushed, {
      [`${SERVER}/par`]: () => answer({ request_uri: 'urn:ietf:params:oauth:request_uri:1', expires_in: 60 }),
    });
    expect(parameters).toEqual({ client_id: 'signet', request_uri: 'urn:ietf:params:oauth:request_uri:1' });
    expect(asked).toMatchObject([{ url: `${SERVER}/par`, form: { state: session.state, response_type: 'code' } }]);
    expect(asked[0]?.form).not.toHaveProperty('code_verifier');
  });

  test.each([
    ['a refusal', refusal('invalid_request')],
    ['no URI', answer({ expires_in: 60 })],
    ['an endless URI', answer({ request_uri: `urn:${'x'.repeat(3000)}` })],
    ['a list', answer([])],
  ])('ends at %s of what was pushed', async (_, said) => {
    const pushed = { server: { pushed_authorization_request_endpoint: `${SERVER}/par` } };
    expect((await refusalOf(begin(pushed, { [`${SERVER}/par`]: () => said }))).reason).toBe('issuer_refused');
  });

  test('is not for an offer that is taken by a code that came along', async () => {
    expect(await refusalOf(begin({ grants: PRE_AUTHORIZED }))).toMatchObject({ reason: 'unsupported' });
  });
});

describe('coming back', () => {
  const session: AuthorizationSession = {
    ...{ authorizationServer: SERVER, namesIssuer: false, state: 'the state', codeVerifier: 'verifier', ...CLIENT },
  };
  const back = (parameters: Record<string, string>, place: string = CLIENT.redirectUri): string =>
    `${place}?${new URLSearchParams(parameters).toString()}`;
  const good = { code: 'the code', state: 'the state' };

  function fieldOf(redirectUrl: string, at: AuthorizationSession = session): string | undefined {
    try {
      finishAuthorization(at, redirectUrl);
    } catch (thrown) {
      if (thrown instanceof SignetError && thrown.reason === 'issuer_refused') return thrown.field;
      throw thrown;
    }
    throw new Error('expected a refusal');
  }

  test('brings a code, and what is needed to use it', () => {
    expect(finishAuthorization(session, back(good))).toEqual({
      ...{ type: 'authorization_code', code: 'the code', codeVerifier: 'verifier', ...CLIENT },
    });
    expect(finishAuthorization({ ...session, namesIssuer: true }, back({ ...good, iss: SERVER })).code).toBe(
      'the code',
    );
    expect(finishAuthorization(session, back({ ...good, iss: SERVER, session_state: 'x' })).code).toBe('the code');
  });

  test.each([
    'https://evil.example/issued',
    'https://abcdefgh.chromiumapp.org/issued/more',
    'https://abcdefgh.chromiumapp.org.evil.example/issued',
    'http://abcdefgh.chromiumapp.org/issued',
    'https://abcdefgh.chromiumapp.org:8443/issued',
    'https://user@abcdefgh.chromiumapp.org/issued',
    'https://abcdefgh.chromiumapp.org/',
    'javascript:x',
    '',
  ])('from %s is not coming back', (place) => {
    expect(fieldOf(back(good, place))).toBe('authorization response.redirect_uri');
  });

  test('with an endless address is refused before it is read', () => {
    expect(fieldOf(back({ ...good, x: 'x'.repeat(40_000) }))).toBe('authorization response.redirect_uri');
  });

  test.each<[Record<string, string>, string]>([
    [{ code: 'c' }, 'authorization response.state'],
    [{ code: 'c', state: '' }, 'authorization response.state'],
    [{ code: 'c', state: 'THE STATE' }, 'authorization response.state'],
    [{ code: 'c', state: 'the state ' }, 'authorization response.state'],
    [{ error: 'access_denied', state: 'another' }, 'authorization response.state'],
    [{ ...good, iss: 'https://evil.example' }, 'authorization response.iss'],
    [{ ...good, iss: `${SERVER}/` }, 'authorization response.iss'],
    [{ ...good, iss: '' }, 'authorization response.iss'],
    [{ error: 'access_denied', state: 'the state', iss: 'https://evil.example' }, 'authorization response.iss'],
    [{ state: 'the state' }, 'authorization response.code'],
    [{ state: 'the state', code: '' }, 'authorization response.code'],
    [{ state: 'the state', code: 'x'.repeat(9000) }, 'authorization response.code'],
    [{ state: 'the state', error: 'access_denied' }, 'authorization'],
    [{ ...good, error: 'server_error' }, 'authorization'],
  ])('with %o is refused for its %s', (parameters, field) => {
    expect(fieldOf(back(parameters))).toBe(field);
  });

  test('without a name is refused where the server says that it gives it', () => {
    expect(fieldOf(back(good), { ...session, namesIssuer: true })).toBe('authorization response.iss');
  });

  test.each(['code', 'state', 'iss', 'error'])('with two of %s is refused', (name) => {
    expect(fieldOf(`${back({ ...good, [name]: good.state })}&${name}=other`)).toBe('authorization response');
  });

  test('with a code behind the hash brings none', () => {
    expect(fieldOf(`${CLIENT.redirectUri}#code=c&state=the+state`)).toBe('authorization response.state');
  });

  test('says what the issuer said, cleaned', () => {
    const said = { state: 'the state', error: 'server_error', error_description: 'All \u202egood' };
    expect(() => finishAuthorization(session, back(said))).toThrow('“All good”');
  });

  test('from anywhere, with anything, is a code of ours or a refusal', () => {
    const name = fc.constantFrom('code', 'state', 'iss', 'error', 'x');
    const value = fc.oneof(fc.constantFrom('the state', SERVER, ''), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(
        fc.dictionary(name, value),
        fc.oneof(fc.constant(CLIENT.redirectUri), fc.webUrl()),
        (given, place) => {
          try {
            const { code } = finishAuthorization(session, back(given, place));
            expect([given['state'], given['error'], code]).toEqual(['the state', undefined, expect.any(String)]);
          } catch (thrown) {
            expect(thrown).toMatchObject({ name: 'SignetError', reason: 'issuer_refused' });
          }
        },
      ),
      { numRuns: RUNS },
    );
  });
});
