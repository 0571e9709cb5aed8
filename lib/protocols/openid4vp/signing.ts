import { SignetError } from '../../core/index.ts';
import type { Jws } from '../../credentials/verifying/index.ts';

/** A request under one signature, and whom it says it is from. */
export interface Signing {
  readonly jws: Jws;
  /** The full client id. */
  readonly clientId: string;
  /** What stands behind its prefix. */
  readonly original: string;
  /** Where the answer is to go; undefined over the DC API. */
  readonly responseUri: string | undefined;
}

/** A signature that does not hold. */
export const badSignature = (): SignetError =>
  new SignetError('bad_request', 'The request was not signed by whom it names.', { field: 'request.signature' });
