import type { ClaimRequest } from '../provider/types.ts';
import { mayBeBbs } from './format.ts';
import { readQuestion } from './question.ts';
import { verifyHeld } from './verify-held.ts';
import type { VerifyOptions, VerifyResult } from './verifying.ts';

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
