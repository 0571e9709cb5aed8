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

/** The JWS algorithms Signet takes (RFC 7518 §3.4, RFC 8037, RFC 9864), and the curve of their keys. */
const ALGORITHMS: Readonly<Record<string, { readonly crv: PublicJwk['crv'] }>> = {
  ES256: { crv: 'P-256' },
  ES384: { crv: 'P-384' },
  EdDSA: { crv: 'Ed25519' },
  Ed25519: { crv: 'Ed25519' },
};

/** WebCrypto's parameters for a key of each curve. */
const BY_CURVE: Readonly<Record<PublicJwk['crv'], AlgorithmIdentifier | EcdsaParams>> = {
  'P-256': { name: 'ECDSA', hash: 'SHA-256' },
  'P-384': { name: 'ECDSA', hash: 'SHA-384' },
  Ed25519: { name: 'Ed25519' },
};

/** Whether a JWS `alg` is one that Signet verifies: ES256, ES384, EdDSA or Ed25519. */
export const isSupportedAlgorithm = (alg: unknown): alg is string =>
  typeof alg === 'string' && Object.hasOwn(ALGORITHMS, alg);

/** One signature, and the key that is to have made it. */
export interface SignatureToCheck {
  /** On the curve of the algorithm that the header names. */
  readonly key: PublicJwk;
  /** ES256 and ES384: r and s side by side (RFC 7518 §3.4). Ed25519: RFC 8032. */
  readonly signature: Bytes;
  readonly signed: Bytes;
}

/**
 * Whether a key made a signature: SHA-256 for P-256, SHA-384 for P-384. False for a key whose point is not on its curve.
 * WebCrypto does it everywhere; who has something faster passes it in.
 */
export type CheckSignature = (toCheck: SignatureToCheck) => boolean | Promise<boolean>;

/**
 * Whether one of the keys made the signature. The algorithm is the header's, taken only where the key's curve is the
 * one it names; `none` and MACs never verify.
 */
export async function isSignedBy(
  jws: Jws,
  keys: readonly PublicJwk[],
  check: CheckSignature = checkByWebCrypto,
): Promise<boolean> {
  const alg = jws.header['alg'];
  const algorithm = isSupportedAlgorithm(alg) ? ALGORITHMS[alg] : undefined;
  if (algorithm === undefined) return false;
  const signed = utf8(jws.encoded.slice(0, jws.encoded.lastIndexOf('.')));
  for (const key of keys) {
    if (key.crv === algorithm.crv && (await check({ key, signature: jws.signature, signed }))) return true;
  }
  return false;
}

async function checkByWebCrypto({ key: jwk, signature, signed }: SignatureToCheck): Promise<boolean> {
  const key = await importPublicJwk(jwk);
  return key !== undefined && crypto.subtle.verify(BY_CURVE[jwk.crv], key, signature, signed);
}
