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

/** The parts of a v4.public token, decoded and not looked at. */
export interface TokenParts {
  readonly message: Bytes;
  /** Ed25519, 64 bytes. */
  readonly signature: Bytes;
  /** No bytes where there is none. */
  readonly footer: Bytes;
}

/** A PASETO v4.public token with canonical JSON inside, taken apart and not verified. */
export interface SignedToken extends TokenParts {
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
 * Takes a token apart (PASETO, Version 4, "Verify", steps 1 to 3). Bounded before anything is decoded.
 * @param field names the token in errors
 * @param maxLength of the encoded token, in characters
 * @throws SignetError bad_request on another version or purpose, another spelling of base64url, and where there is no
 *   room for a signature
 */
export function splitToken(encoded: string, field: string, maxLength: number): TokenParts {
  if (encoded.length > maxLength) throw refuse(field, `is longer than ${maxLength} characters`);
  const [body, footer, ...more] = encoded.startsWith(HEADER) ? encoded.slice(HEADER.length).split('.', 3) : [];
  if (body === undefined || footer === '' || more.length > 0) throw refuse(field, 'is not a v4.public token');
  const signed = decode(body, field);
  if (signed.length <= SIGNATURE_LENGTH) throw refuse(field, 'is too short to hold a signature');
  return {
    message: signed.slice(0, -SIGNATURE_LENGTH),
    signature: signed.slice(-SIGNATURE_LENGTH),
    footer: decode(footer ?? '', field),
  };
}

/**
 * Reads a token without believing it: canonical JSON, and a footer with `kid` alone.
 * @param field names the token in errors
 * @param maxLength of the encoded token, in characters
 * @throws SignetError bad_request on anything else
 */
export function parseSignedToken(encoded: string, field: string, maxLength: number): SignedToken {
  const parts = splitToken(encoded, field, maxLength);
  const payload = canonicalObject(parts.message, field, maxLength);
  return { ...parts, encoded, payload, kid: readFooter(parts.footer, field), hash: sha256(parts.message) };
}

function readFooter(footer: Bytes, field: string): string {
  if (footer.length > MAX_FOOTER_LENGTH) throw refuse(field, 'has a footer that is too long');
  const { kid, ...others } = canonicalObject(footer, field, MAX_FOOTER_LENGTH);
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
