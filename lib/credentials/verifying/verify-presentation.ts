import type { Json, JsonObject } from '../../core/index.ts';
import { SignetError, equalBytes, utf8 } from '../../core/index.ts';
import type { ConcretePath } from './claim-path.ts';
import { areNested, valueAt } from './claim-path.ts';
import type { ClaimTerm } from './claim-request.ts';
import { answersTo, commitmentFor } from './claim-request.ts';
import type { CheckSignature, Jws } from './jws.ts';
import { isSignedBy, isSupportedAlgorithm } from './jws.ts';
import type { PublicJwk } from './public-jwk.ts';
import { jwkThumbprint } from './public-jwk.ts';
import type { CredentialFacts } from './sd-jwt-vc.ts';
import { CLOCK_SKEW, SD_JWT_VC_TYPE, outOfTime, readCredentialFacts } from './sd-jwt-vc.ts';
import type { SdJwt } from './sd-jwt.ts';
import { parseSdJwt } from './sd-jwt.ts';

/** Why a proof is not valid, as one word (design §7). */
export type RefusalReason =
  | 'malformed'
  | 'unsupported_format'
  | 'bad_signature'
  | 'untrusted_issuer'
  | 'wrong_type'
  | 'wrong_claim'
  | 'not_yet_valid'
  | 'expired'
  | 'revoked'
  | 'wrong_audience'
  | 'wrong_nonce'
  | 'no_holder_proof'
  | 'over_disclosed';

export interface Refusal {
  readonly valid: false;
  readonly reason: RefusalReason;
  /** One sentence for the service's developers; holds no claim's value. */
  readonly detail: string;
}

export interface VerifiedPresentation {
  readonly valid: true;
  readonly facts: CredentialFacts;
  /** base64url SHA-256 thumbprint of the holder's key (RFC 7638); absent where nobody was shown to hold it. */
  readonly holder?: string;
  /** What the holder's key signed; absent where it signed nothing. */
  readonly binding?: JsonObject;
  /** What was asked, by the name it was asked by. */
  readonly answers: JsonObject;
  /** All processed claims of the presentation. */
  readonly claims: JsonObject;
  /** `ranges`: at least one answer is proven about a number that is not shown. */
  readonly proves: 'claims' | 'ranges';
}

/** Keys the verifier trusts an issuer with, and the types it trusts it for. */
export interface TrustedKeys {
  readonly keys: readonly PublicJwk[];
  /** Accepted `vct` values. */
  readonly types: readonly string[];
}

/** What a presentation says about numbers that it does not show. Everything but `proofs` is verified already. */
export interface RangeEvidence {
  /** `range_proofs` of the key binding, from a stranger. */
  readonly proofs: Json | undefined;
  /** What was asked and is not disclosed, each with the commitment that the issuer signed. Never empty. */
  readonly asked: readonly { readonly term: ClaimTerm; readonly place: ConcretePath; readonly commitment: Json }[];
  readonly nonce: string;
  readonly sdHash: string;
}

/** Verifies range proofs: answers by the names that were asked, or why there are none. */
export type VerifyRanges = (evidence: RangeEvidence) => Promise<Refusal | { readonly answers: JsonObject }>;

export interface PresentationExpectations {
  /** The exact `aud` of the key binding, or several of which it is one: `origin:<origin>` for a page. */
  readonly audience: string | readonly string[];
  readonly nonce: string;
  /** Seconds since the epoch. */
  readonly now: number;
  /** What was asked: all of it must be there, and nothing else disclosed. */
  readonly terms: readonly ClaimTerm[];
  /** What would do instead of `terms`, in order of preference. */
  readonly alternatives?: readonly (readonly ClaimTerm[])[];
  /** What may be disclosed too, because it was asked of the same credential elsewhere. */
  readonly alsoAsked?: readonly ClaimTerm[];
  /** Accept a credential that nobody is shown to hold. A key binding that is there is checked all the same. */
  readonly bearer?: boolean;
  /** Keys and types for the issuer a credential names, one entry or more; empty where it is not trusted. */
  readonly trust: (issuer: string, issuerJwt: Jws) => Promise<readonly TrustedKeys[]>;
  /** Without it no proof about a number is accepted. */
  readonly ranges?: VerifyRanges;
  /** Default: by WebCrypto. */
  readonly checkSignature?: CheckSignature | undefined;
}

/** Seconds after which a key binding is too old to accept. */
export const MAX_BINDING_AGE = 300;

/**
 * Verifies an SD-JWT VC presentation with key binding (RFC 9901 §7.3, SD-JWT VC §3.4): structure, trust, signature,
 * type, times, holder, audience, nonce, and that exactly what was asked is disclosed. Asks nobody: a credential's
 * `status` is the caller's to check (`askStatus`).
 * @param text the compact SD-JWT+KB, from a stranger
 */
