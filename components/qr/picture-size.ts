/** Width and height in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/**
 * How large a picture says it is, read from its first bytes before anything is decoded: a file of a few kilobytes can
 * unfold to gigabytes. PNG, GIF, WebP and JPEG.
 * @param bytes the beginning of the file, or all of it
 * @returns undefined where it is none of these, or says no size within these bytes
 */
export function pictureSize(bytes: Uint8Array): PictureSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const size = pngSize(view) ?? gifSize(view) ?? webpSize(view) ?? jpegSize(view);
    return size === undefined || size.width === 0 || size.height === 0 ? undefined : size;
  } catch (error) {
    if (error instanceof RangeError) return undefined; // it ends before it says
    throw error;
  }
}

/** Whether these characters stand at an offset. @throws RangeError past the end */
const says = (view: DataView, offset: number, characters: string): boolean =>
  Array.from(characters).every((character, i) => view.getUint8(offset + i) === character.charCodeAt(0));

/** PNG (Third Edition) §5.2 and §11.2.1: the signature, then IHDR. */
function pngSize(view: DataView): PictureSize | undefined {
  if (!says(view, 0, '\x89PNG\r\n\x1a\n') || !says(view, 12, 'IHDR')) return undefined;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** GIF89a §18: the logical screen. */
function gifSize(view: DataView): PictureSize | undefined {
  if (!says(view, 0, 'GIF8')) return undefined;
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** RFC 9649: the first chunk, in one of three forms. */
function webpSize(view: DataView): PictureSize | undefined {
  if (!says(view, 0, 'RIFF') || !says(view, 8, 'WEBP')) return undefined;
  if (says(view, 12, 'VP8X')) return { width: 1 + uint24(view, 24), height: 1 + uint24(view, 27) };
  if (says(view, 12, 'VP8L')) {
    const bits = view.getUint32(21, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  if (!says(view, 12, 'VP8 ')) return undefined;
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

const uint24 = (view: DataView, offset: number): number =>
  view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16);

/** ITU-T T.81 §B.1 and §B.2.2: segment by segment to the frame header. */
function jpegSize(view: DataView): PictureSize | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined;
  for (let offset = 2; view.getUint8(offset) === 0xff;) {
    const marker = view.getUint8(offset + 1);
    if (marker === 0xff) {
      offset += 1; // a fill byte
      continue;
    }
    if (isFrameHeader(marker)) return { width: view.getUint16(offset + 7), height: view.getUint16(offset + 5) };
    offset += 2 + (isAlone(marker) ? 0 : Math.max(2, view.getUint16(offset + 2)));
  }
  return undefined;
}

/** SOF0 to SOF15, but for the three of that range that are tables. */
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/** Markers without a length: TEM and RST0 to RST7. */
const isAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
