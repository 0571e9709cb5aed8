import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeSegment, encodeSegment, isReadable, keep, leafBytes } from '../../../lib/audit/segment.ts';
import { entryBytes } from '../../../lib/audit/verifying/index.ts';
import { randomBytes, toBase64url, utf8 } from '../../../lib/core/index.ts';
import { anyEntry } from '../../fixtures/audit/any-entry.ts';
import { usual } from '../../fixtures/audit/vault-log.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 200);

describe('a segment', () => {
  test('gives back each entry to the byte, whatever is in it', () => {
    const kept = fc.oneof(
      anyEntry,
      fc.uint8Array({ maxLength: 60 }).map((bytes) => ({ unreadable: Uint8Array.from(bytes) })),
    );
    fc.assert(
      fc.property(fc.array(kept, { maxLength: 8 }), fc.maxSafeNat(), (entries, from) => {
        const decoded = decodeSegment(encodeSegment(from, entries));
        expect(decoded).toEqual({ from, entries });
        expect(decoded.entries.map(leafBytes)).toEqual(entries.map(leafBytes));
      }),
      { numRuns: RUNS },
    );
  });

  test('holds eight usual entries in one row of the database', () => {
    const policy = toBase64url(randomBytes(32));
    const entries = Array.from({ length: 8 }, (_, i) => ({
      v: 1 as const,
      salt: toBase64url(randomBytes(16)),
      prev: toBase64url(randomBytes(32)),
      seq: 99_992 + i,
      time: Date.UTC(2026, 10, 23) + i * 3_600_000,
      subject: '',
      claims: [],
      decision: '' as const,
      ...usual(i),
      rules: ['dGhlIGlkIG9mIGEgcnVsZQ'],
      policy,
    }));
    // A row's 1,251 bytes, less the record's name and length.
    expect(encodeSegment(99_992, entries).length).toBeLessThan(1_251 - 40);
  });

  test('is not written with a time that is no whole number: nothing would read it again', () => {
    const [entry] = fc.sample(anyEntry, { numRuns: 1, seed: 5 });
    if (entry === undefined) throw new Error('There is no entry.');
    for (const time of [127.5, NaN, Infinity, 2 ** 53]) {
      expect(() => encodeSegment(8, [{ ...entry, time }]), String(time)).toThrow(RangeError);
    }
  });

  test('is refused cut short, continued or of another version', () => {
    const entries = fc.sample(anyEntry, { numRuns: 3, seed: 5 });
    const bytes = encodeSegment(8, entries);
    for (let end = 0; end < bytes.length; end++) expect(() => decodeSegment(bytes.slice(0, end))).toThrow();
    expect(() => decodeSegment(Uint8Array.of(...bytes, 0))).toThrow();
    expect(() => decodeSegment(bytes.with(0, 2))).toThrow();
  });

  test('takes any bytes for a segment, or throws: never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        try {
          decodeSegment(Uint8Array.from(noise));
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('an entry from elsewhere', () => {
  test('is kept as an entry when it is one, and as the bytes it was when it is not', () => {
    const [entry] = fc.sample(anyEntry, { numRuns: 1, seed: 3 });
    if (entry === undefined) throw new RangeError('One was asked for.');
    expect(keep(entryBytes(entry))).toEqual(entry);
    for (const text of ['', '{}', 'noise', JSON.stringify(entry, undefined, 1)]) {
      const kept = keep(utf8(text));
      expect(isReadable(kept)).toBe(false);
      expect(leafBytes(kept)).toEqual(utf8(text));
    }
  });
});
