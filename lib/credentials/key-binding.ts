import { sha256 } from '@noble/hashes/sha2.js';
import type { Json, JsonObject } from '../core/index.ts';
import { toBase64url, toSeconds, utf8 } from '../core/index.ts';

/** What a key binding JWT says beside the hash of what it binds (RFC 9901 §4.3). */
export interface KeyBinding {
  /** `origin:<origin>` over the Digital Credentials API and window.signet (OpenID4VP 1.0 Appendix A.4). */
  readonly audience: string;
  /** The verifier's, as is. */
  readonly nonce: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Entries of `transaction_data` that the presentation is given for, each as it came: base64url. */
  readonly transactionData?: readonly string[];
  /** Proofs about committed numbers (design §6), made for `presentedHash` of the same parts. */
  readonly rangeProofs?: readonly Json[];
}

/** The payload of a key binding JWT. @param sdHash of the presentation that it goes with */
export function keyBindingClaims(binding: KeyBinding, sdHash: string): JsonObject {
  const { audience, nonce, now, transactionData, rangeProofs } = binding;
  return {
    aud: audience,
    nonce,
    iat: toSeconds(now),
    sd_hash: sdHash,
    ...(transactionData === undefined ? {} : transactionClaims(transactionData)),
    ...(rangeProofs === undefined ? {} : { range_proofs: rangeProofs }),
  };
}

/** OpenID4VP 1.0 Appendix B.3.3.1: the hash is over the text as it came, not over what it decodes to. */
const transactionClaims = (encoded: readonly string[]): JsonObject => ({
  transaction_data_hashes: encoded.map((text) => toBase64url(sha256(utf8(text)))),
  transaction_data_hashes_alg: 'sha-256',
});
