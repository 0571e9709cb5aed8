export type { DidDocument, DidRelationship, VerificationMethod } from './did-document.ts';
export { didKeysNamed, readDidDocument } from './did-document.ts';
export type { FetchDocument, ResolveDidOptions } from './resolve-did.ts';
export { didHost, isDid, resolveDid } from './resolve-did.ts';
