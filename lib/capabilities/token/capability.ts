import { SignetError, toBase64url } from '../../core/index.ts';
import { parseInstant } from '../instant.ts';
import type { SignedToken } from '../paseto/index.ts';
import { isTokenSignedBy, parseSignedToken, publicKeyId } from '../paseto/index.ts';
import { readField } from '../read-field.ts';
import type { CapabilityClaims } from './claims.ts';
import { assertCoherent } from './rules.ts';
import { claimsSchema, isKnownClaim } from './schema.ts';

/** A capability token taken apart: well-formed, and not yet believed. */
export interface Capability {
  readonly token: SignedToken;
  readonly claims: CapabilityClaims;
}

/** Characters of one token: 16 KiB of policy, and what else there is, in base64url. */
export const MAX_TOKEN_LENGTH = 32 * 1024;

/** Seconds that clocks may differ by. */
export const TOKEN_SKEW = 30;

/**
 * Reads a capability token without believing it: one spelling, known claims only, claims that go together.
 * @param encoded from a stranger
 * @param field names it in errors
 * @throws SignetError bad_request naming the claim; `<field>.crit` for a critical claim that is not known here
 */
export function readCapability(encoded: string, field = 'token'): Capability {
  const token = parseSignedToken(encoded, field, MAX_TOKEN_LENGTH);
  assertCritical(token.payload['crit'], Object.keys(token.payload), field);
  const claims = readField(claimsSchema, token.payload, field);
  assertCoherent(claims, field);
  if (publicKeyId(claims.iss) !== token.kid) {
    throw new SignetError('bad_request', `${field} was signed with another key than its issuer's.`, { field });
  }
  return { token, claims };
}

/** What an issuer calls critical is understood, or the token is refused (after RFC 7515 §4.1.11). */
function assertCritical(crit: unknown, present: readonly string[], field: string): void {
  if (crit === undefined) return;
  const names: readonly unknown[] = Array.isArray(crit) ? crit : [];
  const isUnderstood = (name: unknown): boolean =>
    typeof name === 'string' && isKnownClaim(name) && present.includes(name);
  if (names.length > 0 && new Set(names).size === names.length && names.every(isUnderstood)) return;
  throw new SignetError('bad_request', `${field} calls critical what is not understood here.`, {
    field: `${field}.crit`,
  });
}

/** Whether the key that a capability names as its issuer signed it, for the audience that it names. */
export const isCapabilitySigned = ({ token, claims }: Capability): Promise<boolean> =>
  isTokenSignedBy(token, claims.iss, claims.aud ?? '');

/** Whether a capability is out of its time, give or take the skew of clocks. @param now milliseconds since the epoch */
export function capabilityOutOfTime({ claims }: Capability, now: number): 'not_yet_valid' | 'expired' | undefined {
  const [start, end] = [momentOf(claims.nbf), momentOf(claims.exp)];
  if (!(now >= start - TOKEN_SKEW * 1000)) return 'not_yet_valid';
  return now < end + TOKEN_SKEW * 1000 ? undefined : 'expired';
}

/** Milliseconds since the epoch of a time in claims that were read. */
export const momentOf = (time: string): number => parseInstant(time) ?? NaN;

/** base64url SHA-256 of the canonical claims: what a child and a holder proof are bound to. */
export const capabilityHash = ({ token }: Capability): string => toBase64url(token.hash);
