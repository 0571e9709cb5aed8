import type { CheckSignature, ClaimTerm } from '../credentials/verifying/index.ts';
import { claimTermOf } from '../credentials/verifying/index.ts';
import { SignetError, fromBase64url, isJsonObject } from '../core/index.ts';
import type { ClaimRequest } from '../provider/types.ts';
import { mistake, readAudience, readNow } from './caller.ts';
import type { Believed } from './issuer-word.ts';
import { assertStatus } from './issuer-word.ts';
import type { PreparedIssuer } from './trusted-issuer.ts';
import { prepareIssuers } from './trusted-issuer.ts';
import type { VerifyOptions } from './verifying.ts';

/** What a proof has to answer, and to whom. */
export interface Question extends Believed {
  readonly terms: readonly ClaimTerm[];
  readonly origin: string;
  readonly nonce: string;
  readonly bearer: boolean;
  /** Default: by WebCrypto. */
  readonly checkSignature?: CheckSignature;
}

/** The caller's side of a verification, checked before a stranger's proof is looked at. @throws SignetError bad_request */
export function readQuestion(claim: unknown, audience: unknown, options: unknown): Question {
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

/** @throws SignetError bad_request, or unsupported for claims that cannot be checked */
export function readTerms(claim: unknown): readonly ClaimTerm[] {
  const requests = typeof claim === 'string' ? [claim] : claim;
  if (!Array.isArray(requests) || requests.length === 0) throw mistake('claim', 'claim must say what was asked.');
  return requests.map((request) => {
    const isNamed = isJsonObject(request) && typeof request['name'] === 'string';
    if (typeof request !== 'string' && !isNamed) throw mistake('claim', 'A claim is a name or an object with one.');
    return claimTermOf(request as ClaimRequest); // claimTermOf checks the rest
  });
}

/** @throws SignetError bad_request unless it is base64url of 16 bytes and more */
export function readNonce(nonce: unknown): string {
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
