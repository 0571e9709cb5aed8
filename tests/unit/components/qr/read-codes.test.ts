import { encodeQR } from 'qr';
import { describe, expect, test } from 'vitest';
import { readCodes } from '../../../../components/qr/read-codes.ts';

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Grey values of a picture as RGBA. */
function picture(width: number, height: number, grey: (x: number, y: number) => number): Picture {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) data.fill(grey(x, y), (y * width + x) * 4, (y * width + x) * 4 + 3);
  }
  return { width, height, data };
}

/** Codes side by side on white. */
function codes(texts: readonly string[], { dark = 0, light = 255 } = {}): Picture {
  const scale = 5;
  const grids = texts.map((text) => encodeQR(text, 'raw', { border: 4 }));
  const modules = Math.max(...grids.map(({ length }) => length));
  return picture(modules * scale * texts.length, modules * scale, (x, y) => {
    const grid = grids[Math.floor(x / (modules * scale))];
    const isDark = grid?.[Math.floor(y / scale)]?.[Math.floor((x % (modules * scale)) / scale)];
    return isDark === true ? dark : light;
  });
}

const LINK = 'openid4vp://?client_id=x509_san_dns%3Ashop.example&request_uri=https%3A%2F%2Fshop.example%2Frequest%2F1';

describe('a picture', () => {
  test('of one code is read, pale or inverted too', async () => {
    expect(await readCodes(codes([LINK]))).toEqual({ found: 'one', text: LINK });
    expect(await readCodes(codes([LINK], { dark: 110, light: 200 }))).toEqual({ found: 'one', text: LINK });
    expect(await readCodes(codes([LINK], { dark: 255, light: 0 }))).toEqual({ found: 'one', text: LINK });
  });

  test('of a long request by value is read', async () => {
    const long = `openid4vp://?request=${'ey'.repeat(900)}`;
    expect(await readCodes(codes([long]))).toEqual({ found: 'one', text: long });
  });

  test('that shows the same code twice has one', async () => {
    expect(await readCodes(codes([LINK, LINK]))).toEqual({ found: 'one', text: LINK });
  });

  test('of two codes that differ is not decided here', async () => {
    expect(await readCodes(codes([LINK, `${LINK}2`]))).toEqual({ found: 'several' });
  });

  test('of a code with its middle torn out is damaged', async () => {
    const whole = codes([LINK]);
    const torn = picture(whole.width, whole.height, (x, y) => {
      const middle = Math.abs(x - whole.width / 2) < whole.width / 3.4 && Math.abs(y - whole.height / 2) < 40;
      return middle ? 255 : (whole.data[(y * whole.width + x) * 4] ?? 0);
    });
    expect(await readCodes(torn)).toEqual({ found: 'damaged' });
  });

  test('of white paper, black paper or a slope of grey has none', async () => {
    for (const grey of [() => 255, () => 0, (x: number) => x]) {
      expect(await readCodes(picture(256, 200, grey))).toEqual({ found: 'none' });
    }
  });

  test('of a single pixel has none', async () => {
    expect(await readCodes(picture(1, 1, () => 0))).toMatchObject({ found: 'none' });
  });
});
