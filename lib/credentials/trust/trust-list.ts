import * as v from 'valibot';
import type { Json } from '../../core/index.ts';
import { SignetError, displayText, isJsonObject, parseJson } from '../../core/index.ts';
import type { Jws, PublicJwk } from '../verifying/index.ts';
import {
  CLOCK_SKEW,
  isSignedBy,
  isSupportedAlgorithm,
  jwkThumbprint,
  parseCertificate,
  parseJws,
  readPublicJwk,
} from '../verifying/index.ts';
import type { AnchorProblem } from './assess-anchor.ts';
import { assessAnchor } from './assess-anchor.ts';
import type { TrustAnchor } from './trust-anchor.ts';
import { VOUCHES_FOR, certificateId } from './trust-anchor.ts';

/** Characters of a list, signed or not. */
export const MAX_TRUST_LIST_LENGTH = 1_000_000;
/** Certificates of one list. */
export const MAX_LIST_ANCHORS = 256;
/** The `typ` of a signed list. */
export const TRUST_LIST_TYPE = 'signet-trust-list+jwt';
const MAX_NAME = 80;
const MAX_TYPES = 64;
const MAX_TYPE_LENGTH = 300;

const refused = (message: string, cause?: unknown): SignetError =>
  new SignetError('bad_request', message, { field: 'list', cause });

/** Members that are not known here are ignored, so that a list may say more to others. */
const AnchorSchema = v.object({
  certificate: v.string(),
  name: v.pipe(v.string(), v.nonEmpty()),
  vouches_for: v.exactOptional(v.pipe(v.array(v.picklist(VOUCHES_FOR)), v.minLength(1), v.maxLength(2)), ['issuers']),
  types: v.exactOptional(
    v.pipe(v.array(v.pipe(v.string(), v.maxLength(MAX_TYPE_LENGTH))), v.minLength(1), v.maxLength(MAX_TYPES)),
  ),
});
const time = v.pipe(v.number(), v.finite());
const ListSchema = v.object({
  name: v.pipe(v.string(), v.nonEmpty()),
  anchors: v.array(v.unknown()),
  iat: v.exactOptional(time),
  exp: v.exactOptional(time),
});

/** A list of trust anchors, read and not yet taken in. */
export interface TrustList {
  /** What it calls itself, cleaned for display. */
  readonly name: string;
  /** Those that can be used, each certificate once. */
  readonly anchors: readonly TrustAnchor[];
  /** Why others of its certificates are left out, each once. */
  readonly leftOut: readonly { readonly name: string; readonly problem: AnchorProblem | 'unreadable' }[];
  /** The key it is signed with; absent: it is not signed, and whoever hands it over could have written it. */
  readonly signer?: PublicJwk;
  /** When it was made, as it says; seconds since the epoch. */
  readonly issuedAt?: number;
}

/**
 * Reads a trust list: the JSON of `{ name, anchors: [{ certificate, name, vouches_for?, types? }], iat?, exp? }`, by
 * itself or as the payload of a compact JWS with `typ` signet-trust-list+jwt, whose key is the `jwk` of its header.
 * Certificates are PEM or base64 of DER. What cannot be an anchor is left out and said.
 * @param text at most `MAX_TRUST_LIST_LENGTH` characters, from a stranger
 * @param now milliseconds since the epoch
 * @throws SignetError bad_request, field `list`, with words for people; field `signature` where it is signed wrongly
 */
export async function readTrustList(text: string, now: number): Promise<TrustList> {
  if (text.length > MAX_TRUST_LIST_LENGTH) throw refused('This is too long for a trust list. Nothing was taken in.');
  const trimmed = text.trim();
  const signed = trimmed.startsWith('{') ? undefined : await openSigned(trimmed);
  const list = parseList(signed === undefined ? parseText(trimmed) : signed.payload);
  assertInTime(list, now);
  const { anchors, leftOut } = await sort(list.anchors, now);
  if (anchors.length === 0) throw refused('There is no certificate in this list that could vouch for anybody.');
  return {
    name: displayText(list.name, MAX_NAME),
    anchors,
    leftOut,
    ...(signed === undefined ? {} : { signer: signed.signer }),
    ...(list.iat === undefined ? {} : { issuedAt: list.iat }),
  };
}

