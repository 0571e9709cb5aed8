/** The page API (design §6): what a site's code sees as `window.signet`. Nothing here is trusted by the worker. */

/** Proof formats, by the names the verifier asks for them. */
export type Format = 'dc+sd-jwt' | 'bulletproof' | 'bbs' | 'bbs+';

/** One thing to prove. A bare string is a claim's name; `age_over_N` is the yes/no claim of that age. */
export type ClaimRequest =
  | string
  | { readonly name: string; readonly values?: readonly (string | number | boolean)[] }
  | { readonly name: string; readonly age_at_least: number; readonly as_of?: string }
  | { readonly name: string; readonly gte?: number; readonly lte?: number };

/** A step of a claims path pointer: a member name, an array index, or null for every element (OpenID4VP 1.0 §7). */
export type ClaimPath = readonly (string | number | null)[];

export interface DcqlClaim {
  readonly id?: string;
  readonly path: ClaimPath;
  readonly values?: readonly (string | number | boolean)[];
}

export interface DcqlCredential {
  readonly id: string;
  readonly format: string;
  readonly multiple?: boolean;
  readonly require_cryptographic_holder_binding?: boolean;
  /** By its format: `vct_values` is needed for `dc+sd-jwt`; the others are of formats that Signet does not hold. */
  readonly meta?: {
    readonly vct_values?: readonly string[];
    readonly doctype_value?: string;
    readonly type_values?: readonly (readonly string[])[];
  };
  readonly trusted_authorities?: readonly { readonly type: string; readonly values: readonly string[] }[];
  readonly claims?: readonly DcqlClaim[];
  readonly claim_sets?: readonly (readonly string[])[];
}

/** OpenID4VP 1.0 §6: Digital Credentials Query Language. */
export interface DcqlQuery {
  readonly credentials: readonly DcqlCredential[];
  readonly credential_sets?: readonly {
    readonly options: readonly (readonly string[])[];
    readonly required?: boolean;
  }[];
}

export interface ProofRequest {
  /** What to prove, answered from one credential. */
  readonly claims?: readonly ClaimRequest[];
  /** Instead of `claims`: OpenID4VP's query language, as is. */
  readonly dcql_query?: DcqlQuery;
  /** Accepted credential types (`vct`). */
  readonly types?: readonly string[];
  /** The verifier's nonce: base64url, at least 16 bytes. */
  readonly nonce: string;
  /** Why, in the site's words: at most 140 characters, shown quoted. */
  readonly purpose: string;
  /** In order of preference. Default: `['dc+sd-jwt']`. */
  readonly formats?: readonly Format[];
  /**
   * Issuers the verifier would accept, by their `iss`. `self` stands for what people say of themselves, which is
   * answered only where it is named: it proves that the same wallet speaks again, and nothing about truth.
   */
  readonly issuers?: readonly string[];
}

export interface ProofResponse {
  /** The presentation, for `claims`. */
  readonly proof?: string;
  /** The presentations by DCQL credential id, for `dcql_query`. */
  readonly vp_token?: Readonly<Record<string, readonly string[]>>;
  readonly format: Format;
  readonly requestId: string;
  /** Milliseconds since the epoch: after this a verifier will refuse the presentation. */
  readonly expiresAt: number;
  /** What was disclosed. Convenience for the page: only a server's `verify` makes it true. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * What a page wants to be allowed to do. Without `holder_jwk` the token is one-time and good for 60 s; with it, 15 minutes
 * at most; with `unit` it is a budget, of which the wallet releases units as they are asked for.
 */
export interface CapabilitySpec {
  /** What it allows, as one word of the site's: `purchase`. */
  readonly kind: string;
  /** Major units: 150 and "150.00" are $150.00. With `currency`. */
  readonly max_amount?: number | string;
  /** ISO 4217. */
  readonly currency?: string;
  /** The page's own origin or host. */
  readonly domain: string;
  readonly one_time?: boolean;
  /** Seconds. */
  readonly expires_in?: number;
  readonly purpose: string;
  /** The key that will prove each use: Ed25519 or P-256. */
  readonly holder_jwk?: JsonWebKey;
  /** The merchant's key: its receipts, and what it says was unused, are signed with it. Ed25519. */
  readonly receipt_jwk?: JsonWebKey;
  /** Asks for a budget, spent in steps of so much: major units. `max_amount` is a whole number of them. */
  readonly unit?: number | string;
  /** The `jti` of a budget of this site: asks for units worth `max_amount` of it, and for no new token. */
  readonly release_of?: string;
}

export interface CapabilityResponse {
  /** A PASETO v4.public token. For `release_of`: the unit, as `checkAuthority` takes it. */
  readonly token: string;
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** The authority's offer and its acceptance before this site, where the person acts under one: shown with the token. */
  readonly standing?: string;
}

/**
 * An OpenID4VCI 1.0 credential offer (§4.1), by value or by reference; an authority's offer, or its revocation of one; or
 * a merchant's receipt for a token that this site was given.
 */
export type CredentialOffer =
  | { readonly credential_offer: object }
  | { readonly credential_offer_uri: string }
  | { readonly authority_offer: string }
  | { readonly receipt: string };

export interface OfferResponse {
  readonly accepted: true;
  /** How many credentials (instances) the wallet stored. */
  readonly credentials: number;
  /** How many credentials the issuer delivers later; absent: none. They come without another call. */
  readonly promised?: number;
}

export interface SitePermission {
  readonly claims: readonly string[];
  readonly format: Format;
  readonly expiresAt?: number;
  readonly usesLeft?: number;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
}

/** Errors are `SignetError` with a numeric `code` (4001, 4200, 4900, -32602, -32005). Event: `permissionschange`. */
export interface SignetProvider extends EventTarget {
  readonly version: string;
  requestProof(request: ProofRequest, options?: RequestOptions): Promise<ProofResponse>;
  requestCapability(spec: CapabilitySpec, options?: RequestOptions): Promise<CapabilityResponse>;
  offerCredential(offer: CredentialOffer, options?: RequestOptions): Promise<OfferResponse>;
  permissions(): Promise<SitePermission[]>;
  disconnect(): Promise<void>;
}

/** The `detail` of `signet:announceProvider`. */
export interface AnnouncedProvider {
  readonly info: {
    readonly uuid: string;
    readonly name: string;
    readonly rdns: 'tools.signet';
    readonly version: string;
  };
  readonly provider: SignetProvider;
}

declare global {
  interface Window {
    readonly signet?: SignetProvider;
  }
}
