import * as v from 'valibot';
import type { FetchJson, Json, JsonObject } from '../../core/index.ts';
import { bodyOf, isLoopback, isTrustworthyUrl, originOf, SignetError } from '../../core/index.ts';
import { encryptJson } from '../jose/index.ts';
import type { AuthorizationError } from './error-code.ts';
import type { Reply, RequestParams } from './request-params.ts';

/** What the pipeline made for a request: by DCQL credential id, its presentations. */
export type VpToken = Readonly<Record<string, readonly string[]>>;

/**
 * The `data` member of the DC API's answer (OpenID4VP 1.0 §A.4): `{ vp_token }`, or `{ response }` with it encrypted
 * (§8.3).
 * @throws SignetError internal for a request whose answer goes another way
 */
export async function writeDcApiAnswer({ reply }: Pick<RequestParams, 'reply'>, vpToken: VpToken): Promise<JsonObject> {
  switch (reply.mode) {
    case 'dc_api':
      return { vp_token: vpToken };
    case 'dc_api.jwt':
      return { response: await encryptJson({ vp_token: vpToken }, reply.encryption) };
    case 'direct_post':
    case 'direct_post.jwt':
      throw elsewhere();
  }
}

/** What is posted to a verifier whose request came by a link. */
export type LinkAnswer =
  | { readonly vpToken: VpToken }
  | {
      readonly error: AuthorizationError;
      /** For the verifier's developers, in ASCII; says nothing of the person. */
      readonly description?: string;
    };

/**
 * Posts an answer to the verifier's response URI (§8.2, §8.3.1), with the request's `state`.
 * @returns where the verifier wants the person to go on, if anywhere: an https address, or one of this machine where
 *   the response URI is of this machine
 * @throws SignetError issuer_refused or network when the verifier did not take it
 */
export async function postAnswer(
  { reply }: Pick<RequestParams, 'reply'>,
  answer: LinkAnswer,
  { fetchJson }: { readonly fetchJson: FetchJson },
): Promise<{ readonly redirectUri?: string }> {
  if (reply.mode === 'dc_api' || reply.mode === 'dc_api.jwt') throw elsewhere();
  const { responseUri: url } = reply;
  const body = bodyOf(await fetchJson({ url, form: await formOf(answer, reply) }), url);
  const redirectUri = redirectUriIn(body, url);
  return redirectUri === undefined ? {} : { redirectUri };
}

const elsewhere = (): SignetError => new SignetError('internal', 'This request is not answered this way.');

type PostedReply = Extract<Reply, { readonly responseUri: string }>;

async function formOf(answer: LinkAnswer, reply: PostedReply): Promise<Readonly<Record<string, string>>> {
  const { state } = reply;
  const parameters = { ...parametersOf(answer), ...(state !== undefined && { state }) };
  if (reply.mode === 'direct_post.jwt') return { response: await encryptJson(parameters, reply.encryption) };
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, asText(value)]));
}

function parametersOf(answer: LinkAnswer): JsonObject {
  if ('vpToken' in answer) return { vp_token: answer.vpToken };
  const { error, description } = answer;
  return { error, ...(description !== undefined && { error_description: description }) };
}

const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

const Answer = v.object({ redirect_uri: v.pipe(v.string(), v.maxLength(4096)) });

/** Anything but a web address is let be: no link of a verifier's opens another program. */
function redirectUriIn(body: Json, responseUri: string): string | undefined {
  const answer = v.safeParse(Answer, body);
  const url = answer.success ? URL.parse(answer.output.redirect_uri) : null;
  if (url === null || !isTrustworthyUrl(url) || url.username !== '' || url.password !== '') return undefined;
  // To this machine only from this machine: the only http address that is trustworthy.
  const isOnward = url.protocol === 'https:' || isLoopback(originOf(new URL(responseUri)));
  return isOnward ? url.href : undefined;
}
