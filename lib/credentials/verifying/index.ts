export type { Certificate } from './certificate.ts';
export { certificateKey, certifiedIssuer, isNamedBy, parseCertificate, parseCertificates } from './certificate.ts';
export { anchorOf, isForgedRoot, validateChain } from './certificate-chain.ts';
export { distinguishedName, fingerprintOf } from './certificate-words.ts';
export type { ClaimPath, ConcretePath, SignedPlaces } from './claim-path.ts';
export { areNested, isWithin, pathKey, selectPaths, valueAt } from './claim-path.ts';
export type { ClaimTerm, RangeQuestion } from './claim-request.ts';
export {
  answersTo,
  claimTermOf,
  claimTermOfDcql,
  commitmentFor,
  committedName,
  isAccepted,
  isCommitment,
  needsRange,
} from './claim-request.ts';
export type { DidDocument, DidRelationship, VerificationMethod } from './did-document.ts';
export { didKeysNamed, readDidDocument } from './did-document.ts';
export type { CheckSignature, Jws, SignatureToCheck } from './jws.ts';
export { isSignedBy, isSupportedAlgorithm, parseJws } from './jws.ts';
export type { PublicJwk } from './public-jwk.ts';
export { jwkThumbprint, keysNamed, readJwkSet, readPublicJwk } from './public-jwk.ts';
export type { FetchDocument, ResolveDidOptions } from './resolve-did.ts';
export { didHost, isDid, isDidJwk, readDidJwk, resolveDid } from './resolve-did.ts';
export type { CredentialFacts } from './sd-jwt-vc.ts';
export { CLOCK_SKEW, SD_JWT_VC_TYPE, outOfTime, readCredentialFacts } from './sd-jwt-vc.ts';
export type { Disclosure, SdJwt } from './sd-jwt.ts';
export { MAX_SD_JWT_LENGTH, parseSdJwt, sdHashOf } from './sd-jwt.ts';
export type { CredentialStatus, StatusBits, StatusList, StatusReference } from './status-list.ts';
export {
  MAX_STATUS_LIST_BYTES,
  readStatusReference,
  statusAt,
  statusValueAt,
  unpackStatusList,
} from './status-list.ts';
export type { StatusListExpectations, StatusQuestion } from './status-list-token.ts';
export {
  MAX_STATUS_LIST_TOKEN_LENGTH,
  STATUS_LIST_TYPE,
  askStatus,
  openStatusList,
  statusUnknown,
} from './status-list-token.ts';
export { SELF_ISSUER, SELF_TYPE, selfIssuedKeys } from './self-issued.ts';
export type {
  PresentationExpectations,
  RangeEvidence,
  Refusal,
  RefusalReason,
  TrustedKeys,
  VerifiedPresentation,
  VerifyRanges,
} from './verify-presentation.ts';
export { MAX_BINDING_AGE, verifyPresentation } from './verify-presentation.ts';
