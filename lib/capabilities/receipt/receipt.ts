import type { Bytes } from '../../core/index.ts';
import {
  SignetError,
  assertField,
  canonicalJsonBytes,
  equalBytes,
  fromBase64url,
  fromUtf8,
  isJsonObject,
  parseJson,
  parseOrigin,
  toBase64url,
  utf8,
} from '../../core/index.ts';

/** What a merchant says of a token: so much of it was not taken, and never will be. */
export interface UnusedClaims {
  /** The root token's. */
  readonly jti: string;
  /** The merchant's origin, as in the token. */
  readonly audience: string;
  /** Minor units of `currency`, at least 1. */
  readonly unused: number;
  /** ISO 4217. */
  readonly currency: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Stands before what is signed, so that no other signature of the merchant's key is taken for a receipt. */
const PREFIX = 'signet-unused-v1.';
const MAX_LENGTH = 2048;
const NAMES: readonly string[] = ['jti', 'audience', 'unused', 'currency', 'at'];

/**
 * A receipt for what was not taken: base64url of canonical JSON, a dot, base64url of the Ed25519 signature (RFC 8032)
 * over `signet-unused-v1.` and the part before the dot. Sign it once the ledger refuses the token: `consume` of a token
 * that was never used, with `oneTime` set and no amount, sees to that.
 * @param signer the private half of the key that the merchant named when it asked for the token
 * @throws SignetError bad_request for claims that make no receipt
 */
export async function signUnused(claims: UnusedClaims, signer: CryptoKey): Promise<string> {
  const { jti, audience, unused, currency, at } = claims;
  const payload = toBase64url(canonicalJsonBytes(readClaims({ jti, audience, unused, currency, at })));
  const signature = await crypto.subtle.sign({ name: 'Ed25519' }, signer, utf8(PREFIX + payload));
  return `${payload}.${toBase64url(new Uint8Array(signature))}`;
}

/** What a receipt claims, its signature not looked at. @throws SignetError bad_request, naming `receipt` */
export const readUnused = (receipt: string): UnusedClaims => take(receipt).claims;

/**
 * What a receipt says, signed by this key. There is one spelling of a receipt.
 * @param publicKey Ed25519, 32 bytes
 * @throws SignetError bad_request, naming `receipt`, where it is none or of another key
 */
export async function verifyUnused(receipt: string, publicKey: Bytes): Promise<UnusedClaims> {
  const { claims, signed, signature } = take(receipt);
  const key = await crypto.subtle
    .importKey('raw', publicKey, { name: 'Ed25519' }, false, ['verify'])
    .catch(() => undefined);
  const holds = key !== undefined && (await crypto.subtle.verify({ name: 'Ed25519' }, key, signature, signed));
  if (!holds) throw refused('The merchant’s key did not sign this receipt.');
  return claims;
}

interface Taken {
  readonly claims: UnusedClaims;
  readonly signed: Bytes;
  readonly signature: Bytes;
}

function take(receipt: string): Taken {
  const [payload = '', signature = '', ...rest] = receipt.length > MAX_LENGTH ? [] : receipt.split('.');
  if (payload === '' || rest.length > 0) throw refused('This is no receipt.');
  try {
    const bytes = fromBase64url(payload);
    const claims = readClaims(parseJson(fromUtf8(bytes), 'receipt', { maxLength: MAX_LENGTH, maxDepth: 1 }));
    if (!equalBytes(canonicalJsonBytes(claims), bytes)) throw refused('This receipt is not written in its one way.');
    return { claims, signed: utf8(PREFIX + payload), signature: fromBase64url(signature) };
  } catch (cause) {
    throw refused('This receipt cannot be read.', cause);
  }
}

function readClaims(value: unknown): UnusedClaims {
  assertField(
    isJsonObject(value) && Object.keys(value).length === NAMES.length,
    'receipt',
    'A receipt has five members.',
  );
  assertField(
    NAMES.every((name) => Object.hasOwn(value, name)),
    'receipt',
    'A receipt has five members.',
  );
  const { jti, audience, unused, currency, at } = value;
  assertField(typeof jti === 'string' && jti !== '' && jti.length <= 256, 'jti', 'A receipt names its token.');
  assertField(typeof audience === 'string' && audience.length <= 256, 'audience', 'A receipt names its merchant.');
  assertField(isWhole(unused) && unused >= 1, 'unused', 'What is unused is a whole number of minor units.');
  assertField(typeof currency === 'string' && /^[A-Z]{3}$/.test(currency), 'currency', 'This is no currency.');
  assertField(isWhole(at), 'at', 'A time is a whole number of milliseconds.');
  return { jti, audience: parseOrigin(audience, 'audience'), unused, currency, at };
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const refused = (message: string, cause?: unknown): SignetError =>
  new SignetError('bad_request', message, { field: 'receipt', cause });
