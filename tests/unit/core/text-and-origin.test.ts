import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SignetError, displayText, parseOrigin, parseUrl } from '../../../lib/core/index.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 100);

describe('text from outside', () => {
  test.each([
    ['a\u202Eb', 'a b'],
    ['a\u200B\u2066b', 'a b'],
    ['  a \n\t b ', 'a b'],
    ['\uD800x', '\uFFFDx'],
    ['\u0000', ''],
  ])('%j is shown as %j', (text, shown) => {
    expect(displayText(text, 20)).toBe(shown);
  });

  test('is never longer than allowed, never cut inside a character, never invisible', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 30 }), (text, length) => {
        const shown = displayText(text, length);
        expect(Array.from(shown).length).toBeLessThanOrEqual(length);
        expect(shown.isWellFormed()).toBe(true);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
      { numRuns },
    );
  });
});

describe('an origin', () => {
  test.each([
    'https://shop.example',
    'https://shop.example:8443',
    'http://localhost:3000',
    'http://127.0.0.1',
    'http://[::1]:1',
  ])('is %s', (text) => {
    expect(parseOrigin(text, 'origin')).toBe(text);
  });

  test.each([
    'null',
    '',
    'shop.example',
    'http://shop.example',
    'http://localhost.shop.example',
    'https://shop.example/',
    'https://shop.example/path',
    'https://Shop.example',
    'https://user@shop.example',
    'https://shop.example:443',
    'file:///etc/passwd',
    'javascript:1',
    'chrome-extension://abc',
  ])('is not %j', (text) => {
    expect(() => parseOrigin(text, 'origin')).toThrow(
      expect.objectContaining({ reason: 'bad_request', field: 'origin' }) as Error,
    );
  });

  test('a URL may have a path, but no user name and no other scheme', () => {
    expect(parseUrl('https://shop.example/a?b', 'url').pathname).toBe('/a');
    for (const text of ['https://a:b@shop.example/', 'ftp://shop.example/', 'data:,x']) {
      expect(() => parseUrl(text, 'url')).toThrow(expect.objectContaining({ field: 'url' }) as Error);
    }
  });
});

describe('an error', () => {
  test('crosses a channel with its code, reason, message and field, and without its cause', () => {
    const error = new SignetError('bad_request', 'No.', { field: 'x', cause: new Error('secret') });
    const fields = structuredClone(error.toFields());
    expect(fields).toEqual({ code: -32602, reason: 'bad_request', message: 'No.', field: 'x' });
    expect(SignetError.fromFields(fields)).toMatchObject({ ...fields });
  });

  test('of a stranger says nothing of what it said', () => {
    expect(SignetError.from(new Error('the key is 42')).message).not.toContain('42');
  });
});
