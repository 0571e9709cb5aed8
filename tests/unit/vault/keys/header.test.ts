import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../lib/core/index.ts';
import { canonicalJsonBytes, fromUtf8, toBase64url, utf8 } from '../../../../lib/core/index.ts';
import { decodeHeader, encodeHeader, readHeader, upgradeHeader } from '../../../../lib/vault/keys/header.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 200);

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((b) => Uint8Array.from(b));
const passkeys = fc.array(
  fc.record({
    id: fc.string({ unit: fc.constantFrom('a', 'Z', '0', '9', '_', '-'), minLength: 1, maxLength: 60 }),
    salt: bytes(32),
    wrap: bytes(60),
    tier2Wrap: bytes(60),
  }),
  { maxLength: 3 },
);
const headers = fc.record({
  kdf: fc.record({
    m: fc.constantFrom(19_456, 65_536),
    t: fc.integer({ min: 2, max: 10 }),
    p: fc.constant(1),
    salt: bytes(16),
  }),
  passwordWrap: bytes(60),
  tier2Wrap: bytes(60),
  passkeys,
  inboxKey: bytes(32),
});

const text = (length: number, fill = 7): string => toBase64url(new Uint8Array(length).fill(fill));

const first = {
  v: 1,
  kdf: { alg: 'argon2id', m: 19_456, t: 2, p: 1, salt: text(16) },
  wraps: { password: text(60, 1) },
  tier2: { password: text(60, 2) },
  inbox: text(32),
};
const second = { ...first, v: 2, schema: 2, reads: 2, wraps: { ...first.wraps, passkeys: [] as Json[] } };
const stored = (json: object) => canonicalJsonBytes(json);

describe('a header', () => {
  test('comes back as it was written', () => {
    fc.assert(
      fc.property(headers, (header) => {
        expect(decodeHeader(encodeHeader(header))).toEqual({ ...header, schema: 2 });
      }),
      { numRuns },
    );
  });

  test('of any bytes is read or called unreadable, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        expect(readHeader(Uint8Array.from(noise)).kind).toBe('unreadable');
      }),
      { numRuns },
    );
  });

  test('of the first version is upgraded with the same wraps, and no passkey', () => {
    const upgraded = upgradeHeader(stored(first));
    expect(JSON.parse(fromUtf8(upgraded))).toEqual(second);
    expect(decodeHeader(stored(first))).toEqual({ ...decodeHeader(upgraded), schema: 1 });
    expect(upgradeHeader(upgraded)).toEqual(upgraded);
  });

  const passkey = { id: 'abc', salt: text(32), wrap: text(60), tier2: text(60) };
  test.each<[string, object]>([
    ['an unknown member', { ...second, more: 1 }],
    [
      'a passkey with an unknown member',
      { ...second, wraps: { ...second.wraps, passkeys: [{ ...passkey, name: 'x' }] } },
    ],
    [
      'a passkey without the wrap of Tier 2',
      { ...second, wraps: { ...second.wraps, passkeys: [{ ...passkey, tier2: '' }] } },
    ],
    [
      'a passkey whose id is no base64url',
      { ...second, wraps: { ...second.wraps, passkeys: [{ ...passkey, id: 'a b' }] } },
    ],
    ['a short salt', { ...second, wraps: { ...second.wraps, passkeys: [{ ...passkey, salt: text(31) }] } }],
    ['no password', { ...second, wraps: { passkeys: [passkey] } }],
    ['no wrap of Tier 2 by the password', { ...second, tier2: {} }],
    ['a short wrap', { ...second, wraps: { ...second.wraps, password: text(59) } }],
    ['a cost below the floor', { ...second, kdf: { ...second.kdf, m: 19_455 } }],
    ['a cost above the ceiling', { ...second, kdf: { ...second.kdf, t: 11 } }],
    ['another algorithm', { ...second, kdf: { ...second.kdf, alg: 'pbkdf2' } }],
    ['passkeys under the first version', { ...first, wraps: second.wraps }],
    ['the first version and a schema', { ...first, schema: 1, reads: 1 }],
    ['a schema that never was', { ...second, schema: 1 }],
    ['a version that is no number', { ...second, v: '2' }],
  ])('with %s is refused', (_what, json) => {
    expect(() => decodeHeader(stored(json))).toThrow(expect.objectContaining({ reason: 'vault_damaged' }) as Error);
    expect(readHeader(stored(json)).kind).toBe('unreadable');
  });

  test('of a newer version is never written over by decoding it', () => {
    for (const reads of [2, 3]) {
      const newer = stored({ ...second, v: 3, schema: 3, reads });
      expect(readHeader(newer)).toMatchObject({ kind: 'newer' });
      expect(() => upgradeHeader(newer)).toThrow(expect.objectContaining({ reason: 'vault_damaged' }) as Error);
    }
  });

  test('of a newer version cannot lower the cost either', () => {
    const newer = { ...second, v: 3, schema: 3, reads: 2, kdf: { ...second.kdf, t: 1 } };
    expect(readHeader(stored(newer)).kind).toBe('unreadable');
    expect(readHeader(utf8('3')).kind).toBe('unreadable');
  });
});
