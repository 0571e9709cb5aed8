import { capabilityHash, makeHolderProof, readChain, webCryptoSigner } from '../capabilities/checking.ts';
import { toMinorUnits, utf8 } from '../core/index.ts';
import { mistake, readNow } from './caller.ts';

/** The one use that a holder proves: what the merchant will see of it. */
export interface HeldUse {
  /** HTTP method, in capitals. */
  readonly method: string;
  /** The whole address that is called. */
  readonly url: string;
  readonly action: string;
  /** Major units, as `checkAuthority` takes them: 10 and "10.00" are $10.00. Absent where no money moves. */
  readonly amount?: number | string;
  /** ISO 4217; with `amount`. */
  readonly currency?: string;
  /** What is sent with it, byte for byte. */
  readonly body?: Uint8Array | string;
}

export interface ProveOptions {
  /** The private half of the `holder_jwk` that the token was asked for with: Ed25519 or P-256, for signing. */
  readonly key: CryptoKey;
  /** The one that the merchant gave for this use: base64url, at least 16 bytes. */
  readonly nonce: string;
  /** Default: the clock. A proof is taken for a minute. */
  readonly now?: Date;
}

/**
 * Proves, for one use of a token, that the key it is bound to is here: a compact JWS after RFC 9449. A proof for 10.00
 * does not buy for 100.00, and none is taken twice.
 * @param token the token, or a chain of them, that is used
 * @throws SignetError bad_request for a token that cannot be read, a use that cannot be said, or a key that cannot sign
 * @example
 * const { privateKey } = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
 * const use = { method: 'POST', url: 'https://shop.example/pay', action: 'purchase', amount: 10, currency: 'USD' };
 * const failed = await proveHolder('not a token', use, { key: privateKey, nonce: 'MDEyMzQ1Njc4OWFiY2RlZg' }).catch((e) => e);
 * failed.field; // 'token'
 */
export async function proveHolder(token: string, use: HeldUse, { key, nonce, now }: ProveOptions): Promise<string> {
  const { method, url, action, amount, currency, body } = use;
  if (!canSign(key)) throw mistake('key', 'key must be a private key for Ed25519 or ECDSA on P-256.');
  if (typeof token !== 'string') throw mistake('token', 'token must be the text of a token.');
  if ((amount === undefined) !== (currency === undefined)) {
    throw mistake('currency', 'amount and currency go together.');
  }
  const { leaf } = readChain(token);
  return makeHolderProof(
    {
      ...{ method, url, action },
      ...(amount === undefined || currency === undefined ? {} : { amount: toMinorUnits(amount, currency), currency }),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? utf8(body) : body }),
    },
    { tokenHash: capabilityHash(leaf), nonce },
    webCryptoSigner(key),
    readNow(now),
  );
}

function canSign({ algorithm, usages }: CryptoKey): boolean {
  if (!usages.includes('sign')) return false;
  if (algorithm.name === 'Ed25519') return true;
  return algorithm.name === 'ECDSA' && (algorithm as EcKeyAlgorithm).namedCurve === 'P-256'; // what ECDSA keys have
}
