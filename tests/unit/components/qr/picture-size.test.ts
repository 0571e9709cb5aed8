import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pictureSize } from '../../../../components/qr/picture-size.ts';

const ascii = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));
const be16 = (n: number): number[] => [n >>> 8, n & 255];
const le16 = (n: number): number[] => be16(n).reverse();
const be32 = (n: number): number[] => [...be16(n >>> 16), ...be16(n & 0xffff)];
const le24 = (n: number): number[] => [...le16(n & 0xffff), n >>> 16];

const png = (width: number, height: number) =>
  Uint8Array.of(...ascii('\x89PNG\r\n\x1a\n'), ...be32(13), ...ascii('IHDR'), ...be32(width), ...be32(height), 8, 6);
const gif = (width: number, height: number) => Uint8Array.of(...ascii('GIF89a'), ...le16(width), ...le16(height), 0);
const webp = (chunk: string, ...rest: number[]) =>
  Uint8Array.of(...ascii('RIFF'), 0, 0, 0, 0, ...ascii('WEBP'), ...ascii(chunk), 0, 0, 0, 0, ...rest);
const lossy = (width: number, height: number) => webp('VP8 ', 0, 0, 0, 0x9d, 1, 0x2a, ...le16(width), ...le16(height));
const extended = (width: number, height: number) => webp('VP8X', 0, 0, 0, 0, ...le24(width - 1), ...le24(height - 1));
function lossless(width: number, height: number) {
  const bits = (width - 1) | ((height - 1) << 14);
  return webp('VP8L', 0x2f, bits & 255, (bits >>> 8) & 255, (bits >>> 16) & 255, bits >>> 24);
}
const segment = (marker: number, ...content: number[]) => [0xff, marker, ...be16(content.length + 2), ...content];
const jpeg = (width: number, height: number, ...before: number[]) =>
  Uint8Array.of(0xff, 0xd8, ...before, ...segment(0xc2, 8, ...be16(height), ...be16(width), 3), 0xff, 0xda);

const KINDS = {
  PNG: { make: png, most: 0xffff_ffff },
  GIF: { make: gif, most: 0xffff },
  'lossy WebP': { make: lossy, most: 0x3fff },
  'lossless WebP': { make: lossless, most: 0x3fff },
  'extended WebP': { make: extended, most: 0xff_ffff },
  JPEG: { make: jpeg, most: 0xffff },
} as const;

describe('the size of a picture', () => {
  test.for(Object.entries(KINDS))('is read from the head of a %s', ([, { make, most }]) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: most }), (width, height) => {
        expect(pictureSize(make(width, height))).toEqual({ width, height });
      }),
    );
  });

  test('stands in a JPEG behind tables, notes, fill bytes and restart markers', () => {
    const before = [...segment(0xe1, ...ascii('Exif')), 0xff, ...segment(0xc4, 1, 2, 3), 0xff, 0xd0, ...segment(0xdb)];
    expect(pictureSize(jpeg(640, 480, ...before))).toEqual({ width: 640, height: 480 });
  });

  test('is unknown where a JPEG names none before its pixels begin', () => {
    expect(pictureSize(Uint8Array.of(0xff, 0xd8, ...segment(0xda, 1), 1, 2, 3))).toBeUndefined();
  });

  test('is read where the file begins in the middle of a buffer', () => {
    const inside = Uint8Array.of(7, 7, 7, ...gif(3, 5));
    expect(pictureSize(inside.subarray(3))).toEqual({ width: 3, height: 5 });
  });

  test.for(Object.entries(KINDS))('is unknown of a %s without width or height', ([name, { make }]) => {
    if (name.startsWith('lossless') || name.startsWith('extended')) return; // these cannot say nothing
    expect(pictureSize(make(0, 10))).toBeUndefined();
    expect(pictureSize(make(10, 0))).toBeUndefined();
  });

  test.for(Object.entries(KINDS))('is unknown of a %s that ends too early', ([, { make }]) => {
    const whole = make(300, 200);
    for (let end = 0; end < 8; end += 1) expect(pictureSize(whole.subarray(0, end))).toBeUndefined();
  });

  test('is unknown of text, drawings and nothing', () => {
    for (const text of ['', '<svg xmlns="http://www.w3.org/2000/svg" width="9"/>', '%PDF-1.7', 'BM'.repeat(20)]) {
      expect(pictureSize(Uint8Array.from(ascii(text)))).toBeUndefined();
    }
  });

  test('is a pair of whole numbers or unknown, whatever the bytes, and never takes long', () => {
    const heads = fc.constantFrom<readonly number[]>(...Object.values(KINDS).map(({ make }) => [...make(9, 9)]), []);
    fc.assert(
      fc.property(heads, fc.nat(30), fc.uint8Array({ maxLength: 300 }), (head, kept, tail) => {
        const size = pictureSize(Uint8Array.of(...head.slice(0, kept), ...tail));
        if (size === undefined) return;
        expect(Number.isSafeInteger(size.width) && size.width > 0).toBe(true);
        expect(Number.isSafeInteger(size.height) && size.height > 0).toBe(true);
      }),
      { numRuns: Number(process.env['SIGNET_RUNS'] ?? 2_000) },
    );
  });
});
