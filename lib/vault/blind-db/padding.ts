import type { Bytes } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';

const LENGTH_PREFIX = 4;

/** Lengths that a padded plaintext may have, where something is sealed outside the rows of the vault. */
export const SIZE_CLASSES = [256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576] as const;

/**
 * le32(length) ‖ bytes ‖ zeros, up to the next size class.
 * @throws SignetError bad_request above the largest
 */
export function pad(bytes: Uint8Array): Bytes {
  const size = SIZE_CLASSES.find((candidate) => candidate >= bytes.length + LENGTH_PREFIX);
  if (size === undefined) throw new SignetError('bad_request', 'This is too large to be kept.');
  const padded = new Uint8Array(size);
  new DataView(padded.buffer).setUint32(0, bytes.length, true);
  padded.set(bytes, LENGTH_PREFIX);
  return padded;
}

/** The bytes that were padded, or undefined when this is not a padded plaintext. */
export function unpad(padded: Uint8Array): Bytes | undefined {
  if (!SIZE_CLASSES.some((size) => size === padded.length)) return undefined;
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0, true);
  if (length > padded.length - LENGTH_PREFIX) return undefined;
  const end = LENGTH_PREFIX + length;
  if (padded.subarray(end).some((byte) => byte !== 0)) return undefined;
  return Uint8Array.from(padded.subarray(LENGTH_PREFIX, end));
}
