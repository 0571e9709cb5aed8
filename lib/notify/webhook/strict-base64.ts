import type { Bytes } from '../../core/index.ts';
import { fromBase64, toBase64 } from '../../core/index.ts';

/** Bytes of padded base64 in its one spelling, undefined for any other: `atob` forgives white space and loose bits. */
export function fromStrictBase64(text: string): Bytes | undefined {
  const decoded = decode(text);
  return decoded !== undefined && toBase64(decoded) === text ? decoded : undefined;
}

function decode(text: string): Bytes | undefined {
  try {
    return fromBase64(text);
  } catch {
    return undefined; // no base64
  }
}
