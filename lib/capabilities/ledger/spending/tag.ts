import { sha256 } from '@noble/hashes/sha2.js';
import { toBase64url, utf8 } from '../../../core/index.ts';

/** A name of bounded length to file records under: base64url SHA-256, 43 characters. */
export const tagOf = (name: string): string => toBase64url(sha256(utf8(name)));
