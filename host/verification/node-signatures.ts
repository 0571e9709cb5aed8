import type { KeyObject } from 'node:crypto';
import type { CheckSignature, PublicJwk, SignatureToCheck } from '../../lib/credentials/verifying/index.ts';

/** What Node hashes with for a key of each curve; Ed25519 hashes by itself. */
const HASHES: Readonly<Record<PublicJwk['crv'], string | null>> = {
  'P-256': 'sha256',
  'P-384': 'sha384',
  Ed25519: null,
};

/**
 * Checks signatures by Node's own OpenSSL, in the thread that asks: WebCrypto's way by another thread costs more than the
 * curve does. Keys that are known beforehand are read once.
 * @param known keys of issuers, by their identity as objects
 */
export function nodeSignatures(known: readonly PublicJwk[]): CheckSignature {
  const { verify } = process.getBuiltinModule('node:crypto');
  const read = new Map(known.map((jwk) => [jwk, readKey(jwk)] as const));
  return ({ key: jwk, signature, signed }: SignatureToCheck): boolean => {
    const key = read.has(jwk) ? read.get(jwk) : readKey(jwk);
    if (key === undefined) return false;
    return verify(HASHES[jwk.crv], signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
  };
}

/** @returns undefined where the point is not on its curve: such a key signed nothing */
function readKey({ kty, crv, x, y }: PublicJwk): KeyObject | undefined {
  try {
    return process
      .getBuiltinModule('node:crypto')
      .createPublicKey({ key: { kty, crv, x, ...(y !== undefined && { y }) }, format: 'jwk' });
  } catch {
    return undefined;
  }
}
