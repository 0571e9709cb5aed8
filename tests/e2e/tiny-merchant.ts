import {
  MemoryReplayStore,
  capabilityHash,
  makeHolderProof,
  memoryLedger,
  readCapability,
  signReceipt,
  webCryptoSigner,
} from '../../lib/capabilities/index.ts';
import type { ReceiptClaims } from '../../lib/capabilities/index.ts';
import { randomBytes, toBase64url, toMinorUnits } from '../../lib/core/index.ts';
import type { CapabilityResponse } from '../../lib/provider/types.ts';
import { checkAuthority } from '../../lib/sdk/index.ts';
import type { AuthorityContext, AuthorityResult } from '../../lib/sdk/index.ts';

/** What a merchant asks `checkAuthority` beside what it always says. */
type Asked = Partial<AuthorityContext> & { readonly amount?: string };

/** A merchant's server in a test: its keys, and one ledger for as long as it stands. */
export interface TinyMerchant {
  /** Proves each use; public. */
  readonly holderJwk: object;
  /** Signs receipts; public. */
  readonly receiptJwk: object;
  /**
   * Takes a token as a merchant does: with the SDK, its ledger, and a fresh proof where `proves`.
   * Without `issuers`, whose wallet it was is taken from the token: pinned at its first sight.
   */
  take(token: string, asked: Asked & { readonly proves?: boolean }): Promise<AuthorityResult>;
  /** Signs what it took of a token, or what it did not. */
  receipt(token: string, said: Said): Promise<string>;
}

/** Of a receipt: major units. */
type Said = { readonly paid: string; readonly items: string } | { readonly unused: string };

/** @param origin of its pages, which tokens are for */
export async function startTinyMerchant(origin: string): Promise<TinyMerchant> {
  const [holder, receipts] = await Promise.all([keyPair(), keyPair()]);
  const ledger = memoryLedger({ capacity: 1000, skew: 30_000, clock: Date.now, completeSince: 0 });
  const replay = new MemoryReplayStore({ clock: Date.now });
  const url = `${origin}/pay`;

  const proofOf = async (token: string, { action = 'purchase', amount, currency = 'USD' }: Asked) => {
    const nonce = toBase64url(randomBytes(16));
    const money = amount === undefined ? {} : { amount: toMinorUnits(amount, currency), currency };
    const use = { method: 'POST', url, action, ...money };
    const target = { tokenHash: capabilityHash(readCapability(token)), nonce };
    const proof = await makeHolderProof(use, target, webCryptoSigner(holder.privateKey), Date.now());
    return { proof, method: 'POST', url, nonce, replay };
  };

  return {
    holderJwk: holder.jwk,
    receiptJwk: receipts.jwk,
    async take(token, { proves = false, ...asked }) {
      return checkAuthority(token, {
        action: 'purchase',
        audience: origin,
        ledger,
        issuers: [{ key: issuerOf(token) }],
        ...(asked.amount === undefined ? {} : { currency: 'USD' }),
        ...(proves ? { proof: await proofOf(token, asked) } : {}),
        ...asked,
      });
    },
    receipt(token, said) {
      const { jti } = readCapability(token).claims;
      const about = { jti, audience: origin, currency: 'USD', at: Date.now() };
      const claims: ReceiptClaims =
        'paid' in said
          ? { type: 'paid', ...about, amount: toMinorUnits(said.paid, 'USD'), items: said.items }
          : { type: 'unused', ...about, unused: toMinorUnits(said.unused, 'USD') };
      return signReceipt(claims, receipts.privateKey);
    },
  };
}

/** The wallet's key that signed a token, as the token says. */
export const issuerOf = (token: string): string => readCapability(token).claims.iss;

/** What a page was answered. @throws Error where it was refused */
export function responseIn(outcome: unknown): CapabilityResponse {
  const { value } = outcome as { value?: CapabilityResponse }; // a refusal has a code instead
  if (value === undefined) throw new Error(`Nothing was released: ${JSON.stringify(outcome)}`);
  return value;
}

async function keyPair(): Promise<{ readonly privateKey: CryptoKey; readonly jwk: object }> {
  const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new Error('Ed25519 keys come in pairs.');
  const { kty, crv, x } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  return { privateKey: pair.privateKey, jwk: { kty, crv, x } };
}
