/** DIDs are resolved where issuers' keys are found; verifiers' keys are found by the same code. */
export type {
  DidDocument,
  DidRelationship,
  FetchDocument,
  ResolveDidOptions,
  VerificationMethod,
} from '../../credentials/index.ts';
export { didHost, didKeysNamed, isDid, resolveDid } from '../../credentials/index.ts';
