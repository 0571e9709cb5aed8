import { sha256 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import { parseUrl, toBase64url } from '../../core/index.ts';
import { action, bytes16, bytes32, currency, minorUnits } from '../fields.ts';

/** The media type of a holder proof: the shape of RFC 9449's, and more claims than that has, so not its type. */
export const HOLDER_PROOF_TYPE = 'signet-use+jwt';

/** The one use of a capability that a proof is for. */
export interface CapabilityUse {
  /** HTTP method, in capitals. */
  readonly method: string;
  /** The whole address that is called; a fragment never leaves and does not count. */
  readonly url: string;
  readonly action: string;
  /** In the currency's smallest unit. */
  readonly amount?: number;
  readonly currency?: string;
  /** What is sent with it; no bytes where there is nothing. */
  readonly body?: Uint8Array;
}

/** The claims of a proof: RFC 9449 §4.2 as far as it goes, then what is bought. */
export interface HolderProofClaims {
  readonly jti: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly htm: string;
  readonly htu: string;
  /** base64url SHA-256 of the canonical claims of the token. */
  readonly ath: string;
  readonly nonce: string;
  readonly act: string;
  readonly amt?: number;
  readonly cur?: string;
  /** base64url SHA-256 of the body. */
  readonly bdh: string;
}

const MAX_URL = 2048;

const method = v.pipe(v.string(), v.regex(/^[A-Z]{1,16}$/, 'must be an HTTP method'));
/** base64url of 16 bytes or more. */
const nonce = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22,128}$/, 'must be base64url of at least 16 bytes'));

export const proofSchema: v.GenericSchema<unknown, HolderProofClaims> = v.strictObject({
  jti: bytes16,
  iat: v.pipe(v.number(), v.safeInteger('must be whole seconds'), v.minValue(0)),
  htm: method,
  htu: v.pipe(v.string(), v.maxLength(MAX_URL)),
  ath: bytes32,
  nonce,
  act: action,
  amt: v.exactOptional(minorUnits),
  cur: v.exactOptional(currency),
  bdh: bytes32,
});

/** What a proof says about a use. @throws SignetError bad_request, naming `url`, where that is no trustworthy address */
export function claimsOfUse(
  use: CapabilityUse,
): Pick<HolderProofClaims, 'htm' | 'htu' | 'act' | 'amt' | 'cur' | 'bdh'> {
  const { amount, currency: code } = use;
  return {
    htm: use.method,
    htu: targetOf(use.url),
    act: use.action,
    ...(amount === undefined ? {} : { amt: amount }),
    ...(code === undefined ? {} : { cur: code }),
    bdh: toBase64url(sha256(use.body ?? new Uint8Array())),
  };
}

/** An address in the one form that both sides compare: normalised, with its query, without its fragment. */
function targetOf(url: string): string {
  const target = parseUrl(url, 'url');
  target.hash = '';
  return target.href;
}
