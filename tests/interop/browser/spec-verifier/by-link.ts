import type { LinkQuestion, LinkTerms, Members, Stand } from '../foreign-verifier.ts';
import { REQUEST_PATH, RESPONSE_PATH, freshNonce, lied, must } from '../foreign-verifier.ts';
import type { Client } from './client.ts';
import { clientFor } from './client.ts';
import { createAnswerKey } from './jose.ts';
import { parametersOf, requestObject } from './request.ts';
import { opener, readToken } from './response.ts';

/** OpenID4VP 1.0 §5 with the response modes of §8.2 and §8.3.1. */
export async function askByLink(stand: Stand, terms: LinkTerms): Promise<LinkQuestion> {
  const { identity = 'nobody', verifierInfo } = terms;
  must(identity !== 'both', 'a link leads to one client');
  const key = await createAnswerKey();
  const state = freshNonce();
  const response_uri = stand.origin + RESPONSE_PATH;
  const parameters = parametersOf(stand, terms, 'direct_post', key);
  const said: Members = {
    ...{ ...parameters, response_uri, state },
    ...(verifierInfo !== undefined && { verifier_info: verifierInfo }),
  };
  const client = identity === 'nobody' ? undefined : await clientFor(identity, stand, terms);
  const audience = client?.id ?? `redirect_uri:${response_uri}`;
  const session = { stand, terms, parameters, audience };
  return {
    link:
      client === undefined
        ? byValue(lied({ ...said, client_id: audience }, terms.payload))
        : byReference(client, stand, terms),
    requestObject: (form) => fetched(said, form, client, stand, terms),
    async verify(form) {
      const { state: returned, ...answer } = await opener(terms, key)(formOf(form));
      must(returned === state, 'another state');
      return readToken(session, answer);
    },
  };
}

/** §5.1: whatever is no text is JSON. */
const byValue = (parameters: Members): string =>
  linkOf(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );

const byReference = ({ id }: Client, { origin }: Stand, { method }: LinkTerms): string =>
  linkOf([
    ['client_id', id],
    ['request_uri', origin + REQUEST_PATH],
    ...(method === undefined ? [] : ([['request_uri_method', method]] as const)),
  ]);

const linkOf = (parameters: readonly (readonly [string, string])[]): string =>
  `openid4vp://?${parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;

/** §5.10: the wallet's nonce goes back to it, in what is signed. */
async function fetched(said: Members, form: string, client: Client | undefined, stand: Stand, terms: LinkTerms) {
  must(client !== undefined, 'the link says it all');
  const walletNonce = new URLSearchParams(form).get('wallet_nonce');
  must(terms.method !== 'post' || walletNonce !== null, 'no wallet_nonce');
  const now = Math.floor(Date.now() / 1000);
  const claims = { aud: 'https://self-issued.me/v2', iat: now, exp: now + 300 };
  const echoed = walletNonce === null ? {} : { wallet_nonce: terms.walletNonce ?? walletNonce };
  return requestObject({ ...said, ...claims, ...echoed }, client, stand, terms);
}

/** §8.2: a form, in which `vp_token` is JSON. */
function formOf(form: string): Members {
  const { vp_token: token, ...rest } = Object.fromEntries(new URLSearchParams(form));
  return token === undefined ? rest : { ...rest, vp_token: JSON.parse(token) as unknown };
}
