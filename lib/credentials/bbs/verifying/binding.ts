import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes } from '../../../core/index.ts';
import { canonicalJsonBytes, toBase64url } from '../../../core/index.ts';

/** What a presentation is made for, and good for alone. */
export interface BbsBinding {
  /** The site's origin, e.g. `https://shop.example`. */
  readonly origin: string;
  /** The verifier's nonce, as given. */
  readonly nonce: string;
  /** `bbsRequestHash` of the request. */
  readonly requestHash: string;
}

/**
 * The print of what was asked: base64url of the SHA-256 of canonical JSON `{claims, types}`, both sorted by UTF-16 code
 * units and without repetition.
 * @param claims names of the claims that the request asks for
 * @param types credential types that the request names; empty where it names none
 */
export function bbsRequestHash(claims: readonly string[], types: readonly string[]): string {
  return toBase64url(sha256(canonicalJsonBytes({ claims: sortedSet(claims), types: sortedSet(types) })));
}

const sortedSet = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort();

/** The 32 bytes that a derived proof is bound to: `presentationHeader` of the draft, `nonce` of legacy BBS+. */
export const bindingBytes = ({ origin, nonce, requestHash }: BbsBinding): Bytes =>
  Uint8Array.from(sha256(canonicalJsonBytes(['signet-bbs-presentation', origin, nonce, requestHash])));
