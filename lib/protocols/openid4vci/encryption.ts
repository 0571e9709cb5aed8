import { p256 } from '@noble/curves/nist.js';
import { compactDecrypt } from 'jose/jwe/compact/decrypt';
import * as v from 'valibot';
import type { Json, JsonObject } from '../../core/index.ts';
import { SignetError, concatBytes, fromBase64url, fromUtf8, isJsonObject, parseJson } from '../../core/index.ts';
import type { ContentEncryption, Encryption } from '../jose/index.ts';
import { CONTENT_ENCRYPTIONS, KEY_AGREEMENT } from '../jose/index.ts';
import { text } from './reading.ts';

/** What must be encrypted, and how; what need not be is sent in the clear, within TLS. */
export interface IssuerEncryption {
  readonly request?: Encryption;
  /** Only with `request`: nobody on the way may put another key in the place of ours (§8.2). */
  readonly response?: ContentEncryption;
  /** One sentence for people, where the issuer wants what Signet does not do. */
  readonly unsupported?: string;
}

const names = v.optional(v.array(text(50)), []);

export const RequestEncryptionMetadata = v.object({
  jwks: v.optional(v.object({ keys: v.pipe(v.array(v.unknown()), v.maxLength(32)) }), { keys: [] }),
  enc_values_supported: names,
  encryption_required: v.optional(v.boolean(), false),
});

export const ResponseEncryptionMetadata = v.object({
  alg_values_supported: names,
  enc_values_supported: names,
  encryption_required: v.optional(v.boolean(), false),
});

/** What an issuer requires of `credential_request_encryption` and `credential_response_encryption` (§12.2.4). */
export function readEncryption(
  requests: v.InferOutput<typeof RequestEncryptionMetadata> | undefined,
  responses: v.InferOutput<typeof ResponseEncryptionMetadata> | undefined,
): IssuerEncryption {
  const encryptsResponses = responses?.encryption_required === true;
  if (!encryptsResponses && requests?.encryption_required !== true) return {};
  const key = requests?.jwks.keys.map(readEncryptionKey).find((usable) => usable !== undefined);
  const enc = contentEncryptionOf(requests?.enc_values_supported);
  if (key === undefined || enc === undefined) {
    return { unsupported: 'The issuer wants encrypted messages, but names no key that Signet can encrypt to.' };
  }
  const request = { key, enc };
  if (!encryptsResponses) return { request };
  const response = contentEncryptionOf(responses.enc_values_supported);
  if (response === undefined || !responses.alg_values_supported.includes(KEY_AGREEMENT)) {
    return { unsupported: 'The issuer wants to encrypt its answers in a way that Signet does not read.' };
  }
  return { request, response };
}

const contentEncryptionOf = (supported: readonly string[] = []): ContentEncryption | undefined =>
  CONTENT_ENCRYPTIONS.find((enc) => supported.includes(enc));

/** `alg` must be there, and is what decides how the key is used (§10). */
function readEncryptionKey(jwk: unknown): Encryption['key'] | undefined {
  if (!isJsonObject(jwk)) return undefined;
  const { kty, crv, x, y, alg, use = 'enc', kid } = jwk;
  if (kty !== 'EC' || crv !== 'P-256' || alg !== KEY_AGREEMENT || use !== 'enc') return undefined;
  if (typeof x !== 'string' || typeof y !== 'string' || !isPoint(x, y)) return undefined;
  return { x, y, ...(typeof kid === 'string' && kid.length <= 500 && { kid }) };
}

function isPoint(x: string, y: string): boolean {
  try {
    return p256.utils.isValidPublicKey(concatBytes(Uint8Array.of(4), fromBase64url(x), fromBase64url(y)), false);
  } catch {
    return false; // not base64url
  }
}

/** A key of our own for one answer. The private half does not leave the platform. */
export interface ResponseKey {
  readonly privateKey: CryptoKey;
  readonly enc: ContentEncryption;
  /** `credential_response_encryption` of the request (§8.2). */
  readonly parameters: JsonObject;
}

export async function createResponseKey(enc: ContentEncryption): Promise<ResponseKey> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, [
    'deriveBits',
  ]);
  const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', publicKey);
  const jwk = { kty: 'EC', crv: 'P-256', alg: KEY_AGREEMENT, use: 'enc', kid: 'answer', x, y };
  // `alg` is the key's in the final text, and stood beside it in drafts: issuers built to these still look there.
  return { privateKey, enc, parameters: { jwk, enc, alg: KEY_AGREEMENT } };
}

const LIMITS = { maxLength: 1_000_000, maxDepth: 32 };

/**
 * What an issuer encrypted for us.
 * @param jwe in compact form; compressed ones are refused
 * @throws SignetError issuer_refused
 */
export async function decryptResponse(jwe: string, { privateKey, enc }: ResponseKey): Promise<Json> {
  try {
    const { plaintext } = await compactDecrypt(jwe, privateKey, {
      keyManagementAlgorithms: [KEY_AGREEMENT],
      contentEncryptionAlgorithms: [enc],
      maxDecompressedLength: 0,
    });
    return parseJson(fromUtf8(plaintext), 'credential response', LIMITS);
  } catch (cause) {
    throw new SignetError('issuer_refused', 'The issuer sent an encrypted answer that cannot be read.', {
      field: 'credential response',
      cause,
    });
  }
}
