import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes, JsonObject } from '../../core/index.ts';
import {
  SignetError,
  canonicalJson,
  equalBytes,
  fromBase64url,
  fromUtf8,
  isJsonObject,
  parseJson,
  utf8,
} from '../../core/index.ts';

/** A PASETO v4.public token with canonical JSON inside, taken apart and not verified. */
export interface SignedToken {
  /** As it travels. Never the key of a store: see `hash`, or the `jti` in it. */
  readonly encoded: string;
  readonly payload: JsonObject;
  /** `kid` of the footer: the PASERK id of the key that is said to have signed. */
  readonly kid: string;
  /** SHA-256 of the canonical payload, 32 bytes: the same whatever else is around it. */
  readonly hash: Bytes;
}

const HEADER = 'v4.public.';
const SIGNATURE_LENGTH = 64;
const MAX_FOOTER_LENGTH = 128;
const MAX_DEPTH = 8;

/**
 * Takes a token apart without believing it (PASETO, Version 4, "Verify", steps 1 to 4; payload and footer by our rules:
 * canonical JSON, and a footer with `kid` alone). Bounded before anything is decoded.
 * @param field names the token in errors
 * @param maxLength of the encoded token, in characters
 * @throws SignetError bad_request on anything else
 */
export function parseSignedToken(encoded: string, field: string, maxLength: number): SignedToken {
  if (encoded.length > maxLength) throw refuse(field, `is longer than ${maxLength} characters`);
  const [body, footer, ...more] = encoded.startsWith(HEADER) ? encoded.slice(HEADER.length).split('.', 3) : [];
  if (body === undefined || footer === undefined || more.length > 0) {
    throw refuse(field, 'is not a v4.public token with a footer');
  }
  const signed = decode(body, field);
  if (signed.length <= SIGNATURE_LENGTH) throw refuse(field, 'is too short to hold a signature');
  const message = signed.slice(0, -SIGNATURE_LENGTH);
  const payload = canonicalObject(message, field, maxLength);
  return { encoded, payload, kid: readFooter(footer, field), hash: sha256(message) };
}

function readFooter(footer: string, field: string): string {
  if (footer.length > MAX_FOOTER_LENGTH) throw refuse(field, 'has a footer that is too long');
  const { kid, ...others } = canonicalObject(decode(footer, field), field, MAX_FOOTER_LENGTH);
  if (typeof kid !== 'string' || Object.keys(others).length > 0) {
    throw refuse(field, 'has a footer that does not name a key, or says more than that');
  }
  return kid;
}

function decode(part: string, field: string): Bytes {
  try {
    return fromBase64url(part);
  } catch (cause) {
    throw refuse(field, 'is not base64url', cause);
  }
}

/** One object has one spelling: its hash is then well-defined, and no member can stand in it twice. */
function canonicalObject(bytes: Bytes, field: string, maxLength: number): JsonObject {
  const value = parseObject(bytes, field, maxLength);
  if (!isJsonObject(value)) throw refuse(field, 'does not hold an object');
  if (!equalBytes(utf8(canonicalJson(value)), bytes)) throw refuse(field, 'is not written in canonical JSON');
  return value;
}

function parseObject(bytes: Bytes, field: string, maxLength: number): unknown {
  try {
    return parseJson(fromUtf8(bytes), field, { maxLength, maxDepth: MAX_DEPTH });
  } catch (cause) {
    throw refuse(field, 'does not hold JSON', cause);
  }
}

const refuse = (field: string, problem: string, cause?: unknown): SignetError =>
  new SignetError('bad_request', `${field} ${problem}.`, { field, cause });
