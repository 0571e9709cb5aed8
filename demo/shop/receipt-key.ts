/** The key that the shop signs receipts with, made anew at each start. */
export interface ReceiptKey {
  readonly signer: CryptoKey;
  /** The public half, as a page names it to the wallet (RFC 8037 §2). */
  readonly jwk: { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string };
}

export async function createReceiptKey(): Promise<ReceiptKey> {
  const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new Error('Ed25519 keys come in pairs.');
  const { x = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  return { signer: pair.privateKey, jwk: { kty: 'OKP', crv: 'Ed25519', x } };
}
