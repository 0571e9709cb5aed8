export type { Capability } from './capability.ts';
export {
  MAX_TOKEN_LENGTH,
  TOKEN_SKEW,
  capabilityHash,
  capabilityOutOfTime,
  isCapabilitySigned,
  momentOf,
  readCapability,
} from './capability.ts';
export type { CapabilityClaims, CapabilityTerms } from './claims.ts';
export type { CapabilityDraft } from './issue.ts';
export { claimsOf, issueCapability, signCapability } from './issue.ts';
export { MAX_LIFETIME } from './rules.ts';
export { readHolderJwk } from './sound-key.ts';
