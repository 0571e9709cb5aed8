import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { SignetError, concatBytes, fromBase64url } from '../../core/index.ts';
import type { PublicJwk } from '../../credentials/verifying/index.ts';
import { readPublicJwk } from '../../credentials/verifying/index.ts';
import { holderJwk } from '../fields.ts';
import { readField } from '../read-field.ts';

/**
 * The key that a token can be bound to, of a stranger's JWK: Ed25519 or P-256, its public members and no other.
 * @param field names it in errors
 * @throws SignetError bad_request for another key, another spelling, and what is no point that a key can be
 */
export function readHolderJwk(jwk: unknown, field: string): PublicJwk {
  const read = readPublicJwk(jwk);
  if (read === undefined) {
    throw new SignetError('bad_request', `${field} is not an Ed25519 or P-256 key for signatures.`, { field });
  }
  const key = readField(holderJwk, publicMembers(read), field);
  assertSoundKey(key, field);
  return key;
}

/** The members that make the key: no name that others know it by. */
export const publicMembers = ({ kty, crv, x, y }: PublicJwk): PublicJwk =>
  y === undefined ? { kty, crv, x } : { kty, crv, x, y };

/**
 * A key of small order has signatures that anybody can make: a token bound to it would be bound to nobody.
 * @throws SignetError bad_request naming `field`
 */
export function assertSoundKey({ crv, x, y = '' }: PublicJwk, field: string): void {
  const refuse = (cause?: unknown): SignetError =>
    new SignetError('bad_request', `${field} is not a point that a key can be.`, { field, cause });
  try {
    if (crv === 'Ed25519') {
      if (ed25519.Point.fromBytes(fromBase64url(x)).isSmallOrder()) throw refuse();
    } else p256.Point.fromBytes(concatBytes(Uint8Array.of(4), fromBase64url(x), fromBase64url(y)));
  } catch (cause) {
    throw refuse(cause);
  }
}
