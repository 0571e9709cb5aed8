import type { Clock, FetchJson, Origin } from '../../core/index.ts';
import type { Certificate } from '../../credentials/index.ts';
import type { OfferedCredential } from './discover.ts';
import type { CredentialConfiguration, IssuerMetadata } from './metadata.ts';
import type { Offer, OfferCall } from './offer.ts';
import type {
  AuthorizationSession,
  CredentialRequestOptions,
  Deferral,
  Doors,
  Grant,
  Issuance,
  IssuanceSession,
  NotificationEvent,
} from './session.ts';

/** How far the look at an offer has come. Plain JSON: it may wait for the person's next click. */
export type Discovery =
  /** Nothing was fetched: the call alone. */
  | { readonly step: 'call'; readonly call: OfferCall }
  /** The offer is known; its issuer was not asked yet. */
  | { readonly step: 'offer'; readonly offer: Offer }
  /** The issuer said which authorization servers to ask, the first first; none of these was asked yet. */
  | {
      readonly step: 'issuer';
      readonly offer: Offer;
      readonly metadata: IssuerMetadata;
      readonly servers: readonly string[];
    }
  /** Everything is known that the person must see before they take it. */
  | { readonly step: 'offered'; readonly offered: OfferedCredential & OfferedKinds };

/** What an offer holds beyond the first kind of credential in it: the person takes all, or picks. */
export interface OfferedKinds {
  /** All that Signet can take, in the issuer's order, at least one; `OfferedCredential.configuration` is the first. */
  readonly configurations: readonly CredentialConfiguration[];
  /** What it cannot take: each says why in `unsupported`. */
  readonly refused: readonly CredentialConfiguration[];
}

/** What the person takes of an offer. */
export interface Taking {
  /** Ids among `OfferedKinds.configurations`, at least one. */
  readonly configurationIds: readonly string[];
}

/** The functions of this folder, one for each step of the protocol. */
export interface Steps {
  /** Goes on with a look at an offer for as long as only agreed origins must be asked; look at `step` of what comes. */
  discover(
    discovery: Discovery,
    options: {
      readonly fetchJson: FetchJson;
      readonly clock: Clock;
      readonly languages: readonly string[];
      readonly formats?: readonly string[];
      /** Origins that the person agreed to talk to. */
      readonly agreed: readonly Origin[];
      /** Who may vouch for an issuer that signs its metadata. */
      readonly anchors?: readonly Certificate[];
    },
  ): Promise<Discovery>;
  /** Origins that the next step, or taking the offer, speaks to: to be listed before the click. */
  hostsOf(next: Discovery | OfferedCredential): readonly Origin[];
  /** PAR where the server has it; the URL is to be opened for the person. */
  beginAuthorization(
    offered: OfferedCredential,
    options: Doors & Taking & { readonly clientId: string; readonly redirectUri: string },
  ): Promise<{ readonly url: string; readonly session: AuthorizationSession }>;
  finishAuthorization(session: AuthorizationSession, redirectUrl: string): Grant & { type: 'authorization_code' };
  /** Asks for a token, good for everything that is taken: a session for each of it, in its order, by the one token. */
  startIssuance(
    offered: OfferedCredential,
    grant: Grant,
    options: Doors & Taking,
  ): Promise<readonly [IssuanceSession, ...IssuanceSession[]]>;
  /** The next session of the same token goes on with what this one came back with: `sharedWith`. */
  requestCredentials(session: IssuanceSession, options: CredentialRequestOptions): Promise<Issuance>;
  /** A session that goes on from where another of the same token is: its nonces, its tokens. */
  sharedWith(session: IssuanceSession, other: IssuanceSession): IssuanceSession;
  pollDeferred(session: IssuanceSession, deferral: Deferral, options: CredentialRequestOptions): Promise<Issuance>;
  /** A new batch by the refresh token (or the token, where it still lives). */
  refreshInstances(session: IssuanceSession, options: CredentialRequestOptions): Promise<Issuance>;
  notify(
    session: IssuanceSession,
    about: { readonly notificationId: string; readonly event: NotificationEvent },
    doors: Doors,
  ): Promise<IssuanceSession>;
}
