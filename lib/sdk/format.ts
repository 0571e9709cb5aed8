import { fromBase64url, fromUtf8 } from '../core/index.ts';

/** Whether a proof may be a presentation of a BBS credential: base64url of JSON, and so without a dot. */
export const mayBeBbs = (token: string): boolean => !token.includes('.') && isOtherFormat(token);

/** Whether a token is a proof or credential of a format other than SD-JWT: a plain JWT, or base64url of JSON. */
export function isOtherFormat(token: string): boolean {
  if (token.includes('~')) return false;
  const [first = ''] = token.split('.');
  try {
    return fromUtf8(fromBase64url(first)).startsWith('{');
  } catch {
    return false; // neither: the SD-JWT parser says what is wrong with it
  }
}
