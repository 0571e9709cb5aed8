import { describe, expect, test } from 'vitest';
import { readCredentialResponse, readNonce, readToken } from '../../../../lib/protocols/openid4vci/index.ts';

const refused = (reason: string, field: string): unknown => expect.objectContaining({ reason, field });

describe('a token response', () => {
  test('names the credential by its configuration', () => {
    expect(readToken({ access_token: 'a.b-c', token_type: 'bearer' }, 'licence')).toEqual({
      accessToken: 'a.b-c',
      names: { credential_configuration_id: 'licence' },
    });
  });

  test('names the credential by the issuer’s identifier where there is one for it', () => {
    const detail = (id: string, name: string) => ({
      type: 'openid_credential',
      credential_configuration_id: id,
      credential_identifiers: [name],
    });
    const authorization_details = [{ type: 'payment' }, detail('other', 'x'), detail('licence', 'licence-2026')];
    expect(readToken({ access_token: 'a', token_type: 'Bearer', authorization_details }, 'licence').names).toEqual({
      credential_identifier: 'licence-2026',
    });
  });

  test('with a token bound by DPoP is not supported', () => {
    expect(() => readToken({ access_token: 'a', token_type: 'DPoP' }, 'licence')).toThrow(
      refused('unsupported', 'token response.token_type'),
    );
  });

  test.each([
    [{ token_type: 'Bearer' }],
    [{ access_token: '', token_type: 'Bearer' }],
    [{ access_token: 'a\r\nX-Evil: 1', token_type: 'Bearer' }],
    [{ access_token: 'a b', token_type: 'Bearer' }],
    [{ access_token: 5, token_type: 'Bearer' }],
    [{ access_token: 'x'.repeat(20_000), token_type: 'Bearer' }],
  ])('%o is refused', (value) => {
    expect(() => readToken(value, 'licence')).toThrow(refused('issuer_refused', 'token response.access_token'));
  });
});

describe('a nonce response', () => {
  test('has a nonce', () => expect(readNonce({ c_nonce: 'n' })).toBe('n'));

  test.each([[{}], [{ c_nonce: '' }], [{ c_nonce: 1 }], [{ c_nonce: '\ud800' }], [{ c_nonce: 'x'.repeat(3000) }]])(
    '%o is refused',
    (value) => {
      expect(() => readNonce(value)).toThrow(refused('issuer_refused', 'nonce response.c_nonce'));
    },
  );
});

describe('a credential response', () => {
  test('gives the credentials in order', () => {
    expect(readCredentialResponse({ credentials: [{ credential: 'a' }, { credential: 'b' }] }, 2)).toEqual({
      credentials: ['a', 'b'],
      openings: [{}, {}],
    });
  });

  test('may give fewer than asked for, never more', () => {
    expect(readCredentialResponse({ credentials: [{ credential: 'a' }] }, 2).credentials).toEqual(['a']);
    expect(() => readCredentialResponse({ credentials: [{ credential: 'a' }, { credential: 'b' }] }, 1)).toThrow(
      refused('issuer_refused', 'credential response.credentials'),
    );
  });

  test('that comes later is not supported', () => {
    expect(() => readCredentialResponse({ transaction_id: 't', interval: 60 }, 1)).toThrow(
      refused('unsupported', 'credential response.transaction_id'),
    );
  });

  test.each([
    [{}, ''],
    [{ credentials: [] }, ''],
    [{ credential: 'a' }, ''],
    [{ credentials: 'a' }, ''],
    [{ credentials: ['a'] }, '.0'],
    [{ credentials: [{ credential: {} }] }, '.0.credential'],
    [{ credentials: [{ credential: '' }] }, '.0.credential'],
  ])('%o is refused', (value, path) => {
    expect(() => readCredentialResponse(value, 10)).toThrow(
      refused('issuer_refused', `credential response.credentials${path}`),
    );
  });
});
