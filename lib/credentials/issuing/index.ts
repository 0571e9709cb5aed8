/**
 * A library for issuers: SD-JWT VCs by schema, with committed numbers. It needs no vault and no browser extension.
 * Inside the wallet, `presentSelfIssued` and `linkableBy` are imported past it, so that no worker loads the curve of
 * commitments.
 */
export type { StatusEntry, CopyTerms, IssuedCopy, IssuingContext, WireOpening } from './issued-copy.ts';
export type { RandomBytes } from './hidden-claims.ts';
export type { IssuedBatch } from './issue-sd-jwt-vc.ts';
export { issueBatch, issueSdJwtVc } from './issue-sd-jwt-vc.ts';
export type { JwsSigner } from './jws-signer.ts';
export { ed25519PublicJwk, ed25519Signer } from './jws-signer.ts';
export { linkableBy } from './linkable.ts';
export type {
  CommittedField,
  CredentialField,
  CredentialSchema,
  DerivedField,
  DerivedTest,
  DisclosureLevel,
  RawField,
} from './schema.ts';
export { ageOver, assertSchema, isFieldName, issuedFields } from './schema.ts';
export type { SelfPresentation } from './self-issued.ts';
export { presentSelfIssued, selfIssuerKey } from './self-issued.ts';
