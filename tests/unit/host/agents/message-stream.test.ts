import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Piece } from '../../../../host/agents/message-stream.ts';
import { MessageReader, encodeMessage } from '../../../../host/agents/message-stream.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 20);

/** Reads bytes in parts of the sizes given, over and over. */
function readInParts(bytes: Buffer, sizes: readonly number[], max = 1000): Piece[] {
  const reader = new MessageReader(max);
  const pieces: Piece[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    pieces.push(...reader.read(bytes.subarray(at, at + size)));
    at += size;
  }
  return pieces;
}

/** A message that says it has so many bytes, and has these. */
function claiming(length: number, body: string | Buffer = ''): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(body)]);
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, length, true);
  return bytes;
}

describe('a stream of messages', () => {
  test('gives what was put in, however it is cut', () => {
    const texts = fc.array(fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }), { maxLength: 20 });
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 });
    fc.assert(
      fc.property(texts, sizes, (all, cuts) => {
        const bytes = Buffer.concat(all.map(encodeMessage));
        expect(readInParts(bytes, cuts)).toEqual(all.map((text) => ({ kind: 'message', text })));
      }),
      { numRuns: RUNS },
    );
  });

  test('never throws, and never gives more than a message may have, whatever comes', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), sizes, (bytes, cuts) => {
        for (const piece of readInParts(Buffer.from(bytes), cuts, 10))
          expect(piece.kind !== 'message' || piece.text.length <= 10).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  test('passes over what is too long, and goes on with the next', () => {
    const bytes = Buffer.concat([encodeMessage('x'.repeat(1001)), encodeMessage('{}')]);
    expect(readInParts(bytes, [7])).toEqual([{ kind: 'too_long' }, { kind: 'message', text: '{}' }]);
  });

  test('takes what is as long as it may be', () => {
    expect(readInParts(encodeMessage('x'.repeat(1000)), [999])).toMatchObject([{ kind: 'message' }]);
  });

  test.each([
    ['no bytes at all', claiming(0)],
    ['half a character', claiming(1, Buffer.from([0xc3]))],
    ['a surrogate', claiming(3, Buffer.from([0xed, 0xa0, 0x80]))],
  ])('tells that %s are no message', (_, bytes) => {
    expect(readInParts(Buffer.concat([bytes, encodeMessage('1')]), [3])).toEqual([
      { kind: 'malformed' },
      { kind: 'message', text: '1' },
    ]);
  });

  test('waits for what was promised, and says that it waits', () => {
    const reader = new MessageReader(1000);
    expect(reader.isWithin).toBe(false);
    expect([...reader.read(claiming(500, 'x'.repeat(499)))]).toEqual([]);
    expect(reader.isWithin).toBe(true);
    expect([...reader.read(Buffer.from('x'))]).toHaveLength(1);
    expect(reader.isWithin).toBe(false);
  });

  test('holds no memory for four gigabytes that are only claimed', () => {
    const before = process.memoryUsage().arrayBuffers;
    const readers = Array.from({ length: 50 }, () => new MessageReader(1000));
    for (const reader of readers) expect([...reader.read(claiming(0xffff_ffff))]).toEqual([{ kind: 'too_long' }]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });
});
