export type { Acceptance, AcceptanceClaims } from './acceptance.ts';
export { acceptOffer, isAcceptanceOf, readAcceptance } from './acceptance.ts';
export { isGranted } from './grants.ts';
export type {
  AuthorityGrant,
  AuthorityOffer,
  CoSignature,
  OfferClaims,
  OfferDraft,
  TrustedAuthority,
} from './offer.ts';
export { coSign, isOfferBy, offerHash, readOffer, signOffer } from './offer.ts';
export type { RevocationClaims } from './revocation.ts';
export { isRevocationOf, readRevocation, signRevocation } from './revocation.ts';
export type { StandingExpectations, StandingVerdict } from './standing.ts';
export { joinStanding, verifyStanding } from './standing.ts';
export type { AuthorityEvent, AuthorityState } from './state.ts';
export { nextAuthorityState, receivedState } from './state.ts';
