import { randomBytes } from 'node:crypto';
import type { LinkQuestion, LinkTerms, Stand } from '../foreign-verifier.ts';
import { REQUEST_PATH, RESPONSE_PATH, lied, must } from '../foreign-verifier.ts';
import type { Client } from './client.ts';
import { clientFor } from './client.ts';
import type { Asking } from './library.ts';
import { created, startAsking } from './library.ts';
import { readAnswer } from './reading.ts';

/** OpenID4VP 1.0 §5 with `direct_post` and `direct_post.jwt` (§8.2, §8.3.1). */
export async function askByLink(stand: Stand, terms: LinkTerms): Promise<LinkQuestion> {
  const { identity = 'nobody' } = terms;
  must(identity !== 'both', 'a link leads to one client');
  const response_uri = stand.origin + RESPONSE_PATH;
  const client = identity === 'nobody' ? undefined : await clientFor(identity, stand, terms);
  const client_id = client?.id ?? `redirect_uri:${response_uri}`;
  const state = randomBytes(16).toString('base64url');
  const asking = await startAsking(stand, terms, { mode: 'direct_post', client_id, response_uri, state }, client);
  return {
    link: client === undefined ? await wholeLink(asking) : linkOf(stand, terms, client),
    requestObject: (form) => requestObject(asking, terms, form, client),
    verify: (form) => readAnswer(asking, Object.fromEntries(new URLSearchParams(form)), client_id),
  };
}

function linkOf({ origin }: Stand, { method }: LinkTerms, { id }: Client): string {
  const query = new URLSearchParams({ client_id: id, request_uri: origin + REQUEST_PATH });
  if (method !== undefined) query.set('request_uri_method', method);
  return `openid4vp://?${query.toString()}`;
}

/** A request without a signature lies in its link: parameters that are no text as JSON (§5.1). */
async function wholeLink(asking: Asking): Promise<string> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(lied(await created(asking), asking.terms.payload))) {
    query.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return `openid4vp://?${query.toString()}`;
}

async function requestObject(asking: Asking, terms: LinkTerms, form: string, client?: Client): Promise<string> {
  must(client !== undefined, 'the link says it all');
  const walletNonce = new URLSearchParams(form).get('wallet_nonce') ?? undefined;
  must(terms.method !== 'post' || walletNonce !== undefined, 'no wallet_nonce');
  const more = walletNonce === undefined ? {} : { wallet_nonce: terms.walletNonce ?? walletNonce };
  const { request } = await created(asking, more, client);
  must(typeof request === 'string', 'the library signed nothing');
  return request;
}
