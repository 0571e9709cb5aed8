const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Bytes backed by a plain ArrayBuffer, as WebCrypto and IndexedDB want them. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** UTF-8 bytes of a string. */
export const utf8 = (text: string): Bytes => encoder.encode(text);

/** The string in UTF-8 bytes. @throws TypeError on bytes that are not UTF-8 */
export const fromUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes);

/** One array holding all the parts in order. */
export function concatBytes(...parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Compares in time that depends on the lengths alone. For every MAC, tag, token or digest. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** An unsigned integer below 2^53 as eight little-endian bytes. @throws RangeError outside that range */
export function le64(value: number): Bytes {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('le64 takes an integer from 0 to 2^53 - 1');
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}

/** Random bytes from the platform's generator, the only source of randomness in Signet. */
export const randomBytes = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
