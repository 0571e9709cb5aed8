import { gcm } from '@noble/ciphers/aes.js';
import type { Bytes } from '../../core/index.ts';
import { SecretBytes, concatBytes, randomBytes } from '../../core/index.ts';

const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;

/** AES-256-GCM (NIST SP 800-38D) with a fresh random 96-bit nonce: nonce ‖ ciphertext ‖ tag. @param key 32 bytes */
export function sealBox(key: SecretBytes, additionalData: Uint8Array, plaintext: Uint8Array): Bytes {
  const nonce = randomBytes(NONCE_LENGTH);
  return concatBytes(nonce, gcm(key.expose(), nonce, additionalData).encrypt(plaintext));
}

/** As `sealBox`, by WebCrypto: the processor's own AES, off this thread, for boxes of some length. */
export async function sealBoxAside(key: SecretBytes, additionalData: Bytes, plaintext: Bytes): Promise<Bytes> {
  const iv = randomBytes(NONCE_LENGTH);
  const aes = await crypto.subtle.importKey('raw', key.expose(), 'AES-GCM', false, ['encrypt']);
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, aes, plaintext);
  return concatBytes(iv, new Uint8Array(sealed));
}

/** The plaintext of a sealed box, or undefined when key, data or additional data are not those it was sealed with. */
export function openBox(key: SecretBytes, additionalData: Uint8Array, box: Uint8Array): Bytes | undefined {
  if (box.length < NONCE_LENGTH + TAG_LENGTH) return undefined;
  const cipher = gcm(key.expose(), box.subarray(0, NONCE_LENGTH), additionalData);
  try {
    return cipher.decrypt(box.subarray(NONCE_LENGTH));
  } catch {
    return undefined; // the library has one failure for all that do not authenticate, and so have we
  }
}

/** As `openBox`, for a box that holds a key. */
export function openKeyBox(key: SecretBytes, additionalData: Uint8Array, box: Uint8Array): SecretBytes | undefined {
  const opened = openBox(key, additionalData, box);
  return opened === undefined ? undefined : SecretBytes.take(opened);
}
