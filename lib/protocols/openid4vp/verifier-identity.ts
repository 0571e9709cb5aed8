import type { CheckedInfo } from './verifier-info.ts';

/** Who asks, as far as the request itself shows it, and what is attested of them. */
export type Verifier = VerifierIdentity & { readonly info: readonly CheckedInfo[] };

export type VerifierIdentity =
  /** Over the DC API: the browser's word for the origin is all there is. */
  | { readonly kind: 'unsigned' }
  | SigningVerifier
  /** Over links, unsigned: whoever receives at that address. */
  | { readonly kind: 'redirect_uri'; readonly clientId: string };

/** Somebody whose signature holds. */
export type SigningVerifier =
  | {
      readonly kind: 'certificate';
      readonly clientId: string;
      /** DNS names and URIs in the certificate, as it spells them. */
      readonly names: readonly string[];
      /** In words, cleaned for display; may be empty. */
      readonly subject: string;
      readonly issuer: string;
      /** Whether the chain leads to an anchor of the person's. */
      readonly vouched: boolean;
    }
  | { readonly kind: 'did'; readonly clientId: string; readonly did: string }
  | {
      readonly kind: 'attested';
      readonly clientId: string;
      /** `iss` of the attestation, cleaned for display; a mere claim unless vouched for. */
      readonly attester: string;
      readonly vouched: boolean;
    };
