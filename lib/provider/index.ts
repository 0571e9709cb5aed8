export type * from './types.ts';
export { readCapabilitySpec, readCredentialOffer, readProofRequest } from './request-schema.ts';
export type { DcqlReading } from './dcql-schema.ts';
export { DCQL_LIMITS, readDcqlQuery } from './dcql-schema.ts';
