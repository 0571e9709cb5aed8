import type { Bytes } from '../../core/index.ts';
import { SignetError, fromBase64, toBase64 } from '../../core/index.ts';

/** What an export or a proof that is not of its form throws: `bad_request`. */
export const malformed = (message: string, cause?: unknown): SignetError =>
  new SignetError('bad_request', message, cause === undefined ? {} : { cause });

/**
 * Bytes of padded base64 in its one canonical spelling: no white space, no loose trailing bits.
 * @throws SignetError bad_request
 */
export function parseBase64(text: string, length?: number): Bytes {
  const bytes = fromBase64(text);
  if (toBase64(bytes) !== text) throw malformed('Not canonical base64.');
  if (length !== undefined && bytes.length !== length) throw malformed(`Not ${length} bytes of base64.`);
  return bytes;
}

/** A number in ASCII digits without leading zeros. @throws SignetError bad_request */
export function parseDecimal(text: string): number {
  const value = Number(text);
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(text) || !Number.isSafeInteger(value)) throw malformed('Not a plain number.');
  return value;
}

/** A JSON value of any shape. @throws SignetError bad_request */
export function parseAny(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed('It is not JSON.', cause);
  }
}
