import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  equalBytes,
  fromBase64,
  fromBase64url,
  fromHex,
  le64,
  toBase64,
  toBase64url,
  toHex,
} from '../../../lib/core/index.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 100);
const anyBytes = fc.uint8Array({ maxLength: 300 }).map((bytes) => Uint8Array.from(bytes));

describe('bytes', () => {
  test('come back from every encoding, and are written as Node writes them', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
        expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
        expect(toBase64url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
      }),
      { numRuns },
    );
  });

  test('long ones too', () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i & 255);
    expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
  });

  test('have one spelling in base64url', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('A', 'Q', 'g', 'w', '_', '-', '9', '='), maxLength: 12 }),
        (text) => {
          try {
            expect(toBase64url(fromBase64url(text))).toBe(text);
          } catch (error) {
            expect(error).toMatchObject({ reason: 'bad_request' });
          }
        },
      ),
      { numRuns },
    );
  });

  test.each(['AB', 'AA=', 'AA==', 'A', 'A+', 'A/', 'A A', 'AAAAA', 'é'])('are not read from %j', (text) => {
    expect(() => fromBase64url(text)).toThrow(expect.objectContaining({ reason: 'bad_request' }) as Error);
  });

  test.each(['0', 'AB', 'zz', ' 00'])('are not read from hexadecimal %j', (text) => {
    expect(() => fromHex(text)).toThrow(expect.objectContaining({ reason: 'bad_request' }) as Error);
  });

  test('are equal when every one of them is', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (a, b) => {
        expect(equalBytes(a, Uint8Array.from(a))).toBe(true);
        expect(equalBytes(a, b)).toBe(toHex(a) === toHex(b));
      }),
      { numRuns },
    );
  });
});

describe('le64', () => {
  test('is what DataView reads', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(new DataView(le64(value).buffer).getBigUint64(0, true)).toBe(BigInt(value));
      }),
      { numRuns },
    );
  });

  test.each([-1, 1.5, 2 ** 53, Number.NaN, Infinity])('takes no %d', (value) => {
    expect(() => le64(value)).toThrow(RangeError);
  });
});
