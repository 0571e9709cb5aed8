import type { ClaimRequest, Format } from '../provider/types.ts';
import type { ClaimTerm, RefusalReason } from '../credentials/verifying/index.ts';
import { claimTermOf, verifyPresentation } from '../credentials/verifying/index.ts';
import { SignetError, fromBase64url, isJsonObject, toSeconds } from '../core/index.ts';
import { mistake, readAudience, readNow } from './caller.ts';
import { isOtherFormat, mayBeBbs } from './format.ts';
import type { Believed } from './issuer-word.ts';
import { assertStatus, refuseStatus, trustFor } from './issuer-word.ts';
import type { PreparedIssuer, TrustedIssuer } from './trusted-issuer.ts';
import { prepareIssuers } from './trusted-issuer.ts';

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
  if (typeof proof !== 'string') return refuse('malformed', 'The proof is not text.');
  if (mayBeBbs(proof)) {
    if (question.bearer) return (await import('./verify-bbs.ts')).verifyBbs(proof, question);
    return refuse('no_holder_proof', 'Whoever has a copy of this credential can show it: say `bearer` to accept that.');
  }
  if (isOtherFormat(proof)) return refuse('unsupported_format', 'The proof is of a format that is not supported.');
  const result = await verifyPresentation(proof, {
    audience: `origin:${question.origin}`,
    nonce: question.nonce,
    now: toSeconds(question.now),
    terms: question.terms,
    trust: (issuer, issuerJwt) => trustFor(question, issuer, issuerJwt),
    // Its code is loaded by whoever gets such a proof, and by nobody else.
    ranges: async (evidence) => (await import('./verify-ranges.ts')).verifyRanges(evidence, question),
  });
  if (!result.valid) return result;
  const revoked = await refuseStatus(question, result);
  if (revoked !== undefined) return revoked;
  const { facts, answers, holder = 'none' } = result;
  return {
    valid: true,
    claims: answers,
    issuer: facts.issuer,
    format: result.proves === 'ranges' ? 'bulletproof' : 'dc+sd-jwt',
    holder,
    expires: facts.expiresAt === undefined ? undefined : new Date(facts.expiresAt * 1000),
    scope: question.terms.map(({ name }) => name).sort(),
  };
}

const refuse = (reason: RefusalReason, detail: string): VerifyResult => ({ valid: false, reason, detail });

export interface Question extends Believed {
  readonly terms: readonly ClaimTerm[];
  readonly origin: string;
  readonly nonce: string;
  readonly bearer: boolean;
}

/** The caller's side of a verification, checked before a stranger's proof is looked at. */
function readQuestion(claim: unknown, audience: unknown, options: unknown): Question {
  if (!isJsonObject(options)) throw mistake('options', 'verify needs options with a nonce and issuers.');
  const { nonce, types, now, status, bearer = false } = options as { readonly [K in keyof VerifyOptions]?: unknown };
  const issuers = prepareIssuers(options['issuers']);
  assertTypes(types, issuers);
  assertStatus(status);
  if (typeof bearer !== 'boolean') throw mistake('bearer', 'bearer is true or false.');
  return {
    terms: readTerms(claim),
    origin: readAudience(audience),
    nonce: readNonce(nonce),
    issuers,
    types,
    now: readNow(now),
    status,
    bearer,
  };
}

function readTerms(claim: unknown): readonly ClaimTerm[] {
  const requests = typeof claim === 'string' ? [claim] : claim;
  if (!Array.isArray(requests) || requests.length === 0) throw mistake('claim', 'claim must say what was asked.');
  return requests.map((request) => {
    const isNamed = isJsonObject(request) && typeof request['name'] === 'string';
    if (typeof request !== 'string' && !isNamed) throw mistake('claim', 'A claim is a name or an object with one.');
    return claimTermOf(request as ClaimRequest); // claimTermOf checks the rest
  });
}

function readNonce(nonce: unknown): string {
  if (typeof nonce !== 'string') throw mistake('nonce', 'nonce is missing.');
  if (bytesIn(nonce) < 16) throw mistake('nonce', 'nonce must be base64url of at least 16 random bytes.');
  return nonce;
}

function bytesIn(text: string): number {
  try {
    return fromBase64url(text).length;
  } catch (cause) {
    throw new SignetError('bad_request', 'nonce must be base64url.', { field: 'nonce', cause });
  }
}

function assertTypes(
  types: unknown,
  issuers: readonly PreparedIssuer[],
): asserts types is readonly string[] | undefined {
  if (types === undefined && issuers.every((issuer) => issuer.types !== undefined)) return;
  const isList = Array.isArray(types) && types.length > 0 && types.every((type) => typeof type === 'string');
  if (!isList) throw mistake('types', 'types must name the credential types you accept.');
}
