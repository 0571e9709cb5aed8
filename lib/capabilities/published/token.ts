import { ed25519 } from '@noble/curves/ed25519.js';
import * as v from 'valibot';
import type { Bytes } from '../../core/index.ts';
import { SignetError, fromHex, parseJson, utf8 } from '../../core/index.ts';
import { readField } from '../read-field.ts';

/** A token in the JSON form that the published Safe Policy Language SDKs write, taken apart and not believed. */
export interface PublishedToken {
  readonly version: '0.2.0';
  readonly policy: string;
  readonly merkle_root?: string;
  readonly hash_chain_commitment?: string;
  readonly sealed: boolean;
  /** RFC 3339; absent: it never ends. */
  readonly expires?: string;
  readonly public_key: string;
  readonly signature: string;
  /** No part of what is signed: whoever holds the token can put another in its place. */
  readonly pop_key?: string;
}

const MAX_LENGTH = 128 * 1024;
const MAX_POLICY_BYTES = 65_536;

const hex32 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be 32 bytes in lower-case hexadecimal'));
const hex64 = v.pipe(v.string(), v.regex(/^[0-9a-f]{128}$/, 'must be 64 bytes in lower-case hexadecimal'));

/** NUL stands between the fields that are signed: in one of them it would make two tokens of one signature. */
const policy = v.pipe(
  v.string(),
  v.check((text) => text.isWellFormed() && !text.includes('\0'), 'must be text without NUL'),
  v.check((text) => text.trim() !== '', 'must not be empty'),
  v.check((text) => utf8(text).length <= MAX_POLICY_BYTES, `must not be longer than ${MAX_POLICY_BYTES} bytes`),
);

const EXPIRES = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

const schema: v.GenericSchema<unknown, PublishedToken> = v.strictObject({
  version: v.literal('0.2.0'),
  policy,
  merkle_root: v.exactOptional(hex32),
  hash_chain_commitment: v.exactOptional(hex32),
  sealed: v.boolean(),
  expires: v.exactOptional(
    v.pipe(
      v.string(),
      v.check((text) => EXPIRES.test(text) && !Number.isNaN(instantOf(text)), 'must be an RFC 3339 time'),
    ),
  ),
  public_key: hex32,
  signature: hex64,
  pop_key: v.exactOptional(hex32),
});

/** Milliseconds since the epoch; NaN on a day that no month has, which Date.parse would roll over. */
function instantOf(text: string): number {
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  const isDay = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text.slice(0, 10));
  return isDay ? Date.parse(text) : NaN;
}

/**
 * Reads a token in the published form without believing it.
 * @param text JSON, from a stranger
 * @throws SignetError bad_request naming the field
 */
export function readPublishedToken(text: string): PublishedToken {
  const json = parseJson(text, 'token', { maxLength: MAX_LENGTH, maxDepth: 2 });
  return readField(schema, json, 'token');
}

/**
 * What is signed: policy (trimmed and no more: the SDKs do not write it anew), root, commitment, seal and end, joined by
 * NUL, nothing where one is absent.
 */
export function publishedEnvelope(
  token: Pick<PublishedToken, 'policy' | 'merkle_root' | 'hash_chain_commitment' | 'sealed' | 'expires'>,
): Bytes {
  const { merkle_root = '', hash_chain_commitment = '', expires = '' } = token;
  return utf8([token.policy.trim(), merkle_root, hash_chain_commitment, token.sealed ? '1' : '0', expires].join('\0'));
}

/** Why a published token shows nothing, as one word. */
export type PublishedProblem = 'malformed' | 'unsigned_holder_key' | 'untrusted_issuer' | 'bad_signature' | 'expired';

export type PublishedVerdict =
  | {
      readonly valid: true;
      /** The policy's source, trimmed. */
      readonly policy: string;
      readonly sealed: boolean;
      /** Milliseconds since the epoch, where it ends. */
      readonly expires: number | undefined;
      readonly merkleRoot: string | undefined;
      readonly hashChainCommitment: string | undefined;
    }
  | { readonly valid: false; readonly reason: PublishedProblem; readonly detail: string };

const refuse = (reason: PublishedProblem, detail: string): PublishedVerdict => ({ valid: false, reason, detail });

/**
 * Verifies a token in the published form, for interoperation. It says whose policy this is and nothing about who shows
 * it, where, or how often: it names no audience, holder or use, so a copy is as good as it.
 * @param text JSON, from a stranger
 * @param issuers public keys that the verifier pins, in lower-case hexadecimal; the token's own word for it counts nothing
 * @param now milliseconds since the epoch
 */
export function verifyPublishedToken(text: string, issuers: readonly string[], now: number): PublishedVerdict {
  const token = readOrRefuse(text);
  if ('valid' in token) return token;
  if (token.pop_key !== undefined) {
    return refuse(
      'unsigned_holder_key',
      'What should bind the token to a holder, pop_key, is not signed: anybody could have put it there.',
    );
  }
  if (!issuers.includes(token.public_key)) return refuse('untrusted_issuer', 'Nobody you trust issued the token.');
  if (!isSigned(token)) return refuse('bad_signature', 'The issuer did not sign the token.');
  const expires = token.expires === undefined ? undefined : instantOf(token.expires);
  if (expires !== undefined && !(now < expires)) return refuse('expired', 'The token has expired.');
  return {
    ...{ valid: true, policy: token.policy.trim(), sealed: token.sealed, expires },
    ...{ merkleRoot: token.merkle_root, hashChainCommitment: token.hash_chain_commitment },
  };
}

function readOrRefuse(text: string): PublishedToken | PublishedVerdict {
  try {
    return readPublishedToken(text);
  } catch (error) {
    return refuse('malformed', SignetError.from(error).message);
  }
}

function isSigned(token: PublishedToken): boolean {
  try {
    const [signature, publicKey] = [fromHex(token.signature), fromHex(token.public_key)];
    return ed25519.verify(signature, publishedEnvelope(token), publicKey, { zip215: false });
  } catch {
    return false; // not a point of the curve, or not the encoding of a signature
  }
}
