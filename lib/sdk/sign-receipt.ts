import { signReceipt as signClaims } from '../capabilities/checking.ts';
import { assertField, toMinorUnits } from '../core/index.ts';
import { mistake, readAudience, readNow } from './caller.ts';

/** What a receipt is about. */
interface ReceiptAbout {
  /** The root token's, as `checkAuthority` and `parseCapability` give it. */
  readonly jti: string;
  /** Your origin, as the token names it; a bare host means its https origin. */
  readonly audience: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Default: the clock. */
  readonly at?: Date;
}

/** What you say of a token: what you took for what, or what you never will. Amounts in major units. */
export type Receipt =
  | (ReceiptAbout & { readonly type: 'paid'; readonly amount: number | string; readonly items: string })
  | (ReceiptAbout & { readonly type: 'unused'; readonly unused: number | string });

/**
 * A receipt for the person's wallet, which the page hands over by `offerCredential({ receipt })`. What was `paid` the
 * wallet keeps and shows; what is `unused` comes back to the person's limits: say so only once your ledger refuses the
 * token for good.
 * @param signer the private half of the `receipt_jwk` that the token was asked for with: Ed25519
 * @throws SignetError bad_request naming the member that makes no receipt
 * @example
 * const { privateKey } = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
 * const about = { jti: 'AAAAAAAAAAAAAAAAAAAAAA', audience: 'shop.example', currency: 'USD' };
 * const receipt = await signReceipt({ type: 'paid', ...about, amount: '12.50', items: 'Tea' }, privateKey);
 * receipt.split('.').length; // 2
 */
export async function signReceipt(receipt: Receipt, signer: CryptoKey): Promise<string> {
  const { jti, currency } = receipt;
  const about = { jti, audience: readAudience(receipt.audience), currency, at: readNow(receipt.at, 'at') };
  assertField(canSign(signer), 'signer', 'signer must be a private Ed25519 key.');
  switch (receipt.type) {
    case 'paid': {
      const { type, amount, items } = receipt;
      return signClaims({ type, ...about, amount: toMinorUnits(amount, currency), items }, signer);
    }
    case 'unused': {
      const { type, unused } = receipt;
      return signClaims({ type, ...about, unused: toMinorUnits(unused, currency, 'unused') }, signer);
    }
    default:
      throw mistake('type', 'A receipt is for what was paid, or for what was unused.');
  }
}

const canSign = ({ algorithm, usages }: CryptoKey): boolean => algorithm.name === 'Ed25519' && usages.includes('sign');
