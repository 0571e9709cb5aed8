import type { Bytes, Json, JsonObject } from '../../../core/index.ts';
import {
  SignetError,
  assertField,
  canonicalJson,
  canonicalJsonBytes,
  fromBase64url,
  fromUtf8,
  isJsonObject,
  parseJson,
  toBase64url,
} from '../../../core/index.ts';
import type { BbsHeader } from './bbs-header.ts';
import { assertMembers, readBbsHeader } from './bbs-header.ts';
import type { BbsSuiteName } from './suite.ts';

/** A derived proof with what it shows. */
export interface BbsPresentation {
  readonly suite: BbsSuiteName;
  readonly header: BbsHeader;
  /** The claims shown, by name. */
  readonly disclosed: JsonObject;
  readonly proof: Bytes;
}

/** The longest presentation, in characters, and the deepest JSON of a credential or presentation. */
export const MAX_BBS_TEXT = 192 * 1024;
export const MAX_BBS_DEPTH = 12;

/** A presentation as it travels: base64url of canonical JSON. */
export function writeBbsPresentation({ suite, header, disclosed, proof }: BbsPresentation): string {
  return toBase64url(canonicalJsonBytes({ v: 1, suite, header, disclosed, proof: toBase64url(proof) }));
}

/**
 * Reads a presentation from a stranger. It has one spelling: other orders, repeated members or loose bits are refused.
 * @throws SignetError unsupported for a version or suite that this code does not know; bad_request for all else
 */
export function readBbsPresentation(text: string): BbsPresentation {
  assertField(text.length <= MAX_BBS_TEXT, 'proof', 'The presentation is too long.');
  const written = fromUtf8OrRefuse(fromBase64url(text));
  const json = parseJson(written, 'proof', { maxLength: MAX_BBS_TEXT, maxDepth: MAX_BBS_DEPTH });
  assertVersion(json, 'proof');
  assertMembers(json, ['disclosed', 'header', 'proof', 'suite', 'v'], 'proof');
  assertField(canonicalJson(json) === written, 'proof', 'The presentation is not canonical JSON.');
  const { disclosed, proof } = json;
  const header = readBbsHeader(json['header']);
  assertField(isJsonObject(disclosed), 'disclosed', 'What is disclosed is not an object.');
  const isKnown = Object.keys(disclosed).every((name) => header.schema.includes(name));
  assertField(isKnown, 'disclosed', 'A claim is disclosed that the schema does not name.');
  assertField(typeof proof === 'string', 'proof', 'The proof is not text.');
  return { suite: readSuite(json['suite']), header, disclosed, proof: fromBase64url(proof) };
}

/** @throws SignetError unsupported for a version or suite that this code does not know, where JSON says that it is one */
export function assertVersion(json: Json, field: string): void {
  if (!isJsonObject(json)) return;
  const { v, suite } = json;
  if ((v === undefined || v === 1) && (suite === undefined || typeof suite !== 'string' || isSuite(suite))) return;
  throw new SignetError('unsupported', 'This version or suite of BBS is not known.', { field });
}

/** @throws SignetError bad_request, naming `suite` */
export function readSuite(suite: unknown): BbsSuiteName {
  assertField(isSuite(suite), 'suite', 'The suite is neither bbs nor bbs+.');
  return suite;
}

const isSuite = (suite: unknown): suite is BbsSuiteName => suite === 'bbs' || suite === 'bbs+';

function fromUtf8OrRefuse(bytes: Uint8Array): string {
  try {
    return fromUtf8(bytes);
  } catch (cause) {
    throw new SignetError('bad_request', 'The presentation is not UTF-8.', { field: 'proof', cause });
  }
}
