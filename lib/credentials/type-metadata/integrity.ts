import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import type { Bytes } from '../../core/index.ts';
import { equalBytes, fromBase64 } from '../../core/index.ts';

/** From weak to strong, as SRI orders them (§3.2). */
const HASHES = [
  ['sha256', sha256],
  ['sha384', sha384],
  ['sha512', sha512],
] as const;

const EXPRESSION = /^(sha(?:256|384|512))-([A-Za-z0-9+/_-]+={0,2})(?:\?[\x21-\x7e]*)?$/;
const MAX_LENGTH = 2048;

/**
 * Whether a document is the one that integrity metadata means (SRI §3, SD-JWT VC "Integrity of Referenced Documents"):
 * by the strongest hash in it that is known, and any digest of that hash. Metadata without a known hash means no document.
 * @param document its octets, as they were retrieved
 */
export function isIntact(document: Bytes, integrity: string): boolean {
  if (integrity.length > MAX_LENGTH) return false;
  const expressions = integrity.split(/[\t\n\f\r ]+/).flatMap((text) => {
    const [, name, digest] = EXPRESSION.exec(text) ?? [];
    return name === undefined || digest === undefined ? [] : [{ name, digest }];
  });
  const strongest = HASHES.findLast(([name]) => expressions.some((expression) => expression.name === name));
  if (strongest === undefined) return false;
  const [name, hash] = strongest;
  const computed = hash(document);
  return expressions.some((expression) => expression.name === name && isDigest(expression.digest, computed));
}

function isDigest(encoded: string, computed: Uint8Array): boolean {
  try {
    return equalBytes(fromBase64(encoded.replaceAll('-', '+').replaceAll('_', '/')), computed);
  } catch {
    return false; // what is not base64 is no digest
  }
}
