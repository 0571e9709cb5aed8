import type { FetchJson, JsonObject } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import type { RequestParams, VpToken } from './authorization-request.ts';
import type { AuthorizationError } from './error-code.ts';

/**
 * The `data` member of the DC API's answer (§A.4): `{ vp_token }`, or `{ response }` with it encrypted (§8.3).
 * @throws SignetError internal for a request whose answer goes another way
 */
export async function writeDcApiAnswer(_params: RequestParams, _vpToken: VpToken): Promise<JsonObject> {
  return Promise.reject(new SignetError('unsupported', 'Not yet.'));
}

/** What is posted to a verifier whose request came by a link. */
export type LinkAnswer =
  { readonly vpToken: VpToken } | { readonly error: AuthorizationError; readonly description?: string };

/**
 * Posts an answer to the verifier's response URI (§8.2, §8.3.1), with the request's `state`.
 * @returns where the verifier wants the person to go on, if anywhere: an https address (http on this machine alone)
 * @throws SignetError issuer_refused or network when the verifier did not take it
 */
export async function postAnswer(
  _params: RequestParams,
  _answer: LinkAnswer,
  _doors: { readonly fetchJson: FetchJson },
): Promise<{ readonly redirectUri?: string }> {
  return Promise.reject(new SignetError('unsupported', 'Not yet.'));
}
