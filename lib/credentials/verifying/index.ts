export type { Certificate } from './certificate.ts';
export { certificateKey, isNamedBy, parseCertificate, parseCertificates, validateChain } from './certificate.ts';
export type { ClaimPath, ConcretePath } from './claim-path.ts';
export { areNested, isWithin, pathKey, selectPaths, valueAt } from './claim-path.ts';
export type { ClaimTerm } from './claim-request.ts';
export { answersTo, claimTermOf, claimTermOfDcql, isAccepted } from './claim-request.ts';
export type { Jws } from './jws.ts';
export { isSignedBy, isSupportedAlgorithm, parseJws } from './jws.ts';
export type { PublicJwk } from './public-jwk.ts';
export { jwkThumbprint, keysNamed, readJwkSet, readPublicJwk } from './public-jwk.ts';
export type { CredentialFacts } from './sd-jwt-vc.ts';
export { CLOCK_SKEW, SD_JWT_VC_TYPE, outOfTime, readCredentialFacts } from './sd-jwt-vc.ts';
export type { Disclosure, SdJwt } from './sd-jwt.ts';
export { MAX_SD_JWT_LENGTH, parseSdJwt, sdHashOf } from './sd-jwt.ts';
export type {
  PresentationExpectations,
  Refusal,
  RefusalReason,
  TrustedKeys,
  VerifiedPresentation,
} from './verify-presentation.ts';
export { MAX_BINDING_AGE, verifyPresentation } from './verify-presentation.ts';
