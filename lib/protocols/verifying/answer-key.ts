import { compactDecrypt, decodeProtectedHeader } from 'jose';
import type { JsonObject } from '../../core/index.ts';
import { SignetError, fromUtf8, isJsonObject, parseJson } from '../../core/index.ts';

/** A key that one answer is encrypted to (OpenID4VP 1.0 §8.3): P-256, as JWKs. */
export interface AnswerKey {
  /** As wallets are told it. */
  readonly publicJwk: JsonObject;
  /** Secret: whoever has it reads the answer. */
  readonly privateJwk: JsonObject;
}

/** How answers may be encrypted, in order of preference. */
export const CONTENT_ENCRYPTIONS: readonly string[] = ['A256GCM', 'A128GCM'];

const MAX_LENGTH = 2 * 1024 * 1024;

/** Makes a key for one answer. @param kid names it in the answer's header */
export async function createAnswerKey(kid: string): Promise<AnswerKey> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
  const { kty = '', crv = '', x = '', y = '', d = '' } = await crypto.subtle.exportKey('jwk', pair.privateKey);
  const publicJwk = { kty, crv, x, y, kid, use: 'enc', alg: 'ECDH-ES' };
  return { publicJwk, privateJwk: { ...publicJwk, d } };
}

/**
 * Opens an encrypted answer.
 * @param jwe compact, from a stranger
 * @returns its parameters
 * @throws SignetError bad_request where it is not encrypted to this key, by ECDH-ES and one of `CONTENT_ENCRYPTIONS`,
 *   or does not hold a JSON object
 */
export async function openAnswer(jwe: string, privateJwk: JsonObject): Promise<JsonObject> {
  if (jwe.length > MAX_LENGTH) throw refused('The answer is too long.');
  const payload = parseJson(await decrypt(jwe, privateJwk), 'response', { maxLength: MAX_LENGTH, maxDepth: 24 });
  if (!isJsonObject(payload)) throw refused('The answer is no JSON object.');
  return payload;
}

async function decrypt(jwe: string, privateJwk: JsonObject): Promise<string> {
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(jwe, privateJwk, {
      keyManagementAlgorithms: ['ECDH-ES'],
      contentEncryptionAlgorithms: [...CONTENT_ENCRYPTIONS],
      maxDecompressedLength: 0,
    });
    if (protectedHeader.kid === privateJwk['kid']) return fromUtf8(plaintext);
  } catch (cause) {
    throw refused('The answer is not encrypted to the key of this request.', cause);
  }
  throw refused('The answer names another key.');
}

/** The name of the key that an answer says it is encrypted to; undefined where it says none that can be read. */
export function answerKeyId(jwe: string): string | undefined {
  if (jwe.length > MAX_LENGTH) return undefined;
  try {
    const { kid } = decodeProtectedHeader(jwe);
    return typeof kid === 'string' ? kid : undefined;
  } catch {
    return undefined; // not a JWE
  }
}

const refused = (message: string, cause?: unknown): SignetError =>
  new SignetError('bad_request', message, { field: 'response', cause });
