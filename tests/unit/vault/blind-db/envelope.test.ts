import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SecretBytes } from '../../../../lib/core/index.ts';
import type { Address } from '../../../../lib/vault/index.ts';
import { MAX_RECORD_LENGTH, SIZE_CLASSES, pad, unpad } from '../../../../lib/vault/index.ts';
import { ROW_CAPACITY, ROW_LENGTH, openRow, sealRow } from '../../../../lib/vault/blind-db/envelope.ts';
import { fromRows, toRows } from '../../../../lib/vault/blind-db/rows.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 50);
const anyBytes = fc.uint8Array({ maxLength: 5_000 });
const key = (fill: number) => SecretBytes.take(new Uint8Array(32).fill(fill));

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
    expect(() => pad(new Uint8Array(1_048_573))).toThrow(expect.objectContaining({ reason: 'bad_request' }) as Error);
  });

  test('that is no padding is not taken off', () => {
    const overlong = new Uint8Array(256).fill(255, 0, 4);
    const dirty = pad(Uint8Array.of(1)).with(200, 1);
    for (const bytes of [new Uint8Array(0), new Uint8Array(255), new Uint8Array(257), overlong, dirty]) {
      expect(unpad(bytes)).toBeUndefined();
    }
  });
});

describe('the rows of a record', () => {
  const anyAddress = fc.record({
    label: fc.string({ unit: 'grapheme', maxLength: 60 }).map((text): Address['label'] => `data/${text}`),
    index: fc.maxSafeNat(),
  });

  test('are of one length, and give back the record and its address', () => {
    fc.assert(
      fc.property(anyAddress, anyBytes, (address, bytes) => {
        const rows = toRows(address, bytes);
        expect(rows.every(({ length }) => length === ROW_CAPACITY)).toBe(true);
        expect(fromRows(rows)).toEqual({ address, bytes: Uint8Array.from(bytes) });
      }),
      { numRuns },
    );
  });

  const address: Address = { label: 'data/a', index: 1 };
  const head = 2 + 6 + 8 + 4;

  test('are one while the record fits it, and as many as it takes after that', () => {
    expect(toRows(address, new Uint8Array(0))).toHaveLength(1);
    expect(toRows(address, new Uint8Array(ROW_CAPACITY - head))).toHaveLength(1);
    expect(toRows(address, new Uint8Array(ROW_CAPACITY - head + 1))).toHaveLength(2);
    expect(toRows(address, new Uint8Array(MAX_RECORD_LENGTH))).toHaveLength(839);
  });

  test('refuse a record that is too large, and an endless label', () => {
    expect(() => toRows(address, new Uint8Array(MAX_RECORD_LENGTH + 1))).toThrow(
      expect.objectContaining({ reason: 'bad_request' }) as Error,
    );
    expect(() => toRows({ label: `data/${'x'.repeat(1100)}`, index: 0 }, new Uint8Array(0))).toThrow('too long');
  });

  test('are no record when one is missing or one too many', () => {
    const rows = toRows(address, new Uint8Array(2000).fill(7));
    expect(fromRows([])).toBeUndefined();
    expect(fromRows(rows.slice(0, 1))).toBeUndefined();
    expect(fromRows([...rows, new Uint8Array(ROW_CAPACITY)])).toBeUndefined();
    expect(fromRows([new Uint8Array(ROW_CAPACITY).fill(255)])).toBeUndefined();
  });
});

describe('a sealed row', () => {
  const version = { rowId: new Uint8Array(32).fill(7), serial: 3 };
  const plaintext = new Uint8Array(ROW_CAPACITY).fill(1);
  const blob = sealRow(key(1), version, plaintext);

  test('opens as this row under this key', async () => {
    expect(await openRow(key(1), version, blob)).toEqual(plaintext);
  });

  test('does not open under another key, row id or serial', async () => {
    expect(await openRow(key(2), version, blob)).toBeUndefined();
    expect(await openRow(key(1), { ...version, serial: 2 }, blob)).toBeUndefined();
    expect(await openRow(key(1), { ...version, rowId: new Uint8Array(32) }, blob)).toBeUndefined();
  });

  test('does not open with any bit turned, cut off or added', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(blob.length - 1), fc.nat(7), async (at, bit) => {
        expect(await openRow(key(1), version, blob.with(at, (blob[at] ?? 0) ^ (1 << bit)))).toBeUndefined();
        expect(await openRow(key(1), version, blob.slice(0, at))).toBeUndefined();
      }),
      { numRuns },
    );
    expect(await openRow(key(1), version, Uint8Array.of(...blob, 0))).toBeUndefined();
  });

  test('of the same bytes never looks the same, and is always as long', () => {
    const again = sealRow(key(1), version, plaintext);
    expect(again).not.toEqual(blob);
    expect([again.length, blob.length]).toEqual([ROW_LENGTH, ROW_LENGTH]);
  });
});

describe('any sealed row', () => {
  const anyRow = fc.record({
    rowId: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((id) => Uint8Array.from(id)),
    serial: fc.nat(),
    plaintext: fc.uint8Array({ minLength: ROW_CAPACITY, maxLength: ROW_CAPACITY }),
  });

  test('opens to what was sealed', async () => {
    await fc.assert(
      fc.asyncProperty(anyRow, async ({ plaintext, ...version }) => {
        const blob = sealRow(key(1), version, plaintext);
        expect(await openRow(key(1), version, blob)).toEqual(Uint8Array.from(plaintext));
      }),
      { numRuns },
    );
  });

  test('is none when it is altered, moved, older, cut or of another key', async () => {
    await fc.assert(
      fc.asyncProperty(anyRow, fc.nat(ROW_LENGTH - 1), async ({ plaintext, ...version }, at) => {
        const blob = sealRow(key(1), version, plaintext);
        const altered = Uint8Array.from(blob, (byte, i) => (i === at ? byte ^ 1 : byte));
        const moved = { ...version, rowId: Uint8Array.from(version.rowId, (byte) => byte ^ 1) };
        const later = { ...version, serial: version.serial + 1 };
        for (const [secret, named, bytes] of [
          [key(1), version, altered],
          [key(1), moved, blob],
          [key(1), later, blob],
          [key(1), version, blob.slice(0, -1)],
          [key(2), version, blob],
        ] as const) {
          expect(await openRow(secret, named, bytes)).toBeUndefined();
        }
      }),
      { numRuns },
    );
  });
});
