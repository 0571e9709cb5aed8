import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../lib/core/index.ts';
import { readCredentialResponse, readNonce } from '../../../../lib/protocols/openid4vci/index.ts';

const refused = (reason: string, field: string): unknown => expect.objectContaining({ reason, field });

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
  test('gives the credentials in order, and the name to speak of them by', () => {
    const credentials = [{ credential: 'a' }, { credential: 'b' }];
    expect(readCredentialResponse({ credentials, notification_id: 'n', evil: 1 }, 2)).toEqual({
      kind: 'issued',
      credentials: ['a', 'b'],
      openings: [{}, {}],
      notificationId: 'n',
    });
  });

  test('may give fewer than asked for, never more', () => {
    expect(readCredentialResponse({ credentials: [{ credential: 'a' }] }, 2)).toMatchObject({ credentials: ['a'] });
    expect(() => readCredentialResponse({ credentials: [{ credential: 'a' }, { credential: 'b' }] }, 1)).toThrow(
      refused('issuer_refused', 'credential response.credentials'),
    );
  });

  test.each([
    [3600, 3_600_000],
    [0.001, 5000],
    [1e300, 2_592_000_000],
    [undefined, 300_000],
  ])('may promise one later: asked again after %o s at most so often', (interval, milliseconds) => {
    expect(readCredentialResponse({ transaction_id: 't', ...(interval && { interval }) }, 1)).toEqual({
      kind: 'deferred',
      transactionId: 't',
      interval: milliseconds,
    });
  });

  test.each<[Json, string]>([
    [{}, 'credentials'],
    [{ credentials: [] }, 'credentials'],
    [{ credential: 'a' }, 'credentials'],
    [{ credentials: 'a' }, 'credentials'],
    [{ credentials: ['a'] }, 'credentials.0'],
    [{ credentials: [{ credential: {} }] }, 'credentials.0.credential'],
    [{ credentials: [{ credential: '' }] }, 'credentials.0.credential'],
    [{ credentials: [{ credential: 'x'.repeat(200_001) }] }, 'credentials.0.credential'],
    [{ transaction_id: '' }, 'transaction_id'],
    [{ transaction_id: {} }, 'transaction_id'],
    [{ transaction_id: 't', interval: 0 }, 'interval'],
    [{ transaction_id: 't', interval: -5 }, 'interval'],
    [{ transaction_id: 't', interval: '5' }, 'interval'],
    [{ transaction_id: 't', credentials: [{ credential: 'a' }] }, 'transaction_id'],
    [{ credentials: [{ credential: 'a' }], notification_id: '' }, 'notification_id'],
  ])('%o is refused', (value, path) => {
    expect(() => readCredentialResponse(value, 10)).toThrow(refused('issuer_refused', `credential response.${path}`));
  });
});
