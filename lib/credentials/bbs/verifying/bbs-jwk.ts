import type { Bytes, Json } from '../../../core/index.ts';
import { SignetError, fromBase64url, isJsonObject } from '../../../core/index.ts';
import type { BbsSuiteName } from './suite.ts';
import { PUBLIC_KEY_LENGTH } from './suite.ts';

/** An issuer's public key for BBS, and nothing else of its JWK. One key is for one suite. */
export interface BbsPublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'BLS12381G2';
  /** base64url of the compressed point, 96 bytes. */
  readonly x: string;
  readonly alg: 'BBS' | 'BBS+2020';
  readonly kid?: string;
}

const SUITES: Readonly<Record<BbsPublicJwk['alg'], BbsSuiteName>> = { BBS: 'bbs', 'BBS+2020': 'bbs+' };

const COMPRESSED = 0x80;
const INFINITY = 0x40;

/** The suite that a key is for. */
export const suiteOf = ({ alg }: BbsPublicJwk): BbsSuiteName => SUITES[alg];

/** The `alg` of keys for a suite. */
export const algorithmOf = (suite: BbsSuiteName): BbsPublicJwk['alg'] => (suite === 'bbs' ? 'BBS' : 'BBS+2020');

/** The compressed point of a key. */
export const publicKeyOf = ({ x }: BbsPublicJwk): Bytes => fromBase64url(x);

/**
 * The BBS key in a JWK; private and other members are left behind. That the point is on its curve and in its group is
 * checked where it is used: neither suite verifies anything with a point that is not.
 * @returns undefined for keys of other kinds, and for what cannot be the spelling of such a point
 */
export function readBbsJwk(jwk: unknown): BbsPublicJwk | undefined {
  if (!isJsonObject(jwk)) return undefined;
  const { kty, crv, x, alg, kid, use } = jwk;
  if (kty !== 'OKP' || crv !== 'BLS12381G2' || (use !== undefined && use !== 'sig' && use !== 'proof'))
    return undefined;
  if (typeof x !== 'string' || !isCompressedPoint(x) || (alg !== 'BBS' && alg !== 'BBS+2020')) return undefined;
  return { kty, crv, x, alg, ...(typeof kid === 'string' ? { kid } : {}) };
}

/** The BBS keys of a JWK Set (RFC 7517 §5). @throws SignetError bad_request, naming `field`, when it is not one */
export function readBbsJwkSet(set: unknown, field: string): readonly BbsPublicJwk[] {
  const keys: Json | undefined = isJsonObject(set) ? set['keys'] : undefined;
  if (!Array.isArray(keys)) throw new SignetError('bad_request', `${field} is not a set of keys.`, { field });
  return keys.map(readBbsJwk).filter((jwk) => jwk !== undefined);
}

function isCompressedPoint(x: string): boolean {
  const bytes = decode(x);
  const flags = bytes?.[0] ?? 0;
  return bytes?.length === PUBLIC_KEY_LENGTH && (flags & COMPRESSED) !== 0 && (flags & INFINITY) === 0;
}

function decode(text: string): Bytes | undefined {
  try {
    return fromBase64url(text);
  } catch {
    return undefined; // not the spelling of any bytes, so of no key
  }
}
