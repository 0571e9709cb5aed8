import type { ClaimRequest, Format } from '../provider/types.ts';
import type { RefusalReason } from '../credentials/verifying/index.ts';
import { mayBeBbs } from './format.ts';
import { readQuestion } from './question.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';
import { verifyHeld } from './verify-held.ts';

export interface VerifyOptions {
  /** The nonce this proof was asked for with: base64url, at least 16 bytes, never accepted twice by you. */
  readonly nonce: string;
  readonly issuers: readonly TrustedIssuer[];
  /** Accepted credential types (`vct`). Required unless every issuer entry names types. */
  readonly types?: readonly string[];
  /** Default: the clock. 30 s of skew; a key binding is accepted for 5 minutes. */
  readonly now?: Date;
  /**
   * How to ask whether a credential was revoked: the function that fetches its status list; or `skip` to accept it
   * unasked. Without it a credential that could have been revoked throws.
   */
  readonly status?: 'skip' | StatusFetch;
  /** Accept proofs without a holder key (`bbs`, `bbs+`): whoever has a copy of such a credential can show it. */
  readonly bearer?: boolean;
}

/**
 * Gives the status list token at a URI: the compact JWT that the issuer's server answers with, as text. Called at most
 * once for a proof, and only when that is otherwise valid. `uri` is https (or http on this machine) and comes from a
 * credential that an issuer of yours signed. A list is the same for everybody: keep it for as many seconds as its `ttl`
 * says, and the issuer learns less of who was here.
 * @example
 * const kept = new Map<string, { readonly list: string; readonly until: number }>();
 * const status: StatusFetch = async (uri) => {
 *   const known = kept.get(uri);
 *   if (known !== undefined && known.until > Date.now()) return known.list;
 *   const answer = await fetch(uri, { headers: { Accept: 'application/statuslist+jwt' }, redirect: 'error' });
 *   if (!answer.ok) throw new Error(`${uri} answered ${answer.status}`);
 *   const list = await answer.text();
 *   kept.set(uri, { list, until: Date.now() + 300_000 });
 *   return list;
 * };
 */
export type StatusFetch = (uri: string) => Promise<string>;

export type VerifyResult =
  | {
      readonly valid: true;
      /** What was asked, by the name it was asked by. */
      readonly claims: Readonly<Record<string, unknown>>;
      readonly issuer: string;
      readonly format: Format;
      /**
       * base64url SHA-256 thumbprint of the holder's key (RFC 7638). A wallet uses one key per visit where it can.
       * `none` for `bbs` and `bbs+`: nobody is shown to hold the credential.
       */
      readonly holder: string;
      /** When the credential expires, where it does. */
      readonly expires: Date | undefined;
      /** Names of what was disclosed or proven, sorted. */
      readonly scope: readonly string[];
    }
  | {
      readonly valid: false;
      readonly reason: RefusalReason;
      /** One sentence for developers; holds no claim's value. */
      readonly detail: string;
    };

/**
 * Verifies what `window.signet.requestProof` gave a page. `valid` is true only with the right signature of a trusted
 * issuer, the right type and claims, in time, unrevoked where `status` asks, bound to this audience and nonce by the
 * holder's key, and with nothing disclosed beyond what was asked. Fetches nothing by itself. Whether a nonce was used
 * before is yours to remember.
 * @param proof `proof` of the response, as it came
 * @param claim what was asked: a claim's name, or the `claims` of the request
 * @param audience your origin; a bare host means its https origin
 * @throws SignetError bad_request on a mistake of the caller (nonce, issuers, types, audience, claim), and where a
 *   credential that is otherwise valid could have been revoked and `status` does not say what to do; status_unknown
 *   where it says to ask and there is no answer to believe (no list, or one that its issuer did not sign, that is out
 *   of time or that the credential has no place in): try again later, it is not the visitor's doing; unsupported for
 *   claims this version cannot check. Never because of a bad proof
 * @example
 * const asked = { proof: 'not a proof', nonce: 'MDEyMzQ1Njc4OWFiY2RlZg' };
 * const issuer = {
 *   issuer: 'https://issuer.example',
 *   types: ['https://issuer.example/age'],
 *   jwks: { keys: [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }] },
 * };
 * const result = await verify(asked.proof, 'age_over_21', 'shop.example', { nonce: asked.nonce, issuers: [issuer] });
 * result.valid; // false
 * result.valid || result.reason; // 'malformed'
 */
export async function verify(
  proof: string,
  claim: string | readonly ClaimRequest[],
  audience: string,
  options: VerifyOptions,
): Promise<VerifyResult> {
  const question = readQuestion(claim, audience, options);
  if (question.bearer && typeof proof === 'string' && mayBeBbs(proof)) {
    return (await import('./verify-bbs.ts')).verifyBbs(proof, question);
  }
  return verifyHeld(proof, question);
}
