import { sha256 } from '@noble/hashes/sha2.js';
import { fromBase64 } from '../core/index.ts';

/** The public half of the key that fixes the extension's id: base64 of its DER form, as the manifest has it. */
export const EXTENSION_KEY =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAjS3UmEQDIHPfzcZhEloQgdYX67/sy5eJ2+/dqw8STT5lYNNLyvbaSsOTSWtlGkT9D3pR843ju+/6A9SUtYFbcHMwaJj2554cDEoPkRUTH1AP7prDTqR159nRlNNHSONT+V4hYF5R3ZQedBeKTl1QcUUTNAMPSY7KUE8PSQy1y3bjnvvlwldRTjxVsOyDp93AbBuqGTBGtUzrgmpIa9Rg14N2So5V/PAXnTc+s56Cm2Nd5y+7ODsQvXH9xn1stNeME+8u6BAj0W5rhozfKgQqDWivZwB7KzF6BIk2PI9Abkofj4LN8OihvMzAgU1fDHDCYl6ByMddNMS0Y/uqx4ONUQIDAQAB';

/** What the native host is called, in its manifest and to the browser. */
export const NATIVE_HOST = 'tools.signet.host';

const ID_BYTES = 16;

/**
 * The id that a browser gives an extension with this key: the first 16 bytes of its SHA-256, a letter from a to p for
 * each half of a byte.
 */
export function extensionIdOf(key: string): string {
  const digest = sha256(fromBase64(key)).subarray(0, ID_BYTES);
  return Array.from(digest, (byte) => letter(byte >> 4) + letter(byte & 15)).join('');
}

const letter = (half: number): string => String.fromCharCode(97 + half);
