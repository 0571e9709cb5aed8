import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes } from '../../../core/index.ts';
import { equalBytes } from '../../../core/index.ts';

export const LINK_LENGTH = 32;

/**
 * The value after another in a hash chain: SHA-256 of its 32 bytes, with nothing before them (PayWord, Rivest and
 * Shamir 1996 §3; so does the published policy language).
 */
export const nextLink = (link: Uint8Array): Bytes => sha256(link);

/**
 * Whether so many steps lead from one value to another. Both have 32 bytes, so a longer input never stands for a
 * value.
 * @param steps from 0 up; as many hashes are computed, so bound them first
 */
export function leadsTo(from: Uint8Array, steps: number, to: Uint8Array): boolean {
  if (from.length !== LINK_LENGTH || to.length !== LINK_LENGTH) return false;
  if (!Number.isSafeInteger(steps) || steps < 0) return false;
  let link = from;
  for (let step = 0; step < steps; step++) link = nextLink(link);
  return equalBytes(link, to);
}
