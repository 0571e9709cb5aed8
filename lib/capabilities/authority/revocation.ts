import * as v from 'valibot';
import type { Origin } from '../../core/index.ts';
import { randomBytes, toBase64url } from '../../core/index.ts';
import { bytes16, bytes32, instant, origin } from '../fields.ts';
import { formatInstant } from '../instant.ts';
import type { SignedToken, SigningKey } from '../paseto/index.ts';
import { isTokenSignedBy, parseSignedToken, publicKeyId, signToken } from '../paseto/index.ts';
import { readField } from '../read-field.ts';
import type { AuthorityOffer, TrustedAuthority } from './offer.ts';
import { offerHash } from './offer.ts';

/** The claims of a revocation. */
export interface RevocationClaims {
  readonly iss: Origin;
  /** base64url SHA-256 of the canonical claims of the offer. */
  readonly offer: string;
  readonly jti: string;
  readonly iat: string;
}

const MAX_REVOCATION_LENGTH = 2048;
/** Signed beside every revocation, and beside nothing else. */
const IMPLICIT = 'signet-authority-revocation';

const schema: v.GenericSchema<unknown, RevocationClaims> = v.strictObject({
  iss: origin,
  offer: bytes32,
  jti: bytes16,
  iat: instant,
});

/** An authority takes an offer back. It never expires. @param now milliseconds since the epoch */
export async function signRevocation(offer: AuthorityOffer, key: SigningKey, now: number): Promise<string> {
  const claims: RevocationClaims = {
    ...{ iss: offer.claims.iss, offer: offerHash(offer) },
    ...{ jti: toBase64url(randomBytes(16)), iat: formatInstant(now) },
  };
  return await signToken(claims, key, IMPLICIT);
}

/** What a revocation claims, its signature not looked at. @throws SignetError bad_request, naming the claim */
export const readRevocation = (encoded: string): RevocationClaims => take(encoded).claims;

function take(encoded: string): { readonly token: SignedToken; readonly claims: RevocationClaims } {
  const token = parseSignedToken(encoded, 'revocation', MAX_REVOCATION_LENGTH);
  return { token, claims: readField(schema, token.payload, 'revocation') };
}

/**
 * Whether a text is the revocation of an offer by its authority.
 * @param encoded from a stranger
 * @throws SignetError bad_request, naming the claim, where it is no revocation at all
 */
export async function isRevocationOf(
  encoded: string,
  offer: AuthorityOffer,
  trusted: TrustedAuthority,
): Promise<boolean> {
  const { token, claims } = take(encoded);
  const key = trusted.keys.find((one) => publicKeyId(one) === token.kid);
  const isNamed = claims.iss === trusted.authority && claims.iss === offer.claims.iss;
  if (key === undefined || !isNamed || claims.offer !== offerHash(offer)) return false;
  return await isTokenSignedBy(token, key, IMPLICIT);
}
