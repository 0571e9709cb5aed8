import type { SignetError } from '../../core/index.ts';

/** Error codes of an authorization error response (OpenID4VP 1.0 §8.5, RFC 6749 §4.1.2.1). */
export type AuthorizationError =
  | 'access_denied'
  | 'invalid_request'
  | 'invalid_scope'
  | 'invalid_request_uri_method'
  | 'invalid_transaction_data'
  | 'vp_formats_not_supported'
  | 'wallet_unavailable';

/** Where the field at fault has a code of its own. */
const BY_FIELD: readonly (readonly [start: string, code: AuthorizationError])[] = [
  ['transaction_data', 'invalid_transaction_data'],
  ['client_metadata.vp_formats_supported', 'vp_formats_not_supported'],
  ['request_uri_method', 'invalid_request_uri_method'],
  ['scope', 'invalid_scope'],
];

/**
 * What a verifier is told of an error: what is wrong with its request, where that is what is wrong. Everything else is
 * `access_denied`, so that nothing is told of the person or the vault.
 */
export function authorizationErrorOf({ reason, field = '' }: SignetError): AuthorizationError {
  if (reason !== 'bad_request' && reason !== 'unsupported') return 'access_denied';
  return BY_FIELD.find(([start]) => field.startsWith(start))?.[1] ?? 'invalid_request';
}
