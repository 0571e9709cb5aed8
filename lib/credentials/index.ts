export * from './verifying/index.ts';
export type { ClaimTier } from './claim-catalogue.ts';
export { ageLimitOf, claimLabel, claimTier, sealingTier, valueTier } from './claim-catalogue.ts';
export type { ClaimSummary, CredentialClaim } from './claim-inventory.ts';
export {
  disclosureTier,
  inventoryClaims,
  orderedDisclosures,
  outlineClaims,
  personalClaims,
  revealedBy,
  rowsFor,
  summariseClaims,
} from './claim-inventory.ts';
export type { CredentialRecord, NewCredential, OpenedInstance } from './credential-store.ts';
export {
  addCredential,
  consumeInstance,
  getCredential,
  listCredentials,
  lostRows,
  openInstance,
  removeCredential,
  showableClaims,
} from './credential-store.ts';
export { createHolderKey, holderPublicJwk, signJws } from './holder-key.ts';
export type { IssuerKeyResolver, IssuerKeySource, IssuerKeys } from './issuer-keys.ts';
export { issuerKeyResolver, issuerMetadataUrl } from './issuer-keys.ts';
export type { PresentationInput } from './present.ts';
export { presentCredential } from './present.ts';
export type { IssuanceExpectations, IssuedCredential } from './verify-issued.ts';
export { verifyIssuedCredential } from './verify-issued.ts';
