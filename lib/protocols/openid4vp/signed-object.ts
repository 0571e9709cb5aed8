import type { Json } from '../../core/index.ts';
import { assertField, SignetError } from '../../core/index.ts';
import type { Jws } from '../../credentials/verifying/index.ts';
import { parseJws } from '../../credentials/verifying/index.ts';
import { SIGNATURE_ALGORITHMS } from '../jose/index.ts';
import { REQUEST_LIMITS } from './bounds.ts';
import { parseClientId } from './client-id.ts';
import { readText } from './request-params.ts';
import type { VerifierInfo } from './verifier-info.ts';

/** `typ` of every request object (RFC 9101 §10.8, OpenID4VP 1.0 §5). */
const REQUEST_OBJECT_TYPE = 'oauth-authz-req+jwt';

/** One signature over a request, not verified. */
export interface SignedBy {
  /** The request under this signature, in compact form. */
  readonly jws: string;
  /** The full client id. */
  readonly clientId: string;
  /** What others attest of this client. */
  readonly verifierInfo: readonly VerifierInfo[];
}

/**
 * Parses a request object: typed as one, without critical extensions. No signature is verified.
 * @throws SignetError bad_request, naming `request`
 */
export function parseRequestObject(encoded: string): Jws {
  const jws = parseJws(encoded, 'request', REQUEST_LIMITS.maxLength);
  assertField(
    jws.header['typ'] === REQUEST_OBJECT_TYPE,
    'request.typ',
    `request is not typed as ${REQUEST_OBJECT_TYPE}.`,
  );
  return jws;
}

/** @throws SignetError unsupported for `none`, MACs and algorithms that Signet does not verify */
export function assertSignatureAlgorithm({ header }: Jws): void {
  if (SIGNATURE_ALGORITHMS.some((known) => known === header['alg'])) return;
  throw new SignetError('unsupported', 'The request is signed in a way that Signet does not verify.', {
    field: 'request.alg',
  });
}

/**
 * The full client id of somebody who signs.
 * @throws SignetError bad_request or unsupported, naming `client_id`
 */
export function readSigningClientId(value: Json | undefined): string {
  const clientId = readText(value, 'client_id', 2048);
  // There is no key to verify with: whoever signs as such signs as nobody (§5.9.3).
  assertField(parseClientId(clientId).prefix !== 'redirect_uri', 'client_id', 'A client of this kind cannot sign.');
  return clientId;
}

/** RFC 9101 §4: an object that is the request holds no other. */
export const NESTED_REQUESTS = ['request', 'request_uri', 'request_uri_method'] as const;
