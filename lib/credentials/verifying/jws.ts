import type { Bytes, Json, JsonObject } from '../../core/index.ts';
import { SignetError, fromBase64url, fromUtf8, isJsonObject, parseJson, utf8 } from '../../core/index.ts';
import type { PublicJwk } from './public-jwk.ts';
import { importPublicJwk } from './public-jwk.ts';

/** A compact JWS with a JSON payload (RFC 7515 §7.1), parsed and not verified. */
export interface Jws {
  /** As it travels. */
  readonly encoded: string;
  readonly header: JsonObject;
  readonly payload: JsonObject;
  readonly signature: Bytes;
}

const MAX_PART_LENGTH = 256 * 1024;
const MAX_DEPTH = 24;

/**
 * Parses a compact JWS whose payload is a JSON object.
 * @param field names the token in errors
 * @param maxLength of the JSON of each part, in UTF-16 units
 * @throws SignetError bad_request on anything but three canonical base64url parts, or on `crit` (RFC 7515 §4.1.11)
 */
export function parseJws(encoded: string, field: string, maxLength = MAX_PART_LENGTH): Jws {
  const [header, payload, signature, ...more] = encoded.split('.');
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0) {
    throw new SignetError('bad_request', `${field} is not a signed token.`, { field });
  }
  try {
    const [head, body] = [object(header, maxLength), object(payload, maxLength)];
    const jws = { encoded, header: head, payload: body, signature: fromBase64url(signature) };
    if (jws.header['crit'] === undefined) return jws;
  } catch (cause) {
    throw new SignetError('bad_request', `${field} is not base64url of JSON.`, { field, cause });
  }
  throw new SignetError('bad_request', `${field} needs an extension that is not supported.`, { field });
}

function object(part: string, maxLength: number): JsonObject {
  const value: Json = parseJson(fromUtf8(fromBase64url(part)), 'JWS', { maxLength, maxDepth: MAX_DEPTH });
  if (!isJsonObject(value)) throw new SignetError('bad_request', 'Not a JSON object.');
  return value;
}

/** WebCrypto's parameters for the JWS algorithms Signet takes (RFC 7518 §3.4, RFC 8037, RFC 9864) and their keys. */
const ALGORITHMS: Readonly<
  Record<string, { readonly crv: string; readonly verify: AlgorithmIdentifier | EcdsaParams }>
> = {
  ES256: { crv: 'P-256', verify: { name: 'ECDSA', hash: 'SHA-256' } },
  ES384: { crv: 'P-384', verify: { name: 'ECDSA', hash: 'SHA-384' } },
  EdDSA: { crv: 'Ed25519', verify: { name: 'Ed25519' } },
  Ed25519: { crv: 'Ed25519', verify: { name: 'Ed25519' } },
};

/** Whether a JWS `alg` is one that Signet verifies: ES256, ES384, EdDSA or Ed25519. */
export const isSupportedAlgorithm = (alg: unknown): alg is string =>
  typeof alg === 'string' && Object.hasOwn(ALGORITHMS, alg);

/**
 * Whether one of the keys made the signature. The algorithm is the header's, taken only where the key's curve is the
 * one it names; `none` and MACs never verify.
 */
export async function isSignedBy(jws: Jws, keys: readonly PublicJwk[]): Promise<boolean> {
  const alg = jws.header['alg'];
  const algorithm = isSupportedAlgorithm(alg) ? ALGORITHMS[alg] : undefined;
  if (algorithm === undefined) return false;
  const signed = utf8(jws.encoded.slice(0, jws.encoded.lastIndexOf('.')));
  for (const jwk of keys) {
    if (jwk.crv !== algorithm.crv) continue;
    const key = await importPublicJwk(jwk);
    if (key !== undefined && (await crypto.subtle.verify(algorithm.verify, key, jws.signature, signed))) return true;
  }
  return false;
}
