import type { Bytes } from '../../core/index.ts';
import {
  SignetError,
  canonicalJsonBytes,
  equalBytes,
  fromBase64url,
  fromUtf8,
  parseJson,
  toBase64url,
  utf8,
} from '../../core/index.ts';
import { readField } from '../read-field.ts';
import type { ReceiptClaims } from './claims.ts';
import { receiptSchema } from './claims.ts';

/** Stands before what is signed, so that no other signature of the merchant's key is taken for a receipt. */
const PREFIX = 'signet-receipt-v1.';

/** Characters of a receipt. */
export const MAX_RECEIPT_LENGTH = 4096;

/**
 * A merchant's receipt: base64url of canonical JSON, a dot, base64url of the Ed25519 signature (RFC 8032) over
 * `signet-receipt-v1.` and the part before the dot. Sign that something was unused once your ledger refuses the token:
 * `consume` of a token that was never used, with `oneTime` set and no amount, sees to that.
 * @param signer the private half of the key that the merchant named as `receipt_jwk` when it asked for the token
 * @throws SignetError bad_request naming the member that makes no receipt: `receipt.amount`
 */
export async function signReceipt(claims: ReceiptClaims, signer: CryptoKey): Promise<string> {
  const payload = toBase64url(canonicalJsonBytes(readField(receiptSchema, claims, 'receipt')));
  const signature = await crypto.subtle.sign({ name: 'Ed25519' }, signer, utf8(PREFIX + payload));
  return `${payload}.${toBase64url(new Uint8Array(signature))}`;
}

/**
 * What a receipt claims, its signature not looked at: to find the token it is for.
 * @param text from a stranger
 * @throws SignetError bad_request, naming `receipt`
 */
export const readReceipt = (text: string): ReceiptClaims => take(text).claims;

/**
 * What a receipt says, signed by this key. There is one spelling of a receipt.
 * @param publicKey Ed25519, 32 bytes
 * @throws SignetError bad_request, naming `receipt`, where it is none or of another key
 */
export async function verifyReceipt(text: string, publicKey: Bytes): Promise<ReceiptClaims> {
  const { claims, signed, signature } = take(text);
  const key = await crypto.subtle
    .importKey('raw', publicKey, { name: 'Ed25519' }, false, ['verify'])
    .catch(() => undefined);
  const holds = key !== undefined && (await crypto.subtle.verify({ name: 'Ed25519' }, key, signature, signed));
  if (!holds) throw refused('The merchant’s key did not sign this receipt.');
  return claims;
}

interface Taken {
  readonly claims: ReceiptClaims;
  readonly signed: Bytes;
  readonly signature: Bytes;
}

function take(text: string): Taken {
  if (typeof text !== 'string' || text.length > MAX_RECEIPT_LENGTH) throw refused('This is no receipt.');
  const [payload = '', signature = '', ...rest] = text.split('.', 3);
  if (payload === '' || rest.length > 0) throw refused('This is no receipt.');
  try {
    const bytes = fromBase64url(payload);
    const value = parseJson(fromUtf8(bytes), 'receipt', { maxLength: MAX_RECEIPT_LENGTH, maxDepth: 1 });
    const claims = readField(receiptSchema, value, 'receipt');
    if (!equalBytes(canonicalJsonBytes(claims), bytes)) throw refused('This receipt is not written in its one way.');
    return { claims, signed: utf8(PREFIX + payload), signature: fromBase64url(signature) };
  } catch (cause) {
    throw refused('This receipt cannot be read.', cause);
  }
}

const refused = (message: string, cause?: unknown): SignetError =>
  new SignetError('bad_request', message, { field: 'receipt', cause });
