import { utf8 } from '../../core/index.ts';
import type { Certificate, Jws } from '../../credentials/verifying/index.ts';
import { certificateKey, isSignedBy, isSupportedAlgorithm } from '../../credentials/verifying/index.ts';

/** RSA signatures that only certificates' keys make here (RFC 7518 §3.3, §3.5). */
const RSA = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 },
} as const;

/** Shorter RSA keys have signed nothing that counts (NIST SP 800-57). */
const MIN_RSA_BITS = 2048;

/** JWS algorithms that a request may be signed with. */
export const SIGNATURE_ALGORITHMS = ['ES256', 'ES384', 'EdDSA', 'Ed25519', 'RS256', 'PS256'] as const;

const isRsaAlgorithm = (alg: unknown): alg is keyof typeof RSA => typeof alg === 'string' && Object.hasOwn(RSA, alg);

/** Whether the key in a certificate made a signature: an elliptic-curve key, or RSA of at least 2048 bits. */
export async function isSignedByCertificate(jws: Jws, certificate: Certificate): Promise<boolean> {
  const { alg } = jws.header;
  if (isRsaAlgorithm(alg)) return isSignedByRsa(jws, certificate, RSA[alg]);
  const key = isSupportedAlgorithm(alg) ? await certificateKey(certificate) : undefined;
  return key !== undefined && isSignedBy(jws, [key]);
}

async function isSignedByRsa(
  { encoded, signature }: Jws,
  { publicKey }: Certificate,
  algorithm: (typeof RSA)[keyof typeof RSA],
): Promise<boolean> {
  // A key of another kind, or none, has signed nothing.
  const key = await crypto.subtle.importKey('spki', publicKey, algorithm, false, ['verify']).catch(() => undefined);
  if (key === undefined || modulusLength(key.algorithm) < MIN_RSA_BITS) return false;
  const signed = utf8(encoded.slice(0, encoded.lastIndexOf('.')));
  return crypto.subtle.verify(algorithm, key, signature, signed);
}

const modulusLength = (algorithm: KeyAlgorithm): number =>
  'modulusLength' in algorithm && typeof algorithm.modulusLength === 'number' ? algorithm.modulusLength : 0;
