import type { Bytes, Json, JsonObject } from '../../core/index.ts';
import { SignetError, assertField, canonicalJson, fromBase64url, parseJson, toBase64url } from '../../core/index.ts';
import type { BbsHeader } from './verifying/bbs-header.ts';
import { assertMembers, messageOf, readBbsHeader } from './verifying/bbs-header.ts';
import { MAX_BBS_DEPTH, assertVersion, readSuite } from './verifying/bbs-presentation.ts';
import type { BbsSuiteName } from './verifying/suite.ts';

/** A BBS credential. Who has a copy of it can show it: no key of the holder's is in it. */
export interface BbsCredential {
  readonly suite: BbsSuiteName;
  readonly header: BbsHeader;
  /** The values of exactly the claims that the header's schema names. */
  readonly claims: JsonObject;
  readonly signature: Bytes;
}

/** The longest credential in characters, so that what is shown of it fits into a presentation. */
export const MAX_BBS_CREDENTIAL_LENGTH = 32 * 1024;

/** A credential as it is delivered and stored: canonical JSON. */
export function writeBbsCredential({ suite, header, claims, signature }: BbsCredential): string {
  return canonicalJson({ v: 1, suite, header, claims, signature: toBase64url(signature) });
}

/**
 * Reads a credential from outside: just its members, each within its limits. Says nothing about its signature.
 * @param text JSON, at most 32 Ki characters, at most 12 deep
 * @throws SignetError unsupported for a version or suite that this code does not know; bad_request, naming the member,
 *   for all else
 */
export function readBbsCredential(text: string): BbsCredential {
  const json = parseJson(text, 'credential', { maxLength: MAX_BBS_CREDENTIAL_LENGTH, maxDepth: MAX_BBS_DEPTH });
  assertVersion(json, 'credential');
  assertMembers(json, ['claims', 'header', 'signature', 'suite', 'v'], 'credential');
  const { claims, signature } = json;
  const header = readBbsHeader(json['header']);
  assertMembers(claims, header.schema, 'claims');
  assertField(typeof signature === 'string', 'signature', 'The signature is not text.');
  const credential = { suite: readSuite(json['suite']), header, claims, signature: fromBase64url(signature) };
  messagesOf(credential); // what has no canonical JSON cannot have been signed
  return credential;
}

/** The value of a claim of the schema. @throws SignetError bad_request, naming `claims`, where there is none */
export function claimOf(claims: JsonObject, name: string): Json {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (value === undefined)
    throw new SignetError('bad_request', 'A claim of the schema is missing.', { field: 'claims' });
  return value;
}

/** The messages that a credential's signature is over, beside the header: one for each claim, in the schema's order. */
export const messagesOf = ({ header, claims }: Pick<BbsCredential, 'header' | 'claims'>): readonly Bytes[] =>
  header.schema.map((name) => messageOf(name, claimOf(claims, name)));
