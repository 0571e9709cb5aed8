import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import type { Bytes, Origin } from '../../core/index.ts';
import {
  SignetError,
  canonicalJsonBytes,
  concatBytes,
  fromBase64url,
  randomBytes,
  toBase64url,
  utf8,
} from '../../core/index.ts';
import {
  bytes16,
  bytes64,
  currency,
  instant,
  minorUnits,
  origin,
  permissions,
  policyText,
  publicKey,
} from '../fields.ts';
import { formatInstant, parseInstant } from '../instant.ts';
import type { PublicPaserk, SignedToken, SigningKey } from '../paseto/index.ts';
import { isTokenSignedBy, parsePublicPaserk, parseSignedToken, publicKeyId, signToken } from '../paseto/index.ts';
import { readField } from '../read-field.ts';

/** One thing that an authority lets a person's agents do. */
export interface AuthorityGrant {
  readonly permissions: readonly string[];
  /** The most that one capability may be made for, in the currency's smallest unit. Absent: no money. */
  readonly max_amount?: number;
  readonly unit: 'minor';
  readonly currency?: string;
  /** Where it may be used; absent: anywhere. */
  readonly audiences?: readonly Origin[];
  readonly policy?: string;
}

/** Another who stands by an offer: a signature over the hash of the claims without `co`. */
export interface CoSignature {
  readonly key: PublicPaserk;
  /** base64url, Ed25519. */
  readonly sig: string;
}

/** The claims of an offer. */
export interface OfferClaims {
  /** The authority, by its origin. */
  readonly iss: Origin;
  /** The person's key for this authority. */
  readonly sub: PublicPaserk;
  readonly grants: readonly AuthorityGrant[];
  readonly nbf: string;
  readonly exp: string;
  readonly jti: string;
  readonly co: readonly CoSignature[];
}

/** An offer taken apart: well-formed, and not yet believed. */
export interface AuthorityOffer {
  readonly token: SignedToken;
  readonly claims: OfferClaims;
}

/** An authority that somebody trusts. */
export interface TrustedAuthority {
  /** Its origin. */
  readonly authority: string;
  /** Its keys, by value. */
  readonly keys: readonly PublicPaserk[];
  /** Keys that have to stand by each offer as well. */
  readonly coSigners?: readonly PublicPaserk[];
}

const MAX_OFFER_LENGTH = 48 * 1024;
const MAX_GRANTS = 16;
const MAX_COSIGNERS = 8;
const MAX_AUDIENCES = 32;
/** Signed beside every offer, and beside nothing else. */
const IMPLICIT = 'signet-authority-offer';
const CO_PREFIX = utf8('signet-authority-co\0');

const grant: v.GenericSchema<unknown, AuthorityGrant> = v.pipe(
  v.strictObject({
    permissions,
    max_amount: v.exactOptional(minorUnits),
    unit: v.literal('minor'),
    currency: v.exactOptional(currency),
    audiences: v.exactOptional(v.pipe(v.array(origin), v.nonEmpty('must name one'), v.maxLength(MAX_AUDIENCES))),
    policy: v.exactOptional(policyText),
  }),
  v.check(
    ({ max_amount, currency: code }) => (max_amount === undefined) === (code === undefined),
    'must have a currency with its max_amount, and no other',
  ),
);

const offerSchema: v.GenericSchema<unknown, OfferClaims> = v.strictObject({
  iss: origin,
  sub: publicKey,
  grants: v.pipe(v.array(grant), v.nonEmpty('must grant something'), v.maxLength(MAX_GRANTS, 'are too many')),
  nbf: instant,
  exp: instant,
  jti: bytes16,
  co: v.pipe(
    v.array(v.strictObject({ key: publicKey, sig: bytes64 })),
    v.maxLength(MAX_COSIGNERS, 'are too many'),
    v.check((all) => new Set(all.map(({ key }) => key)).size === all.length, 'must not hold a key twice'),
  ),
});

/** What an authority wants to offer. */
export interface OfferDraft {
  readonly authority: Origin;
  /** The person's key for this authority. */
  readonly person: PublicPaserk;
  readonly grants: readonly AuthorityGrant[];
  /** Seconds. */
  readonly lifetime: number;
}

/**
 * Signs an offer.
 * @param coSigners others who stand by it
 * @param now milliseconds since the epoch
 * @returns a PASETO v4.public token
 * @throws SignetError bad_request naming what no offer may say
 */
export async function signOffer(
  { authority, person, grants, lifetime }: OfferDraft,
  key: SigningKey,
  coSigners: readonly SigningKey[],
  now: number,
): Promise<string> {
  const claims = {
    ...{ iss: authority, sub: person, grants, jti: toBase64url(randomBytes(16)) },
    ...{ nbf: formatInstant(now), exp: formatInstant(now + lifetime * 1000) },
  };
  const co = coSigners.map((signer) => coSign(claims, signer));
  return await signToken(readClaims({ ...claims, co }), key, IMPLICIT);
}

/** One signature by somebody who stands by an offer. @param claims of the offer, without `co` */
export const coSign = (claims: Omit<OfferClaims, 'co'>, { seed, publicKey: key }: SigningKey): CoSignature => ({
  key,
  sig: toBase64url(ed25519.sign(coMessage(claims), seed.expose())),
});

const coMessage = (claims: Omit<OfferClaims, 'co'>): Bytes =>
  concatBytes(CO_PREFIX, sha256(canonicalJsonBytes({ ...claims, co: undefined })));

/** Reads an offer without believing it. @throws SignetError bad_request naming the claim */
export function readOffer(encoded: string): AuthorityOffer {
  const token = parseSignedToken(encoded, 'offer', MAX_OFFER_LENGTH);
  return { token, claims: readClaims(token.payload) };
}

function readClaims(payload: unknown): OfferClaims {
  const claims = readField(offerSchema, payload, 'offer');
  if (!(Number(parseInstant(claims.nbf)) < Number(parseInstant(claims.exp)))) {
    throw new SignetError('bad_request', 'offer.exp is not after its nbf.', { field: 'offer.exp' });
  }
  return claims;
}

/** Whether a trusted authority made an offer, and all who have to stand by it do. One wrong co-signature spoils it. */
export async function isOfferBy({ token, claims }: AuthorityOffer, trusted: TrustedAuthority): Promise<boolean> {
  const key = trusted.keys.find((one) => publicKeyId(one) === token.kid);
  if (claims.iss !== trusted.authority || key === undefined) return false;
  const standing = new Set(claims.co.map((one) => one.key));
  if (trusted.coSigners?.every((one) => standing.has(one)) === false) return false;
  return claims.co.every((one) => isCoSigned(claims, one)) && (await isTokenSignedBy(token, key, IMPLICIT));
}

function isCoSigned(claims: OfferClaims, { key, sig }: CoSignature): boolean {
  try {
    const signer = parsePublicPaserk(key, 'co');
    return ed25519.verify(fromBase64url(sig), coMessage(claims), signer, { zip215: false });
  } catch {
    return false; // not a point of the curve, or not the encoding of a signature
  }
}

/** base64url SHA-256 of the canonical claims: what an acceptance and a revocation name. */
export const offerHash = ({ token }: AuthorityOffer): string => toBase64url(token.hash);
