import type { Origin } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import type { Certificate } from '../../credentials/index.ts';
import type { FetchDocument } from '../did/index.ts';
import type { ReadRequest, VerifierInfo } from './authorization-request.ts';

/** Who asks, as far as the request itself shows it, and what is attested of them. */
export type Verifier = VerifierIdentity & { readonly info: readonly CheckedInfo[] };

export type VerifierIdentity =
  /** Over the DC API: the browser's word for the origin is all there is. */
  | { readonly kind: 'unsigned' }
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
      /** `iss` of the attestation. */
      readonly attester: string;
      readonly vouched: boolean;
    }
  /** Over links, unsigned: whoever receives at that address. */
  | { readonly kind: 'redirect_uri'; readonly clientId: string };

/** An attestation about the verifier; unverified, it is somebody's word and nothing more. */
export interface CheckedInfo extends VerifierInfo {
  /** Signed under an anchor of the person's, in time, and about this client. */
  readonly verified: boolean;
  /** Who attests it, in words; only where it is verified. */
  readonly by?: string;
}

export interface IdentifyOptions {
  /** Of the page; absent for links. */
  readonly origin?: Origin;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The person's: they decide what is vouched for. */
  readonly anchors: readonly Certificate[];
  /** For did:web. Without it, such a client cannot be identified. */
  readonly fetchJson?: FetchDocument;
}

/**
 * Who asks: verifies the signature, the client id's prefix, the origins the request is for, and its times. Of several
 * signatures one that the person's anchors vouch for is taken, or else the first that verifies.
 * @throws SignetError bad_request where nothing verifies, unsupported for prefixes Signet does not know, network
 */
export async function identifyVerifier(_request: ReadRequest, _options: IdentifyOptions): Promise<Verifier> {
  return Promise.reject(new SignetError('unsupported', 'Not yet.'));
}

/** Hosts that must be asked before it is known who asks (did:web), each once; nobody is asked before a click. */
export function lookups(_request: ReadRequest): readonly string[] {
  return [];
}
