import type { Json } from '../core/index.ts';
import { fromBase64url, isJsonObject } from '../core/index.ts';
import { orderedDisclosures } from './claim-inventory.ts';
import type { CommittedBits, CommittedKind } from './commitment/index.ts';
import type { SdJwt } from './verifying/index.ts';
import { committedName } from './verifying/index.ts';

/**
 * A commitment that a credential holds, read without the curve: the worker files it, the prover and the verifier look
 * at the point.
 */
export interface CommittedClaim {
  /** Of the claim: `birth_date_commitment`. */
  readonly name: string;
  /** Of the disclosure that it is, in the order of `orderedDisclosures`. */
  readonly row: number;
  readonly kind: CommittedKind;
  readonly bits: CommittedBits;
  /** base64url of the compressed point. */
  readonly point: string;
}

const SCHEME = 'pedersen-ristretto255';
const MEMBERS = 'bits,kind,scheme,value';
const SIZES: readonly CommittedBits[] = [8, 16, 32, 64];

/** The commitments that a credential can show: at its top level, each a disclosure of its own, of a known scheme. */
export function committedClaims(sdJwt: SdJwt): readonly CommittedClaim[] {
  return orderedDisclosures(sdJwt).flatMap(({ path, name, value }, row) => {
    const committed = committedName(path) === undefined ? undefined : readCommitted(value);
    return name === undefined || committed === undefined ? [] : [{ name, row, ...committed }];
  });
}

/** A commitment as the worker sees it; undefined for what no verifier would take as one. */
export function readCommitted(value: Json | undefined): Pick<CommittedClaim, 'kind' | 'bits' | 'point'> | undefined {
  if (!isJsonObject(value) || Object.keys(value).sort().join() !== MEMBERS || value['scheme'] !== SCHEME) {
    return undefined;
  }
  const { kind, bits, value: point } = value;
  const size = SIZES.find((known) => known === bits);
  if ((kind !== 'date' && kind !== 'integer') || size === undefined || (kind === 'date' && size !== 16)) {
    return undefined;
  }
  return typeof point === 'string' && isPointText(point) ? { kind, bits: size, point } : undefined;
}

function isPointText(text: string): boolean {
  try {
    return text.length === 43 && fromBase64url(text).length === 32;
  } catch {
    return false; // loose bits, or another alphabet: what no verifier reads is no commitment
  }
}
