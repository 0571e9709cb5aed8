export * from './verifying/index.ts';
export type { AgeTest, ClaimCompartment, ClaimTier } from './claim-catalogue.ts';
export {
  KNOWN_CLAIMS,
  ageTestOf,
  claimCompartment,
  claimKey,
  claimLabel,
  claimTier,
  coversClaim,
  valueCompartment,
  valueTier,
} from './claim-catalogue.ts';
export type { ClaimLabel } from './claim-labels.ts';
export { withLabels } from './claim-labels.ts';
export type { ClaimLeaf, ClaimSummary, CredentialClaim } from './claim-inventory.ts';
export {
  byPath,
  claimLeaves,
  disclosureCompartment,
  disclosureTier,
  inventoryClaims,
  isEmptyWhole,
  isMachinery,
  orderedDisclosures,
  outlineClaims,
  personalClaims,
  revealedBy,
  rowsFor,
  summariseClaims,
} from './claim-inventory.ts';
export type { OpenCompartment, ReadInstance, StatusPlace } from './credential-instance.ts';
export type { CredentialRecord, SealedRows, StoredCredential } from './credential-record.ts';
export { getCredential, isUsedUp, issuerId, listCredentials } from './credential-record.ts';
export type { NewCredential, OpenedInstance } from './credential-store.ts';
export type { BbsArrival, HeldBbs, NewBbsCredential } from './bbs-store.ts';
export { assertArrived, openBbs, revealBbs } from './bbs-store.ts';
// By file: the index of bbs leads to its suites.
export type { BbsPublicJwk } from './bbs/verifying/bbs-jwk.ts';
export { readBbsJwkSet, suiteOf } from './bbs/verifying/bbs-jwk.ts';
export { readBbsPresentation } from './bbs/verifying/bbs-presentation.ts';
export { bbsRequestHash } from './bbs/verifying/binding.ts';
export {
  addBbsCredential,
  addCredential,
  compartmentsOfCopies,
  compartmentsOfRows,
  consumeInstance,
  lostRows,
  markMaybeUsed,
  noteStatuses,
  openInstance,
  removeCredential,
  revealInstance,
  showableClaims,
  statusReferences,
} from './credential-store.ts';
export type { CommittedClaim } from './committed-claim.ts';
export { committedClaims, readCommitted } from './committed-claim.ts';
export type { CommittedBits, Opening } from './commitment/index.ts';
export type {
  CredentialState,
  DecayPolicy,
  HeldBack,
  LifeFacts,
  OverState,
  Phase,
  PhaseStart,
  Rate,
  UseRate,
} from './life/index.ts';
export { isOver, isUsable, phaseOf, rateOf, stateOf, usableInstances } from './life/index.ts';
export { createHolderKey, holderPublicJwk, signJws } from './holder-key.ts';
export type { IssuanceTie, TieFacts } from './issuance-tie.ts';
export { getTie, newTieId, putTie } from './issuance-tie.ts';
export type { IssuerKeyResolver, IssuerKeySource, IssuerKeys } from './issuer-keys.ts';
export { fetchIssuerJwks, isOfOrigin, issuerKeyResolver, issuerMetadataUrl, leafCertificate } from './issuer-keys.ts';
// Not through the index of issuing, which has the curve of commitments with it.
export type { WireOpening } from './issuing/issued-copy.ts';
export { linkableBy } from './issuing/linkable.ts';
export type { CredentialField, CredentialSchema } from './issuing/schema.ts';
export { ageOver, isFieldName, issuedFields } from './issuing/schema.ts';
export type { AboutMyself, SelfPresentation } from './issuing/self-issued.ts';
export { presentSelfIssued, selfIssuerKey } from './issuing/self-issued.ts';
export type { ArrivedOpening, CheckOpenings, OpeningToCheck } from './opening-store.ts';
export { assertOpen, deleteOpenings, getOpening, hasOpening, matchOpenings, putOpenings } from './opening-store.ts';
export { describeSelf, revealSelf } from './self-record.ts';
export type { PromisedCredential } from './promised.ts';
export { addPromise, getPromise, listPromises, putPromise, readPromisedKeys, removePromise } from './promised.ts';
export type { Renewal } from './renew.ts';
export { isRenewable, renewCredential } from './renew.ts';
export type { PresentationInput } from './present.ts';
export { presentCredential, presentedHash } from './present.ts';
export type { IssuanceExpectations, IssuedCredential } from './verify-issued.ts';
export { verifyIssuedCredential } from './verify-issued.ts';
export * from './trust/index.ts';
export * from './type-metadata/index.ts';
