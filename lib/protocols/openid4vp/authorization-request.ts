import type { Json, JsonObject } from '../../core/index.ts';
import type { DcqlQuery } from '../../provider/types.ts';
import type { Encryption } from '../jose/index.ts';
import type { TransactionData } from './transaction-data.ts';

/** An authorization request as it came, read and bounded; no signature in it is verified yet. Plain JSON: it may wait. */
export interface ReadRequest {
  readonly transport: 'dc_api' | 'link';
  readonly params: RequestParams;
  /** Who says that they ask: of several, one that verifies is enough. Empty: the request is unsigned. */
  readonly signatures: readonly SignedBy[];
  /** The origins that a signed request over the DC API is for, as it spells them (§A.2). */
  readonly expectedOrigins?: readonly string[];
  /** Of a signed request. Seconds since the epoch. */
  readonly times?: { readonly exp?: number; readonly nbf?: number; readonly iat?: number };
  /** Whether the request came by a link of this machine, and so its answer may go to this machine. */
  readonly loopback?: true;
}

/** What is asked, and how the answer is to be given. */
export interface RequestParams {
  /** ASCII letters, digits, `-._~`: 1 to 512 of them. */
  readonly nonce: string;
  readonly query: DcqlQuery;
  readonly transactionData: readonly TransactionData[];
  /** What others attest of the verifier. Of a multi-signed request: none here, but beside each signature. */
  readonly verifierInfo: readonly VerifierInfo[];
  readonly reply: Reply;
  /** The full client id, prefix included; absent from unsigned and from multi-signed requests over the DC API. */
  readonly clientId?: string;
  /** `sd-jwt_alg_values`: JWS algorithms of issuers that the verifier can check; absent: it does not say. */
  readonly issuerAlgorithms?: readonly string[];
}

export type Reply =
  | { readonly mode: 'dc_api' }
  | { readonly mode: 'dc_api.jwt'; readonly encryption: Encryption }
  | { readonly mode: 'direct_post'; readonly responseUri: string; readonly state?: string }
  | {
      readonly mode: 'direct_post.jwt';
      readonly responseUri: string;
      readonly state?: string;
      readonly encryption: Encryption;
    };

/** One signature over the request, not verified. */
export interface SignedBy {
  /** The request under this signature, in compact form. */
  readonly jws: string;
  /** The full client id. */
  readonly clientId: string;
  /** What others attest of this client. */
  readonly verifierInfo: readonly VerifierInfo[];
}

/** One attestation about the verifier (§5.11), as it came. */
export interface VerifierInfo {
  readonly format: string;
  readonly data: string | JsonObject;
  /** Ids of the DCQL credentials that it is about; absent: all. */
  readonly credentialIds?: readonly string[];
}

/** What the pipeline made for a request: by DCQL credential id, its presentations. */
export type VpToken = Readonly<Record<string, readonly string[]>>;

/** A call of the Digital Credentials API, as the page made it. */
export interface DcApiCall {
  readonly protocol: DcApiProtocol;
  readonly data: Json;
}

/** Protocols of OpenID4VP 1.0 over the DC API (§A.1). */
export const DC_API_PROTOCOLS = ['openid4vp-v1-unsigned', 'openid4vp-v1-signed', 'openid4vp-v1-multisigned'] as const;
export type DcApiProtocol = (typeof DC_API_PROTOCOLS)[number];
