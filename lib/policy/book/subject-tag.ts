import { sha256 } from '@noble/hashes/sha2.js';
import { canonicalJsonBytes, toBase64url, utf8 } from '../../core/index.ts';

/** A name of bounded length for a subject, to file records under: base64url SHA-256, 43 characters. */
export const subjectTag = (subject: string): string => toBase64url(sha256(utf8(subject)));

/** Likewise for what is about a subject and a claim. */
export const pairTag = (subject: string, claim: string): string =>
  toBase64url(sha256(canonicalJsonBytes([subject, claim])));

/** Whether a text can be such a name. */
export const isTag = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text);
