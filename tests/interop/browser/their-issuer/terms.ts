import type { JWK } from 'jose';
import type { Received, Route } from '../../../e2e/setup/harness.ts';
import type { Members } from '../foreign-verifier.ts';

export type Grant = 'pre-authorized_code' | 'authorization_code';

/** How an issuer works, and where it lies. */
export interface IssuerTerms {
  readonly transactionCode?: string;
  readonly batchSize?: number;
  /** Requests and responses are encrypted. */
  readonly encrypted?: boolean;
  /** How often it says "later" before it delivers. */
  readonly rounds?: number;
  /** Tokens are bound to a key of the wallet's (RFC 9449); `nonces`: shown over nonces of the issuer's, each good once. */
  readonly dpop?: 'bound' | 'nonces';
  /** What it offers has no scope: it can be asked for by `authorization_details` alone. */
  readonly withoutScope?: boolean;
  /** Takes no pushed requests: all that is asked stands in the address of its sign-in page. */
  readonly withoutPushing?: boolean;
  /** What it answers at a path in the place of the truth. */
  readonly lie?: (path: string, honest: Members, issuer: { readonly origin: string }) => Members;
  /** Answers of another kind than its own, by path. */
  readonly routes?: (origin: string) => Readonly<Record<string, Route>>;
  /** Changes what it sends the person back to the wallet with. */
  readonly back?: (honest: URLSearchParams) => void | Promise<void>;
  /** Where it sends the person on to, in the place of its sign-in page, with what the wallet has asked. */
  readonly detour?: (asked: URLSearchParams) => Promise<string>;
  /** Binds credentials to this key in the place of the wallet's. */
  readonly holder?: JWK;
}

export interface TheirIssuer extends AsyncDisposable {
  readonly origin: string;
  readonly vct: string;
  /** By value. Each has a code, or a state, of its own. Default: with a pre-authorized code. */
  offer(grant?: Grant): Promise<Members>;
  /** As a link (`openid-credential-offer://`) that holds the offer. */
  link(grant?: Grant): Promise<string>;
  /** As a link to where the issuer keeps the offer. */
  linkByReference(grant?: Grant): Promise<string>;
  /** All that was asked, but for its own page. */
  asked(): readonly Received[];
  /** Proofs that came to the credential endpoint and were found good. */
  readonly proofs: readonly string[];
  readonly notifications: readonly Members[];
  /** Why the libraries refused something, each time. */
  readonly refusals: readonly string[];
}
