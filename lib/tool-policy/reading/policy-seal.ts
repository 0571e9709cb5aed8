import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { SecretBytes } from '../../core/index.ts';
import { equalBytes, fromBase64, toBase64, utf8 } from '../../core/index.ts';

/** A tag that only who has the key can make: base64 of HMAC-SHA256 over the file's UTF-8 bytes. */
export const sealPolicy = (text: string, key: SecretBytes): string => toBase64(tagOf(text, key));

/** Whether the file is the one that was sealed; no tag is a wrong tag. Compared in constant time. */
export function isSealed(text: string, seal: string | undefined, key: SecretBytes): boolean {
  if (seal === undefined) return false;
  try {
    return equalBytes(fromBase64(seal.trim()), tagOf(text, key));
  } catch {
    return false; // what is no base64 is no tag
  }
}

const tagOf = (text: string, key: SecretBytes): Uint8Array => hmac(sha256, key.expose(), utf8(text));