export async function verifyPresentation(
  text: string,
  expected: PresentationExpectations,
): Promise<VerifiedPresentation | Refusal> {
  const read = readPresentation(text);
  if ('reason' in read) return read;
  const { sdJwt, facts } = read;
  return (
    (await refuseIssuer(sdJwt, facts, expected)) ??
    refuseTimes(facts, expected.now) ??
    refuseAudience(sdJwt, expected.audience) ??
    (await refuseBinding(sdJwt, facts, expected)) ??
    (await answer(sdJwt, facts, expected))
  );
}

const refuse = (reason: RefusalReason, detail: string): Refusal => ({ valid: false, reason, detail });

function readPresentation(text: string): { readonly sdJwt: SdJwt; readonly facts: CredentialFacts } | Refusal {
  try {
    const sdJwt = parseSdJwt(text);
    if (sdJwt.issuerJwt.header['typ'] !== SD_JWT_VC_TYPE) {
      return refuse('unsupported_format', `The credential is not of the media type ${SD_JWT_VC_TYPE}.`);
    }
    return { sdJwt, facts: readCredentialFacts(sdJwt) };
  } catch (error) {
    const { message } = SignetError.from(error);
    return refuse('malformed', message);
  }
}

async function refuseIssuer(
  { issuerJwt }: SdJwt,
  facts: CredentialFacts,
  { trust, checkSignature }: PresentationExpectations,
): Promise<Refusal | undefined> {
  const trusted = await trust(facts.issuer, issuerJwt);
  if (trusted.length === 0) return refuse('untrusted_issuer', 'Nobody you trust issued this credential.');
  if (!isSupportedAlgorithm(issuerJwt.header['alg'])) {
    return refuse('bad_signature', 'The issuer signed with an algorithm that is not accepted.');
  }
  const types: string[] = [];
  let isSigned = false;
  for (const entry of trusted) {
    if (!(await isSignedBy(issuerJwt, entry.keys, checkSignature))) continue;
    isSigned = true;
    types.push(...entry.types);
  }
  if (!isSigned) return refuse('bad_signature', 'The issuer did not sign this credential.');
  if (!types.includes(facts.vct)) return refuse('wrong_type', 'The credential is of another type.');
  return undefined;
}

function refuseTimes(facts: CredentialFacts, now: number): Refusal | undefined {
  const reason = outOfTime(facts, now);
  if (reason === undefined) return undefined;
  return refuse(reason, reason === 'expired' ? 'The credential has expired.' : 'The credential is not valid yet.');
}

/** A credential that is for somebody alone is for nobody else (RFC 9901 §7.1, step 6). */
function refuseAudience({ claims }: SdJwt, audience: PresentationExpectations['audience']): Refusal | undefined {
  const { aud } = claims;
  if (aud === undefined) return undefined;
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const isNamed = (one: string): boolean => named.includes(one) || named.includes(one.replace(/^origin:/, ''));
  if ([audience].flat().some(isNamed)) return undefined;
  return refuse('wrong_audience', 'The credential is for somebody else.');
}

async function refuseBinding(
  { keyBinding, sdHash }: SdJwt,
  { holder }: CredentialFacts,
  { audience, nonce, now, bearer = false, checkSignature }: PresentationExpectations,
): Promise<Refusal | undefined> {
  if (keyBinding === undefined && bearer) return undefined;
  if (keyBinding === undefined) return refuse('no_holder_proof', 'The presentation has no key binding.');
  if (holder === undefined) return refuse('no_holder_proof', 'The credential is bound to no key.');
  const { header, payload } = keyBinding;
  const { aud, iat } = payload;
  if (header['typ'] !== 'kb+jwt') return refuse('no_holder_proof', 'The key binding is of another type.');
  if (!(await isSignedBy(keyBinding, [holder], checkSignature))) {
    return refuse('no_holder_proof', 'The key binding was not signed by the holder.');
  }
  if (!isSame(payload['sd_hash'], sdHash)) {
    return refuse('no_holder_proof', 'The key binding is for another set of disclosures.');
  }
  if (![audience].flat().some((one) => one === aud))
    return refuse('wrong_audience', 'The presentation was made for somebody else.');
  if (!isSame(payload['nonce'], nonce)) return refuse('wrong_nonce', 'The presentation answers another request.');
  if (typeof iat !== 'number') return refuse('malformed', 'The key binding has no time.');
  if (iat > now + CLOCK_SKEW) return refuse('not_yet_valid', 'The key binding is from the future.');
  if (iat < now - MAX_BINDING_AGE) return refuse('expired', 'The key binding is too old.');
  return refuseBindingTimes(payload, now);
}

