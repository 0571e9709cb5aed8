export type * from './types.ts';
export { readCapabilitySpec, readCredentialOffer, readProofRequest } from './request-schema.ts';
