import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SignetError } from '../../../../lib/core/index.ts';
import type { AuthorizationServer, IssuerMetadata, Offer } from '../../../../lib/protocols/openid4vci/index.ts';
import {
  authorizationServerMetadataUrl,
  authorizationServersFor,
  chooseGrant,
  PRE_AUTHORIZED_CODE,
  readAuthorizationServer,
  readIdentifier,
  readIssuerMetadata,
  readOfferObject,
} from '../../../../lib/protocols/openid4vci/index.ts';

const RUNS = Number(process.env.SIGNET_RUNS ?? 200);
const ISSUER = 'https://issuer.example';
const SERVER = 'https://login.example';

const server = (changes: object = {}, identifier = SERVER): AuthorizationServer =>
  readAuthorizationServer(
    {
      issuer: identifier,
      token_endpoint: `${SERVER}/token`,
      authorization_endpoint: `${SERVER}/authorize`,
      ...changes,
    },
    identifier,
  );

const offer = (grants?: object, credential_issuer = ISSUER): Offer =>
  readOfferObject(
    { credential_issuer, credential_configuration_ids: ['licence'], ...(grants && { grants }) },
    'bad_request',
  );
const pre = (more: object = {}) => ({ [PRE_AUTHORIZED_CODE]: { 'pre-authorized_code': 'abc', ...more } });

function metadata(authorization_servers: readonly string[] | undefined, issuer = ISSUER): IssuerMetadata {
  const value = {
    credential_issuer: issuer,
    credential_endpoint: `${issuer}/credential`,
    ...(authorization_servers && { authorization_servers }),
    credential_configurations_supported: {},
  };
  return readIssuerMetadata(value, readIdentifier(issuer, 'issuer', 'issuer_refused'), [], ['en']);
}

function refusalOf(attempt: () => unknown): SignetError {
  try {
    attempt();
  } catch (thrown) {
    if (thrown instanceof SignetError) return thrown;
    throw thrown;
  }
  throw new Error('expected a refusal');
}

