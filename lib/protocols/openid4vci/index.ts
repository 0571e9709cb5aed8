export type { AuthorizationServer, GrantType } from './authorization-server.ts';
export {
  authorizationServerMetadataUrl,
  authorizationServersFor,
  chooseGrant,
  readAuthorizationServer,
} from './authorization-server.ts';
export type { ClientNames } from './authorization.ts';
export { beginAuthorization, finishAuthorization } from './authorization.ts';
export type { OfferedClaim } from './claims.ts';
export type { CredentialConfiguration, CredentialFormat } from './configuration.ts';
export { notify, pollDeferred, readNonce, refreshInstances, requestCredentials } from './credential-request.ts';
export type { CredentialResponse } from './credential-response.ts';
export { readCredentialResponse } from './credential-response.ts';
export type { Discovery, DiscoveryOptions, OfferedCredential } from './discover.ts';
export { discover, hostsOf } from './discover.ts';
export type { Appearance } from './display.ts';
export type { IssuerEncryption } from './encryption.ts';
export { readIdentifier } from './issuer-identifier.ts';
export type { IssuerMetadata } from './metadata.ts';
export { MAX_COPIES, chooseConfiguration, credentialIssuerMetadataUrl, readIssuerMetadata } from './metadata.ts';
export * from './offer.ts';
export { readOpenings } from './openings.ts';
export * from './proof.ts';
export type * from './session.ts';
export { openSignedMetadata } from './signed-metadata.ts';
export { readToken, sharedWith, startIssuance } from './token.ts';
