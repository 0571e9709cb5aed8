import { SignetError } from '../../core/index.ts';
import type { PublicJwk } from '../../credentials/index.ts';

/** Fetches one JSON document. The platform's door keeps its own limits of time and size. */
export type FetchDocument = (url: URL) => Promise<unknown>;

/** What Signet reads of a DID document (DID Core §5). */
export interface DidDocument {
  readonly id: string;
  /** Usable for signatures, by their full id (`did:…#…`). */
  readonly keys: readonly VerificationMethod[];
}

export interface VerificationMethod {
  readonly id: string;
  readonly jwk: PublicJwk;
}

/** The host that has to be asked for a DID, for display before anybody is; undefined: nobody (did:jwk). */
export function didHost(_did: string): string | undefined {
  return undefined;
}

/**
 * Resolves a DID: did:jwk from itself, did:web by asking its host.
 * @param options.loopback whether did:web may lead to this machine (development)
 * @throws SignetError bad_request for a malformed DID or document, unsupported for other methods, network
 */
export async function resolveDid(
  _did: string,
  _options: { readonly fetchJson?: FetchDocument; readonly loopback?: boolean } = {},
): Promise<DidDocument> {
  return Promise.reject(new SignetError('unsupported', 'Not yet.'));
}