/** A key binding need not say how long it holds; what it says counts (RFC 9901 §7.3, step 5.8; RFC 7519 §4.1). */
function refuseBindingTimes({ exp, nbf }: JsonObject, now: number): Refusal | undefined {
  const isNoTime = (time: unknown): boolean => time !== undefined && !Number.isFinite(time);
  if (isNoTime(exp) || isNoTime(nbf)) return refuse('malformed', 'A time of the key binding is none.');
  if (Number(exp ?? Infinity) <= now - CLOCK_SKEW) return refuse('expired', 'The key binding has expired.');
  if (Number(nbf ?? 0) > now + CLOCK_SKEW) return refuse('not_yet_valid', 'The key binding is not valid yet.');
  return undefined;
}

const isSame = (given: unknown, expected: string): boolean =>
  typeof given === 'string' && equalBytes(utf8(given), utf8(expected));

/** By the first of the alternatives that the presentation answers whole, and with nothing beyond it. */
async function answer(
  sdJwt: SdJwt,
  facts: CredentialFacts,
  expected: PresentationExpectations,
): Promise<VerifiedPresentation | Refusal> {
  const refusals: Refusal[] = [];
  for (const terms of [expected.terms, ...(expected.alternatives ?? [])]) {
    const result = await answerTo(terms, sdJwt, facts, expected);
    if (result.valid) return result;
    refusals.push(result);
  }
  const [first = refuse('wrong_claim', 'Nothing was asked.')] = refusals;
  // It answers one of them, so that another is not answered says nothing.
  return refusals.find(({ reason }) => reason === 'over_disclosed') ?? first;
}

async function answerTo(
  terms: readonly ClaimTerm[],
  sdJwt: SdJwt,
  facts: CredentialFacts,
  { ranges, nonce, alsoAsked = [] }: PresentationExpectations,
): Promise<VerifiedPresentation | Refusal> {
  const { claims, keyBinding, sdHash } = sdJwt;
  const placesOf = (term: ClaimTerm): readonly ConcretePath[] => answersTo(claims, term, sdJwt.signedPlaces);
  const shown = terms.map((term) => ({ term, places: placesOf(term) }));
  const committed = shown.flatMap(({ term, places }) => {
    const place = places.length === 0 ? commitmentFor(claims, term) : undefined;
    return place === undefined ? [] : [{ term, place, commitment: valueAt(claims, place) ?? null }];
  });
  const isAnswered = (term: ClaimTerm): boolean => committed.some((one) => one.term === term);
  const missing = shown.find(({ term, places }) => places.length === 0 && !isAnswered(term));
  if (missing !== undefined) return refuse('wrong_claim', `The presentation does not answer ${missing.term.name}.`);
  const asked = [
    ...shown.flatMap(({ places }) => places),
    ...committed.map(({ place }) => place),
    ...alsoAsked.flatMap(placesOf),
  ];
  const extra = sdJwt.disclosures.find(({ path }) => !asked.some((place) => areNested(path, place)));
  if (extra !== undefined) return refuse('over_disclosed', 'The presentation discloses more than was asked.');
  const proofs = keyBinding?.payload['range_proofs'];
  const proven = await proveAsked({ proofs, asked: committed, nonce, sdHash }, ranges);
  if ('reason' in proven) return proven;
  const plain = shown.filter(({ term }) => !isAnswered(term));
  const answers = {
    ...Object.fromEntries(plain.map(({ term, places }) => [term.name, valuesOf(claims, places)])),
    ...proven.answers,
  };
  return {
    valid: true,
    facts,
    ...(facts.holder === undefined || keyBinding === undefined
      ? {}
      : { holder: jwkThumbprint(facts.holder), binding: keyBinding.payload }),
    answers,
    claims,
    proves: committed.length > 0 ? 'ranges' : 'claims',
  };
}

async function proveAsked(
  evidence: RangeEvidence,
  ranges: VerifyRanges | undefined,
): Promise<Refusal | { readonly answers: JsonObject }> {
  if (evidence.asked.length > 0) {
    return ranges?.(evidence) ?? refuse('unsupported_format', 'Proofs about numbers are not accepted here.');
  }
  if (evidence.proofs === undefined) return { answers: {} };
  return refuse('over_disclosed', 'The presentation proves more than was asked.');
}

function valuesOf(claims: JsonObject, places: readonly ConcretePath[]): JsonObject[string] {
  const values = places.map((place) => valueAt(claims, place) ?? null);
  return values.length === 1 ? (values[0] ?? null) : values;
}
