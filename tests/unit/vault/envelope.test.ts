import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SecretBytes } from '../../../lib/core/index.ts';
import { openRecord, sealRecord } from '../../../lib/vault/envelope.ts';
import { MAX_RECORD_LENGTH, SIZE_CLASSES, pad, unpad } from '../../../lib/vault/padding.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 50);
const anyBytes = fc.uint8Array({ maxLength: 5_000 });
const key = (fill: number) => SecretBytes.take(new Uint8Array(32).fill(fill));
const version = { recordId: new Uint8Array(32).fill(7), generation: 3 };

describe('padding', () => {
  test('comes off again, whatever the bytes', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const padded = pad(bytes);
        expect(SIZE_CLASSES).toContain(padded.length);
        expect(unpad(padded)).toEqual(Uint8Array.from(bytes));
      }),
      { numRuns },
    );
  });

  test('keeps to a class up to its last byte, and refuses what fits none', () => {
    expect(pad(new Uint8Array(252))).toHaveLength(256);
    expect(pad(new Uint8Array(253))).toHaveLength(1024);
    expect(pad(new Uint8Array(MAX_RECORD_LENGTH))).toHaveLength(1_048_576);
    expect(() => pad(new Uint8Array(MAX_RECORD_LENGTH + 1))).toThrow(
      expect.objectContaining({ reason: 'bad_request' }) as Error,
    );
  });

  test('that is no padding is not taken off', () => {
    const overlong = new Uint8Array(256).fill(255, 0, 4);
    const dirty = pad(Uint8Array.of(1)).with(200, 1);
    for (const bytes of [new Uint8Array(0), new Uint8Array(255), new Uint8Array(257), overlong, dirty]) {
      expect(unpad(bytes)).toBeUndefined();
    }
  });
});

describe('an envelope', () => {
  test('opens as this version of this record under this key', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(openRecord(key(1), version, sealRecord(key(1), version, bytes))).toEqual(Uint8Array.from(bytes));
      }),
      { numRuns },
    );
  });

  const blob = sealRecord(key(1), version, Uint8Array.of(1, 2, 3));

  test('does not open under another key, record id or generation', () => {
    expect(openRecord(key(2), version, blob)).toBeUndefined();
    expect(openRecord(key(1), { ...version, generation: 2 }, blob)).toBeUndefined();
    expect(openRecord(key(1), { ...version, recordId: new Uint8Array(32) }, blob)).toBeUndefined();
  });

  test('does not open with any bit turned, cut off or added', () => {
    fc.assert(
      fc.property(fc.nat(blob.length - 1), fc.nat(7), (at, bit) => {
        expect(openRecord(key(1), version, blob.with(at, (blob[at] ?? 0) ^ (1 << bit)))).toBeUndefined();
        expect(openRecord(key(1), version, blob.subarray(0, at))).toBeUndefined();
      }),
      { numRuns },
    );
    expect(openRecord(key(1), version, Uint8Array.of(...blob, 0))).toBeUndefined();
  });

  test('of the same bytes never looks the same, and shows their size class alone', () => {
    const again = sealRecord(key(1), version, Uint8Array.of(1, 2, 3));
    expect(again).not.toEqual(blob);
    expect(again).toHaveLength(sealRecord(key(1), version, new Uint8Array(200)).length);
  });
});
