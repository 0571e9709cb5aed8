import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes, Json } from '../../core/index.ts';
import { canonicalJsonBytes, toBase64url, utf8 } from '../../core/index.ts';

/** Where random bytes come from. */
export type RandomBytes = (length: number) => Bytes;

/** Claims that a credential hides, and what opens each (RFC 9901 §4.2). */
export interface HiddenClaims {
  /** For `_sd`: sorted, so that they tell nothing of the order of the claims (§4.2.4.1). */
  readonly digests: readonly string[];
  /** Encoded disclosures, in the order of their digests. */
  readonly disclosures: readonly string[];
}

const SALT_LENGTH = 16;

/**
 * Hides claims behind salted digests: SHA-256, 128 random bits of salt each.
 * @param claims names and values; a name once
 * @param decoys digests of nothing to mix in, which cannot be told from those of claims (§4.2.5)
 */
export function hideClaims(
  claims: readonly (readonly [string, Json])[],
  decoys: number,
  random: RandomBytes,
): HiddenClaims {
  const hidden = claims
    .map(([name, value]) => disclosureOf(toBase64url(random(SALT_LENGTH)), name, value))
    .sort((a, b) => (a.digest < b.digest ? -1 : 1));
  const nothings = Array.from({ length: decoys }, () => toBase64url(sha256(random(32))));
  return {
    digests: [...hidden.map(({ digest }) => digest), ...nothings].sort(),
    disclosures: hidden.map(({ encoded }) => encoded),
  };
}

function disclosureOf(salt: string, name: string, value: Json) {
  const encoded = toBase64url(canonicalJsonBytes([salt, name, value]));
  return { encoded, digest: toBase64url(sha256(utf8(encoded))) };
}
