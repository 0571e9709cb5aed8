import type { Json, JsonObject, Origin } from '../../../core/index.ts';
import { SignetError } from '../../../core/index.ts';
import { valueAt } from '../../verifying/claim-path.ts';
import type { ClaimTerm } from '../../verifying/claim-request.ts';
import { answersTo } from '../../verifying/claim-request.ts';
import { CLOCK_SKEW } from '../../verifying/sd-jwt-vc.ts';
import type { Refusal, RefusalReason } from '../../verifying/verify-presentation.ts';
import type { BbsHeader } from './bbs-header.ts';
import { headerBytes, messageOf } from './bbs-header.ts';
import type { BbsPublicJwk } from './bbs-jwk.ts';
import { publicKeyOf, suiteOf } from './bbs-jwk.ts';
import type { BbsPresentation } from './bbs-presentation.ts';
import { readBbsPresentation } from './bbs-presentation.ts';
import { bbsRequestHash, bindingBytes } from './binding.ts';
import { loadSuite } from './load-suite.ts';
import type { BbsSuiteName } from './suite.ts';

/** An issuer that BBS credentials are accepted from. */
export interface TrustedBbsIssuer {
  readonly issuer: string;
  /** Its keys; those of a suite that is not accepted are left out. */
  readonly keys: readonly BbsPublicJwk[];
  /** Types it is trusted for. */
  readonly types: readonly string[];
}

export interface BbsExpectations {
  /** The origin that asked. */
  readonly origin: Origin;
  /** The nonce it asked with. */
  readonly nonce: string;
  /** What was asked: all of it must be shown, and nothing else. */
  readonly terms: readonly ClaimTerm[];
  /** The types that the request itself named; empty where it named none. They are part of what the proof is bound to. */
  readonly requestedTypes: readonly string[];
  readonly trusted: readonly TrustedBbsIssuer[];
  /** Seconds since the epoch. */
  readonly now: number;
}

/** Nobody is shown to hold the credential: who has a copy of it can make such proofs (design §7, `bearer`). */
export interface VerifiedBbsPresentation {
  readonly valid: true;
  readonly suite: BbsSuiteName;
  readonly header: BbsHeader;
  /** The claims shown, by name. */
  readonly disclosed: JsonObject;
  /** What was asked, by the name it was asked by. */
  readonly answers: JsonObject;
}

const refuse = (reason: RefusalReason, detail: string): Refusal => ({ valid: false, reason, detail });

/**
 * Verifies a presentation of a BBS credential: form, issuer, type, time, that exactly what was asked is shown, and the
 * proof itself, which comes last because it costs most. Loads the library of the presentation's suite and no other.
 *
 * A proof that fails says no more than that: another key, an altered claim, another origin, nonce or request all look
 * alike, and all are `bad_signature`. There is no `wrong_nonce` and no `wrong_audience` here.
 * @param text from a stranger
 */
export async function verifyBbsPresentation(
  text: string,
  expected: BbsExpectations,
): Promise<VerifiedBbsPresentation | Refusal> {
  const presentation = read(text);
  if ('reason' in presentation) return presentation;
  const { suite, header, disclosed } = presentation;
  const entries = expected.trusted.filter(({ issuer }) => issuer === header.issuer);
  const refusal =
    refuseIssuer(suite, header, entries) ?? refuseTime(header, expected.now) ?? refuseClaims(disclosed, expected.terms);
  if (refusal !== undefined) return refusal;
  const keys = entries.filter(({ types }) => types.includes(header.type)).flatMap((entry) => keysFor(suite, entry));
  if (!(await isProvenBy(presentation, keys, expected))) {
    return refuse(
      'bad_signature',
      'The proof does not hold: it was altered, is not of this issuer, or was made for another origin, nonce or request.',
    );
  }
  return { valid: true, suite, header, disclosed, answers: answersIn(disclosed, expected.terms) };
}

function read(text: string): BbsPresentation | Refusal {
  try {
    return readBbsPresentation(text);
  } catch (error) {
    const { message, reason } = SignetError.from(error);
    return refuse(reason === 'unsupported' ? 'unsupported_format' : 'malformed', message);
  }
}

const keysFor = (suite: BbsSuiteName, { keys }: TrustedBbsIssuer): readonly BbsPublicJwk[] =>
  keys.filter((key) => suiteOf(key) === suite);

function refuseIssuer(
  suite: BbsSuiteName,
  { type }: BbsHeader,
  entries: readonly TrustedBbsIssuer[],
): Refusal | undefined {
  const withKeys = entries.filter((entry) => keysFor(suite, entry).length > 0);
  if (withKeys.length === 0) {
    return refuse('untrusted_issuer', 'Nobody you trust with a key of this suite issued this credential.');
  }
  if (withKeys.some(({ types }) => types.includes(type))) return undefined;
  return refuse('wrong_type', 'The credential is of another type.');
}

const refuseTime = ({ expires }: BbsHeader, now: number): Refusal | undefined =>
  expires <= now - CLOCK_SKEW ? refuse('expired', 'The credential has expired.') : undefined;

/**
 * A claim is one message: it is shown whole or not at all. So what lies within a claim cannot be asked for without the
 * rest of it being too much.
 */
function refuseClaims(disclosed: JsonObject, terms: readonly ClaimTerm[]): Refusal | undefined {
  const missing = terms.find((term) => answersTo(disclosed, term).length === 0);
  if (missing !== undefined) return refuse('wrong_claim', `The presentation does not answer ${missing.name}.`);
  const asked = terms.flatMap((term) => answersTo(disclosed, term)).filter(({ length }) => length === 1);
  const isAsked = (name: string): boolean => asked.some(([claim]) => claim === name);
  if (Object.keys(disclosed).every(isAsked)) return undefined;
  return refuse('over_disclosed', 'The presentation discloses more than was asked.');
}

const answersIn = (disclosed: JsonObject, terms: readonly ClaimTerm[]): JsonObject =>
  Object.fromEntries(
    terms.map((term): [string, Json] => {
      const [place = []] = answersTo(disclosed, term);
      return [term.name, valueAt(disclosed, place) ?? null];
    }),
  );

async function isProvenBy(
  { suite: name, header, disclosed, proof }: BbsPresentation,
  keys: readonly BbsPublicJwk[],
  { origin, nonce, terms, requestedTypes }: BbsExpectations,
): Promise<boolean> {
  const suite = await loadSuite(name);
  const requestHash = bbsRequestHash(
    terms.map((term) => term.name),
    requestedTypes,
  );
  const shown = header.schema.flatMap((claim, index) => {
    const value = valueAt(disclosed, [claim]);
    return value === undefined ? [] : [{ index, message: messageOf(claim, value) }];
  });
  for (const key of keys) {
    const isProven = await suite.verifyProof({
      publicKey: publicKeyOf(key),
      header: headerBytes(header),
      count: header.schema.length,
      disclosed: shown,
      nonce: bindingBytes({ origin, nonce, requestHash }),
      proof,
    });
    if (isProven) return true;
  }
  return false;
}
