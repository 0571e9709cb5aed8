import * as v from 'valibot';
import type { Origin } from '../core/index.ts';
import { currencyDecimals, parseOrigin } from '../core/index.ts';
import type { PublicJwk } from '../credentials/verifying/index.ts';
import { parseInstant } from './instant.ts';
import type { PublicPaserk } from './paseto/index.ts';
import { isPublicPaserk } from './paseto/index.ts';

/** The smallest parts of what capabilities are made of. Each takes one spelling and no other. */

const MAX_PURPOSE = 140;
const MAX_NAME = 128;
const MAX_PERMISSIONS = 16;
/** Bounds what a policy may cost to carry and to read; 64 KiB are allowed where a policy travels alone. */
const MAX_POLICY = 16 * 1024;

/** 16 or 32 bytes in canonical base64url: the last character has no loose bits. */
export const bytes16 = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{21}[AQgw]$/, 'must be base64url of 16 bytes'));
export const bytes32 = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/, 'must be base64url of 32 bytes'),
);
export const bytes64 = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{85}[AQgw]$/, 'must be base64url of 64 bytes'));

export const publicKey = v.custom<PublicPaserk>(isPublicPaserk, 'must be an Ed25519 public key in PASERK');

export const origin = v.custom<Origin>((value) => typeof value === 'string' && isOrigin(value), 'must be an origin');

function isOrigin(text: string): boolean {
  if (text.length > MAX_ORIGIN) return false;
  try {
    parseOrigin(text, 'origin');
    return true;
  } catch {
    return false; // the reader says which field it is
  }
}
/** The longest host name, with scheme and port. */
const MAX_ORIGIN = 'https://'.length + 253 + ':65535'.length;

/** RFC 3339 in UTC with whole seconds. */
export const instant = v.custom<string>(
  (value) => typeof value === 'string' && parseInstant(value) !== undefined,
  'must be a time such as 2026-01-31T12:00:00Z',
);

/** The name of an action, as `permissions` list it. */
export const action = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_.:-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ . : -'));
export const permissions = v.pipe(
  v.array(action),
  v.nonEmpty('must name an action'),
  v.maxLength(MAX_PERMISSIONS, `must not name more than ${MAX_PERMISSIONS} actions`),
  v.check((names) => new Set(names).size === names.length, 'must not name an action twice'),
);

/** Smallest units of a currency: what cannot be a float cannot be rounded. */
export const minorUnits = v.pipe(v.number(), v.safeInteger('must be a whole number of smallest units'), v.minValue(0));

export const currency = v.pipe(
  v.string(),
  v.check((code) => currencyDecimals(code) !== undefined, 'must be the ISO 4217 code of a currency in use'),
);

const wellFormed = v.pipe(
  v.string(),
  v.check((text) => text.isWellFormed(), 'must be well-formed text'),
);
export const purpose = v.pipe(
  wellFormed,
  v.check((text) => text.trim() !== '', 'must not be empty'),
  v.check((text) => Array.from(text).length <= MAX_PURPOSE, `must not be longer than ${MAX_PURPOSE} characters`),
);
export const name = v.pipe(wellFormed, v.nonEmpty('must not be empty'), v.maxLength(MAX_NAME, 'is too long'));

export const policyText = v.pipe(
  wellFormed,
  v.nonEmpty('must not be empty'),
  v.maxLength(MAX_POLICY, `must not be longer than ${MAX_POLICY} characters`),
  v.check((text) => !text.includes('\0'), 'must not hold NUL'),
);

/** The public members of a key that a wallet binds to, and nothing else: no private half, no name that others know. */
export const holderJwk: v.GenericSchema<unknown, PublicJwk> = v.variant('crv', [
  v.strictObject({ kty: v.literal('OKP'), crv: v.literal('Ed25519'), x: bytes32 }),
  v.strictObject({ kty: v.literal('EC'), crv: v.literal('P-256'), x: bytes32, y: bytes32 }),
]);
