/** Error codes of an authorization error response (§8.5, RFC 6749 §4.1.2.1). */
export type AuthorizationError =
  | 'access_denied'
  | 'invalid_request'
  | 'invalid_scope'
  | 'invalid_request_uri_method'
  | 'invalid_transaction_data'
  | 'vp_formats_not_supported'
  | 'wallet_unavailable';
