import type { Clock, FetchJson, Origin } from '../../core/index.ts';
import type { Certificate } from '../../credentials/index.ts';
import type { OfferedCredential } from './discover.ts';
import type { IssuerMetadata } from './metadata.ts';
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
  | { readonly step: 'offered'; readonly offered: OfferedCredential };

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
    options: Doors & { readonly clientId: string; readonly redirectUri: string },
  ): Promise<{ readonly url: string; readonly session: AuthorizationSession }>;
  finishAuthorization(session: AuthorizationSession, redirectUrl: string): Grant & { type: 'authorization_code' };
  /** Asks for a token. */
  startIssuance(offered: OfferedCredential, grant: Grant, doors: Doors): Promise<IssuanceSession>;
  requestCredentials(session: IssuanceSession, options: CredentialRequestOptions): Promise<Issuance>;
  pollDeferred(session: IssuanceSession, deferral: Deferral, options: CredentialRequestOptions): Promise<Issuance>;
  /** A new batch by the refresh token (or the token, where it still lives). */
  refreshInstances(session: IssuanceSession, options: CredentialRequestOptions): Promise<Issuance>;
  notify(
    session: IssuanceSession,
    about: { readonly notificationId: string; readonly event: NotificationEvent },
    doors: Doors,
  ): Promise<IssuanceSession>;
}
