import { crc32, deflateSync } from 'node:zlib';
import { encodeQR } from 'qr';

/** Modules of white around a code (ISO/IEC 18004 §6.3.8). */
const QUIET = 4;

/** A PNG that shows QR codes beside each other. @param scale pixels of a module */
export function qrPng(texts: readonly string[], scale = 6): Buffer {
  const grids = texts.map((text) => encodeQR(text, 'raw', { border: QUIET }));
  const side = Math.max(...grids.map(({ length }) => length)) * scale;
  return greyPng(side * texts.length, side, (x, y) => {
    const module = grids[Math.floor(x / side)]?.[Math.floor(y / scale)]?.[Math.floor((x % side) / scale)];
    return module === true ? 0 : 255;
  });
}

/** A code of which the middle is torn out. */
export function tornPng(text: string): Buffer {
  const grid = encodeQR(text, 'raw', { border: QUIET });
  const side = grid.length * 6;
  return greyPng(side, side, (x, y) => {
    const isTorn = Math.abs(x - side / 2) < side / 3.4 && Math.abs(y - side / 2) < side / 9;
    return !isTorn && grid[Math.floor(y / 6)]?.[Math.floor(x / 6)] === true ? 0 : 255;
  });
}

/** White paper. */
export const blankPng = (): Buffer => greyPng(300, 200, () => 255);

/** A PNG whose head says that it is larger than anybody needs. */
export const hugePng = (): Buffer => pngOf(60_000, 60_000, Buffer.alloc(0));

/** A greyscale PNG of eight bits (PNG, Third Edition). */
function greyPng(width: number, height: number, grey: (x: number, y: number) => number): Buffer {
  const rows = Buffer.alloc((width + 1) * height); // each row begins with the filter that it needs: none
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) rows[y * (width + 1) + 1 + x] = grey(x, y);
  }
  return pngOf(width, height, rows);
}

function pngOf(width: number, height: number, rows: Buffer): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 8;
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const framed = Buffer.alloc(data.length + 12);
  framed.writeUInt32BE(data.length, 0);
  framed.write(type, 4, 'latin1');
  data.copy(framed, 8);
  framed.writeUInt32BE(crc32(framed.subarray(4, data.length + 8)), data.length + 8);
  return framed;
}
