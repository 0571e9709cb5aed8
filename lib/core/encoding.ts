import type { Bytes } from './bytes.ts';
import { SignetError } from './errors.ts';

const HEX = /^(?:[0-9a-f]{2})*$/;
const BASE64URL = /^[A-Za-z0-9_-]*$/;

const HEX_PAIRS: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX_PAIRS[byte] ?? '';
  return text;
}

/** Bytes of lower-case hexadecimal. @throws SignetError bad_request on anything else */
export function fromHex(hex: string): Bytes {
  if (!HEX.test(hex)) throw new SignetError('bad_request', 'Not lower-case hexadecimal.');
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

function toBinaryString(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return text;
}

/** Base64 with padding (RFC 4648 §4). */
export const toBase64 = (bytes: Uint8Array): string => btoa(toBinaryString(bytes));

/** Bytes of padded base64. @throws SignetError bad_request when it is not */
export function fromBase64(text: string): Bytes {
  const binary = decodeBase64(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

function decodeBase64(text: string): string {
  try {
    return atob(text);
  } catch (cause) {
    throw new SignetError('bad_request', 'Not base64.', { cause });
  }
}

/** Base64url without padding (RFC 4648 §5, RFC 7515 §2). */
export const toBase64url = (bytes: Uint8Array): string =>
  bytes.length <= SHORT
    ? spellShort(bytes)
    : toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');

/** Up to here spelling letter by letter is the faster way, five times so: hashes, salts and ids are that short. */
const SHORT = 64;
const URL_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function spellShort(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = [bytes[i], bytes[i + 1], bytes[i + 2]];
    text += URL_ALPHABET.charAt(a >> 2) + URL_ALPHABET.charAt(((a & 3) << 4) | ((b ?? 0) >> 4));
    if (b !== undefined) text += URL_ALPHABET.charAt(((b & 15) << 2) | ((c ?? 0) >> 6));
    if (c !== undefined) text += URL_ALPHABET.charAt(c & 63);
  }
  return text;
}

/**
 * Bytes of unpadded base64url. Only the one canonical spelling is taken: padding, other alphabets and loose
 * trailing bits are refused, so that no two strings decode alike.
 * @throws SignetError bad_request
 */
export function fromBase64url(text: string): Bytes {
  if (!BASE64URL.test(text) || text.length % 4 === 1) throw new SignetError('bad_request', 'Not base64url.');
  if (hasLooseBits(text)) throw new SignetError('bad_request', 'Not canonical base64url.');
  return fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'));
}

/** Of the last letter, four bits belong to no byte after two letters of a group, and two after three. */
function hasLooseBits(text: string): boolean {
  const loose = [0, 0, 0b1111, 0b11][text.length % 4] ?? 0;
  return (URL_ALPHABET.indexOf(text.charAt(text.length - 1)) & loose) !== 0;
}
