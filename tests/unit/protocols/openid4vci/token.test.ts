import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../lib/core/index.ts';
import type { DpopState } from '../../../../lib/protocols/openid4vci/index.ts';
import { readToken } from '../../../../lib/protocols/openid4vci/index.ts';

const NOW = 1_700_000_000_000;
const DPOP: DpopState = { jwk: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' }, nonces: {} };
const refused = (reason: string, field: string): unknown => expect.objectContaining({ reason, field });
const read = (value: Json, dpop?: DpopState) => readToken(value, 'licence', dpop, NOW);
const bearer = { access_token: 'a.b-c', token_type: 'bearer' };
const detail = (id: string, ...names: string[]) => ({
  type: 'openid_credential',
  credential_configuration_id: id,
  ...(names.length > 0 && { credential_identifiers: names }),
});

describe('a token response', () => {
  test('gives a token, and no names where there are none', () => {
    expect(read(bearer)).toEqual({ token: { scheme: 'Bearer', accessToken: 'a.b-c' }, identifiers: [] });
  });

  test('says until when it is good, and with what it can be renewed', () => {
    expect(read({ ...bearer, expires_in: 60, refresh_token: 'r' }).token).toEqual({
      ...{ scheme: 'Bearer', accessToken: 'a.b-c', expiresAt: NOW + 60_000, refreshToken: 'r' },
    });
    expect(read({ ...bearer, expires_in: 1e300 }).token.expiresAt).toBe(NOW + 315_360_000_000);
  });

  test('names all the credentials of the kind that was asked for, and of that alone', () => {
    const authorization_details = [
      { type: 'payment' },
      detail('other', 'x'),
      detail('licence', 'licence-2025', 'licence-2026'),
      detail('licence', 'licence-2026', 'licence-2027'),
    ];
    expect(read({ ...bearer, authorization_details }).identifiers).toEqual([
      ...['licence-2025', 'licence-2026', 'licence-2027'],
    ]);
  });

  test('for another credential alone is refused', () => {
    expect(() => read({ ...bearer, authorization_details: [detail('other', 'x')] })).toThrow(
      refused('issuer_refused', 'token response.authorization_details'),
    );
  });

  test('is bound to a key where one was shown, and only there', () => {
    expect(read({ ...bearer, token_type: 'DPoP' }, DPOP).token.scheme).toBe('DPoP');
    expect(read(bearer).token.scheme).toBe('Bearer');
    expect(() => read(bearer, DPOP)).toThrow(refused('issuer_refused', 'token response.token_type'));
    expect(() => read({ ...bearer, token_type: 'DPoP' })).toThrow(refused('unsupported', 'token response.token_type'));
  });

  test.each(['mac', '', 'Bearer, DPoP', 'bearer\u0000', 'constructor'])('of the kind “%s” is not supported', (type) => {
    expect(() => read({ ...bearer, token_type: type }, DPOP)).toThrow(
      refused('unsupported', 'token response.token_type'),
    );
  });

  test.each<[Json, string]>([
    [{ token_type: 'Bearer' }, 'access_token'],
    [{ ...bearer, access_token: '' }, 'access_token'],
    [{ ...bearer, access_token: 'a\r\nX-Evil: 1' }, 'access_token'],
    [{ ...bearer, access_token: 'a b' }, 'access_token'],
    [{ ...bearer, access_token: 5 }, 'access_token'],
    [{ ...bearer, access_token: 'x'.repeat(20_000) }, 'access_token'],
    [{ access_token: 'a' }, 'token_type'],
    [{ ...bearer, expires_in: '60' }, 'expires_in'],
    [{ ...bearer, expires_in: -1 }, 'expires_in'],
    [{ ...bearer, refresh_token: '' }, 'refresh_token'],
    [{ ...bearer, refresh_token: 'x'.repeat(20_000) }, 'refresh_token'],
    [{ ...bearer, authorization_details: {} }, 'authorization_details'],
    [{ ...bearer, authorization_details: Array(100).fill(detail('licence')) as Json }, 'authorization_details'],
    [
      { ...bearer, authorization_details: [{ ...detail('licence'), credential_identifiers: [] }] },
      'authorization_details.0.credential_identifiers',
    ],
    [
      { ...bearer, authorization_details: [{ ...detail('licence'), credential_identifiers: [{}] }] },
      'authorization_details.0.credential_identifiers.0',
    ],
  ])('%o is refused by name', (value, field) => {
    expect(() => read(value)).toThrow(refused('issuer_refused', `token response.${field}`));
  });

  test.each<[Json]>([[null], [[]], ['a'], [5], [{ ['__proto__']: bearer }]])('%o is none', (value) => {
    expect(() => read(value)).toThrow(expect.objectContaining({ reason: 'issuer_refused' }));
  });
});