function parseText(text: string): Json {
  try {
    return parseJson(text, 'list', { maxLength: MAX_TRUST_LIST_LENGTH, maxDepth: 8 });
  } catch (cause) {
    throw refused('This is no trust list: it is not JSON.', cause);
  }
}

async function openSigned(text: string): Promise<{ readonly payload: Json; readonly signer: PublicJwk }> {
  const jws = readSigned(text);
  const { typ, alg, jwk } = jws.header;
  if (typ !== TRUST_LIST_TYPE) throw wronglySigned('It is signed, but not as a trust list.');
  if (!isSupportedAlgorithm(alg)) throw wronglySigned('It is signed in a way that Signet does not check.');
  const signer = isJsonObject(jwk) && jwk['d'] === undefined ? readPublicJwk(jwk) : undefined;
  if (signer === undefined) throw wronglySigned('It does not say which key signed it.');
  if (!(await isSignedBy(jws, [signer]))) throw wronglySigned('Its signature is wrong: somebody has altered it.');
  return { payload: jws.payload, signer };
}

function readSigned(text: string): Jws {
  try {
    return parseJws(text, 'list', MAX_TRUST_LIST_LENGTH);
  } catch (cause) {
    throw refused('This is no trust list: neither JSON nor a signed token.', cause);
  }
}

const wronglySigned = (message: string): SignetError => new SignetError('bad_request', message, { field: 'signature' });

function parseList(value: Json): v.InferOutput<typeof ListSchema> {
  const parsed = v.safeParse(ListSchema, value);
  if (!parsed.success) throw refused('This is no trust list: it lacks a name or its certificates.');
  const { length } = parsed.output.anchors;
  if (length > MAX_LIST_ANCHORS) {
    throw refused(
      `There are ${length} certificates in this list; Signet takes at most ${MAX_LIST_ANCHORS}. Nothing was taken in.`,
    );
  }
  return parsed.output;
}

function assertInTime({ iat, exp }: { readonly iat?: number; readonly exp?: number }, now: number): void {
  const seconds = now / 1000;
  if (iat !== undefined && iat > seconds + CLOCK_SKEW) throw refused('This list is from the future.');
  if (exp !== undefined && exp <= seconds - CLOCK_SKEW)
    throw refused('The time of this list is over. Get a newer one.');
}

async function sort(entries: readonly unknown[], now: number): Promise<Pick<TrustList, 'anchors' | 'leftOut'>> {
  const anchors = new Map<string, TrustAnchor>();
  const leftOut: TrustList['leftOut'][number][] = [];
  for (const entry of entries) {
    const anchor = readAnchor(entry);
    const problem = anchor === undefined ? 'unreadable' : await assessAnchor(anchor.certificate, now);
    if (anchor === undefined || problem !== undefined) {
      leftOut.push({ name: nameOf(entry), problem: problem ?? 'unreadable' });
      continue;
    }
    const id = certificateId(anchor.certificate);
    if (!anchors.has(id)) anchors.set(id, anchor);
  }
  return { anchors: [...anchors.values()], leftOut };
}

function readAnchor(entry: unknown): TrustAnchor | undefined {
  const parsed = v.safeParse(AnchorSchema, entry);
  if (!parsed.success) return undefined;
  const { certificate, name, vouches_for: vouchesFor, types } = parsed.output;
  try {
    return {
      certificate: parseCertificate(certificate, 'certificate'),
      name: displayText(name, MAX_NAME),
      vouchesFor,
      ...(types === undefined ? {} : { types }),
    };
  } catch {
    return undefined; // told of as unreadable
  }
}

const nameOf = (entry: unknown): string =>
  isJsonObject(entry) && typeof entry['name'] === 'string' ? displayText(entry['name'], MAX_NAME) : '';

/** What people compare a signer by: the thumbprint of its key (RFC 7638). */
export const signerThumbprint = (signer: PublicJwk): string => jwkThumbprint(signer);
