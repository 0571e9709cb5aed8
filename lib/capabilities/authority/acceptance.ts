import * as v from 'valibot';
import type { Origin } from '../../core/index.ts';
import { randomBytes, toBase64url } from '../../core/index.ts';
import type { PublicJwk } from '../../credentials/verifying/index.ts';
import { bytes16, bytes32, holderJwk, instant, origin, publicKey } from '../fields.ts';
import { formatInstant } from '../instant.ts';
import type { PublicPaserk, SignedToken, SigningKey } from '../paseto/index.ts';
import { isTokenSignedBy, parseSignedToken, signToken } from '../paseto/index.ts';
import { readField } from '../read-field.ts';
import type { AuthorityOffer } from './offer.ts';
import { offerHash } from './offer.ts';

/** The claims of an acceptance: the person takes an offer, before one audience. */
export interface AcceptanceClaims {
  /** The key that the offer was made to. */
  readonly iss: PublicPaserk;
  /** Who is told: the authority, or a merchant. */
  readonly aud: Origin;
  /** base64url SHA-256 of the canonical claims of the offer. */
  readonly offer: string;
  readonly jti: string;
  readonly iat: string;
  /** No later than the offer's. */
  readonly exp: string;
  /** The key that acts under the offer before this audience; absent: the one it was made to. */
  readonly cnf?: { readonly jwk: PublicJwk };
}

/** An acceptance taken apart: well-formed, and not yet believed. */
export interface Acceptance {
  readonly token: SignedToken;
  readonly claims: AcceptanceClaims;
}

const MAX_ACCEPTANCE_LENGTH = 4096;
/** Signed beside every acceptance, and beside nothing else. */
const IMPLICIT = 'signet-authority-acceptance';

const schema: v.GenericSchema<unknown, AcceptanceClaims> = v.strictObject({
  iss: publicKey,
  aud: origin,
  offer: bytes32,
  jti: bytes16,
  iat: instant,
  exp: instant,
  cnf: v.exactOptional(v.strictObject({ jwk: holderJwk })),
});

/**
 * Accepts an offer before one audience.
 * @param key the one that the offer was made to
 * @param audience who is told
 * @param acting the wallet's key for that audience, where another signs capabilities there
 * @param now milliseconds since the epoch
 * @throws SignetError bad_request where something in it is malformed
 */
export async function acceptOffer(
  offer: AuthorityOffer,
  key: SigningKey,
  { audience, acting }: { readonly audience: Origin; readonly acting?: PublicJwk },
  now: number,
): Promise<string> {
  const claims = {
    ...{ iss: key.publicKey, aud: audience, offer: offerHash(offer), jti: toBase64url(randomBytes(16)) },
    ...{ iat: formatInstant(now), exp: offer.claims.exp },
    ...(acting === undefined ? {} : { cnf: { jwk: acting } }),
  };
  return await signToken(readField(schema, claims, 'acceptance'), key, IMPLICIT);
}

/** Reads an acceptance without believing it. @throws SignetError bad_request naming the claim */
export function readAcceptance(encoded: string): Acceptance {
  const token = parseSignedToken(encoded, 'acceptance', MAX_ACCEPTANCE_LENGTH);
  return { token, claims: readField(schema, token.payload, 'acceptance') };
}

/** Whether the person that an offer was made to accepted it. */
export async function isAcceptanceOf({ token, claims }: Acceptance, offer: AuthorityOffer): Promise<boolean> {
  if (claims.offer !== offerHash(offer) || claims.iss !== offer.claims.sub) return false;
  return await isTokenSignedBy(token, claims.iss, IMPLICIT);
}