describe('an authorization server', () => {
  test.each([
    [SERVER, `${SERVER}/.well-known/oauth-authorization-server`],
    [`${SERVER}/a/b/`, `${SERVER}/.well-known/oauth-authorization-server/a/b`],
  ])('%s publishes its metadata at %s', (identifier, url) => {
    expect(authorizationServerMetadataUrl(identifier)).toBe(url);
  });

  test('is rebuilt from what it says', () => {
    const said = {
      pushed_authorization_request_endpoint: `${SERVER}/par`,
      authorization_response_iss_parameter_supported: true,
      dpop_signing_alg_values_supported: ['RS256', 'ES256'],
      authorization_details_types_supported: ['openid_credential'],
      grant_types_supported: ['authorization_code', PRE_AUTHORIZED_CODE],
      'pre-authorized_grant_anonymous_access_supported': false,
      evil: 1,
    };
    expect(server(said)).toEqual({
      identifier: SERVER,
      origin: SERVER,
      tokenEndpoint: `${SERVER}/token`,
      authorizationEndpoint: `${SERVER}/authorize`,
      pushedEndpoint: `${SERVER}/par`,
      namesItself: true,
      dpop: true,
      takesDetails: true,
      wantsClientId: true,
      grants: { 'pre-authorized_code': true, authorization_code: true },
      listsPreAuthorized: true,
    });
  });

  test.each([
    ['issuer', { issuer: 'https://other.example' }],
    ['issuer', { issuer: `${SERVER}/` }],
    ['issuer', { issuer: undefined }],
    ['token_endpoint', { token_endpoint: undefined }],
    ['token_endpoint', { token_endpoint: 'https://elsewhere.example/token' }],
    ['token_endpoint', { token_endpoint: `${SERVER}.evil.example/token` }],
    ['token_endpoint', { token_endpoint: 'http://login.example/token' }],
    ['token_endpoint', { token_endpoint: 'https://user@login.example/token' }],
    ['authorization_endpoint', { authorization_endpoint: 'https://elsewhere.example/' }],
    ['authorization_endpoint', { authorization_endpoint: 'javascript:alert(1)' }],
    ['authorization_endpoint', { authorization_endpoint: `${SERVER}/authorize#here` }],
    ['pushed_authorization_request_endpoint', { pushed_authorization_request_endpoint: 'http://127.0.0.1/par' }],
    ['grant_types_supported', { grant_types_supported: 'all' }],
    ['grant_types_supported', { grant_types_supported: Array(300).fill('x') }],
    ['dpop_signing_alg_values_supported.0', { dpop_signing_alg_values_supported: [5] }],
  ])('is refused for its %s: %o', (field, changes) => {
    expect(refusalOf(() => server(changes))).toMatchObject({
      reason: 'issuer_refused',
      field: `authorization server metadata.${field}`,
    });
  });

  test.each([null, 'x', [], 5])('%o is none', (value) => {
    expect(refusalOf(() => readAuthorizationServer(value, SERVER)).reason).toBe('issuer_refused');
  });

  test.each<[object, 'pre-authorized_code' | 'authorization_code', true | RegExp]>([
    [{}, 'pre-authorized_code', true],
    [{}, 'authorization_code', true],
    [{ grant_types_supported: ['authorization_code'] }, 'pre-authorized_code', /pre-authorized/],
    [{ grant_types_supported: [PRE_AUTHORIZED_CODE] }, 'authorization_code', /pages/],
    [{ response_types_supported: ['token'] }, 'authorization_code', /pages/],
    [{ authorization_endpoint: undefined }, 'authorization_code', /pages/],
    [{ code_challenge_methods_supported: ['plain'] }, 'authorization_code', /protect/],
    [{ code_challenge_methods_supported: [] }, 'authorization_code', /protect/],
    [{ require_pushed_authorization_requests: true }, 'authorization_code', /pushed/],
    [{ token_endpoint_auth_methods_supported: ['attest_jwt_client_auth'] }, 'authorization_code', /registered/],
    [{ token_endpoint_auth_methods_supported: ['private_key_jwt'] }, 'pre-authorized_code', /registered/],
    [
      {
        token_endpoint_auth_methods_supported: ['private_key_jwt'],
        'pre-authorized_grant_anonymous_access_supported': true,
      },
      ...(['pre-authorized_code', true] as const),
    ],
    [{ token_endpoint_auth_methods_supported: ['private_key_jwt', 'none'] }, 'authorization_code', true],
  ])('that says %o takes %s: %s', (changes, grant, expected) => {
    const taken = server(changes).grants[grant];
    if (expected === true) expect(taken).toBe(true);
    else expect(taken).toMatch(expected);
  });

  test('with junk in any field is one on its own origin, or refused', () => {
    const junk = fc.oneof(fc.anything(), fc.string({ unit: 'binary' }), fc.webUrl());
    const field = fc.constantFrom(
      ...['issuer', 'token_endpoint', 'authorization_endpoint', 'pushed_authorization_request_endpoint', '__proto__'],
      ...['grant_types_supported', 'code_challenge_methods_supported'],
    );
    fc.assert(
      fc.property(fc.dictionary(field, junk), (changes) => {
        try {
          const { tokenEndpoint, authorizationEndpoint, pushedEndpoint } = server(changes);
          for (const url of [tokenEndpoint, authorizationEndpoint, pushedEndpoint]) {
            if (url !== undefined) expect(new URL(url).origin).toBe(SERVER);
          }
        } catch (thrown) {
          expect(thrown).toMatchObject({ name: 'SignetError', reason: 'issuer_refused' });
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('the servers an offer may be taken with', () => {
  test('are the issuer itself where none is listed', () => {
    expect(authorizationServersFor(metadata(undefined), offer())).toEqual([ISSUER]);
    expect(authorizationServersFor(metadata(undefined, `${ISSUER}/tenant`), offer())).toEqual([`${ISSUER}/tenant`]);
  });

  test('are those on the issuer’s own origin first, each once', () => {
    const listed = metadata([SERVER, `${ISSUER}/oauth`, SERVER, ISSUER]);
    expect(authorizationServersFor(listed, offer())).toEqual([`${ISSUER}/oauth`, ISSUER, SERVER]);
  });

  test('are the one that the grant names, where it is listed', () => {
    const listed = metadata([ISSUER, SERVER]);
    expect(authorizationServersFor(listed, offer(pre({ authorization_server: SERVER })))).toEqual([SERVER]);
    const other = offer(pre({ authorization_server: 'https://evil.example' }));
    expect(refusalOf(() => authorizationServersFor(listed, other))).toMatchObject({
      ...{ reason: 'issuer_refused', field: 'credential_offer.grants.authorization_server' },
    });
  });

  test.each([
    [['http://127.0.0.1:8080']],
    [['http://localhost']],
    [['https://localhost']],
    [['http://login.example']],
    [['junk']],
    [[`${SERVER}?a=b`]],
    [['https://user@login.example']],
  ])('are never %o', (listed) => {
    expect(refusalOf(() => authorizationServersFor(metadata(listed), offer()))).toMatchObject({
      ...{ reason: 'issuer_refused', field: 'issuer metadata.authorization_servers' },
    });
    expect(authorizationServersFor(metadata([...listed, SERVER]), offer())).toEqual([SERVER]);
  });

  test('are on this machine where the issuer is, and nowhere else', () => {
    const here = 'http://127.0.0.1:4000';
    const local = (listed: readonly string[]) =>
      authorizationServersFor(metadata(listed, here), offer(undefined, here));
    expect(local(['http://localhost:5000'])).toEqual(['http://localhost:5000']);
    expect(refusalOf(() => local([SERVER])).reason).toBe('issuer_refused');
  });
});

describe('the grant', () => {
  const both = { ...pre(), authorization_code: {} };

  test('is a pre-authorized code before the way over the issuer’s pages', () => {
    expect(chooseGrant(offer(both), server(), true)).toBe('pre-authorized_code');
    expect(chooseGrant(offer(both), server({ grant_types_supported: ['authorization_code'] }), true)).toBe(
      'authorization_code',
    );
  });

  test('is the one that is offered, and none other', () => {
    expect(chooseGrant(offer(pre()), server({ grant_types_supported: ['authorization_code'] }), true)).toBeUndefined();
    expect(chooseGrant(offer(), server({ authorization_endpoint: undefined }), true)).toBeUndefined();
  });

  test('is of a server that lists it, where there are several to choose from', () => {
    expect(chooseGrant(offer(pre()), server(), false)).toBeUndefined();
    expect(chooseGrant(offer(pre()), server({ grant_types_supported: [PRE_AUTHORIZED_CODE] }), false)).toBe(
      'pre-authorized_code',
    );
  });

  test('is not used at a server that it was not made for', () => {
    const made = {
      ...pre({ authorization_server: 'https://one.example' }),
      authorization_code: { authorization_server: SERVER },
    };
    expect(chooseGrant(offer(made), server(), true)).toBe('authorization_code');
    expect(chooseGrant(offer(pre({ authorization_server: 'https://one.example' })), server(), true)).toBeUndefined();
  });
});
