import type { PictureSize } from './picture-size.ts';
import { pictureSize } from './picture-size.ts';
import type { CodesFound } from './read-codes.ts';
import { readCodes } from './read-codes.ts';

/** Why nothing was read: it is no picture of a kind that is read here, or it is more than is decoded. */
export type PictureRead = CodesFound | { readonly found: 'no_picture' } | { readonly found: 'too_large' };

/** Bytes of a file. */
export const MAX_FILE = 20_000_000;
/** Pixels of a picture: what a telephone's camera makes at its best. Decoded, they are 200 MB for a moment. */
export const MAX_PIXELS = 50_000_000;
/** Where a JPEG has the size of its picture is behind what the camera put in front: an Exif thumbnail, a colour profile. */
const HEAD = 1_000_000;
/** Pixels of the longer side at which a code is looked for: first at a glance, then closely. */
const GLANCES = [1_600, 3_200] as const;

/**
 * Reads the QR code in a picture that the person chose, pasted or dropped. It is decoded in this page and sent nowhere;
 * its size is known before it is unfolded.
 */
export async function readPicture(file: Blob): Promise<PictureRead> {
  if (file.size > MAX_FILE) return { found: 'too_large' };
  const size = pictureSize(new Uint8Array(await file.slice(0, HEAD).arrayBuffer()));
  if (size === undefined) return { found: 'no_picture' };
  if (size.width * size.height > MAX_PIXELS) return { found: 'too_large' };
  let read: PictureRead = { found: 'none' };
  for (const longest of GLANCES) {
    const pixels = await pixelsOf(file, fitted(size, longest));
    if (pixels === undefined) return { found: 'no_picture' };
    read = await readCodes(pixels);
    if (read.found === 'one' || read.found === 'several' || Math.max(size.width, size.height) <= longest) break;
  }
  return read;
}

/** A small one is blown up: the decoder looks for corners of several pixels a module. */
function fitted({ width, height }: PictureSize, longest: number): PictureSize {
  const longer = Math.max(width, height);
  const factor = longer > longest ? longest / longer : longer * 4 <= longest ? 4 : 1;
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}

/** The picture on white paper, scaled; undefined where the browser cannot decode it. */
async function pixelsOf(file: Blob, { width, height }: PictureSize): Promise<ImageData | undefined> {
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  if (bitmap === undefined) return undefined;
  try {
    const canvas = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (canvas === null) return undefined;
    canvas.fillStyle = 'white';
    canvas.fillRect(0, 0, width, height);
    canvas.imageSmoothingEnabled = width < bitmap.width;
    canvas.drawImage(bitmap, 0, 0, width, height);
    return canvas.getImageData(0, 0, width, height);
  } finally {
    bitmap.close();
  }
}
