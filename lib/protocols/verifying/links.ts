import type { JsonObject } from '../../core/index.ts';

/** What a link says of a request that is fetched (OpenID4VP 1.0 §5, §5.10). */
export interface FetchedRequest {
  readonly clientId: string;
  readonly requestUri: string;
}

/**
 * A link to a request that the wallet fetches by POST, with a nonce of its own, or by GET.
 * @param wallet where wallets are reached, such as `openid4vp://`
 */
export const linkToFetch = (wallet: string, { clientId, requestUri }: FetchedRequest): string =>
  withQuery(wallet, { client_id: clientId, request_uri: requestUri, request_uri_method: 'post' });

/** A link that holds a signed request. */
export const linkWithRequest = (wallet: string, clientId: string, request: string): string =>
  withQuery(wallet, { client_id: clientId, request });

/** A link that holds the parameters of an unsigned request, objects among them as JSON (OpenID4VP 1.0 §5.1). */
export const linkWithParams = (wallet: string, params: JsonObject): string =>
  withQuery(
    wallet,
    Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    ),
  );

function withQuery(wallet: string, params: Readonly<Record<string, string>>): string {
  return `${wallet}${wallet.includes('?') ? '&' : '?'}${new URLSearchParams(params).toString()}`;
}
