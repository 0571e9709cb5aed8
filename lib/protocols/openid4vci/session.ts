import type { Clock, FetchJson, Origin, SecretBytes } from '../../core/index.ts';
import type { WireOpening } from '../../credentials/index.ts';
import type { IssuerEncryption } from './encryption.ts';

/** What every step that asks somebody works with. */
export interface Doors {
  readonly fetchJson: FetchJson;
  readonly clock: Clock;
  /**
   * Called with a session that must not be lost before more is asked: refresh tokens and codes are good once. What it
   * throws ends the step.
   */
  readonly keep?: (session: IssuanceSession) => Promise<void>;
}

/** Where one credential comes from, and how it is asked for there. Plain JSON. */
export interface IssuancePlace {
  /** The credential issuer's identifier: what proofs of keys are for (OpenID4VCI 1.0 §12.2.1). */
  readonly credentialIssuer: string;
  /** Its origin: what people see and rules go by. */
  readonly issuer: Origin;
  /** The authorization server's identifier (RFC 8414 §2). */
  readonly authorizationServer: string;
  readonly tokenEndpoint: string;
  readonly credentialEndpoint: string;
  /** Absent: the issuer wants no nonce in proofs. */
  readonly nonceEndpoint?: string;
  readonly deferredEndpoint?: string;
  readonly notificationEndpoint?: string;
  /** Whether access tokens shall be bound to a key (RFC 9449). */
  readonly dpop: boolean;
  /** What of requests and answers is encrypted, and how. */
  readonly encryption: IssuerEncryption;
}

/** A P-256 key that access tokens are bound to. Secret: it is sealed with the session and goes nowhere else. */
export interface DpopJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly d: string;
}

/** What DPoP needs from one request to the next. Plain JSON, secret. */
export interface DpopState {
  readonly jwk: DpopJwk;
  /** The last nonce of each server: the one that gives tokens and the one that takes them need not share theirs (RFC 9449 §8.2, §9). */
  readonly nonces: { readonly authorization?: string; readonly resource?: string };
}

/** What the person takes of an offer. */
export interface Taking {
  /** Ids among `OfferedCredential.configurations`, at least one. */
  readonly configurationIds: readonly string[];
}

/** A person is on their way through the issuer's own pages. Plain JSON, secret: it must survive until they are back. */
export interface AuthorizationSession {
  readonly authorizationServer: string;
  /** The answer must name the server (RFC 9207 §2.4). */
  readonly namesIssuer: boolean;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly codeVerifier: string;
  readonly dpop?: DpopState;
}

/** What a token is asked for with. Plain JSON, secret. */
export type Grant =
  | {
      readonly type: 'pre-authorized_code';
      /** As the person typed it, where the offer asks for one. */
      readonly transactionCode?: string;
      /** Sent only where the server does not take codes from nobody in particular. */
      readonly clientId?: string;
    }
  | {
      readonly type: 'authorization_code';
      readonly code: string;
      readonly codeVerifier: string;
      readonly redirectUri: string;
      readonly clientId: string;
      readonly dpop?: DpopState;
    };

/** What may be asked for, from the token on. Plain JSON, secret: the wallet seals it beside the credential. */
export interface IssuanceSession {
  readonly place: IssuancePlace;
  /** What the person agreed to take. */
  readonly configurationId: string;
  /** The credential is bound to no key: no proofs are sent (§F). */
  readonly unbound?: true;
  /** Copies to ask for at once: at least 1, at most 30. */
  readonly copies: number;
  /** Under which name the wallet spoke to the authorization server; absent: under none, and proofs have no `iss`. */
  readonly clientId?: string;
  readonly dpop?: DpopState;
  readonly token: {
    readonly scheme: 'Bearer' | 'DPoP';
    readonly accessToken: string;
    /** Milliseconds since the epoch; absent where the server does not say. */
    readonly expiresAt?: number;
    readonly refreshToken?: string;
  };
  /**
   * What the token is good for, by the issuer's own names (§6.2): each is another credential of the same kind, such as
   * two degrees, and all of them can be asked for. Empty: there are none, and the configuration names the credential.
   */
  readonly identifiers: readonly string[];
}

/** One issued copy, not yet verified: signature, type and times are lib/credentials' to check. */
export interface IssuedCopy {
  /** SD-JWT VC in compact form, or the text of another format, as it came. */
  readonly credential: string;
  /** Index, in the keys given, of the key its `cnf` names; absent for a credential that is bound to none. */
  readonly keyIndex?: number;
  /** Of its committed numbers, by the claim's name, as they came and not yet checked; empty where none came. Secret. */
  readonly openings: Readonly<Record<string, WireOpening>>;
}

/** The issuer delivers later (§9). Plain JSON; the holder keys that were sent must be kept with it. */
export interface Deferral {
  readonly transactionId: string;
  /** Milliseconds since the epoch: not to be asked for before. */
  readonly notBefore: number;
  /** Milliseconds the issuer wants between two questions. */
  readonly interval: number;
}

/** What came of asking for a credential. */
export type IssuanceOutcome =
  | {
      readonly kind: 'issued';
      /** In the issuer's order, each matched with the key it is bound to, no key twice. */
      readonly copies: readonly IssuedCopy[];
      /** Names these copies to the notification endpoint; absent: the issuer does not want to hear. */
      readonly notificationId?: string;
    }
  | { readonly kind: 'deferred'; readonly deferral: Deferral };

/** A step's outcome beside the session as it now is: keep this one, the old one may hold what is spent. */
export interface Issuance {
  readonly session: IssuanceSession;
  readonly outcome: IssuanceOutcome;
}

export interface CredentialRequestOptions extends Doors {
  /**
   * P-256 holder keys, one per copy wanted, at most `session.copies`; none for a credential that is bound to no key.
   * They stay the caller's to dispose.
   */
  readonly keys: readonly SecretBytes[];
  /** One of `session.identifiers`; default: the first, if there are any. */
  readonly identifier?: string;
}

/** What became of issued copies, in the words of §11.1. */
export type NotificationEvent = 'credential_accepted' | 'credential_failure' | 'credential_deleted';
