import type { Json, SecretBytes } from '../core/index.ts';
import { toSeconds } from '../core/index.ts';
import { signJws } from './holder-key.ts';
import { parseJws } from './verifying/index.ts';
import { sdHashOf } from './verifying/index.ts';

export interface PresentationInput {
  /** The issuer-signed JWT, compact. */
  readonly issuerJwt: string;
  /** Encoded disclosures to show; a nested one comes with those it lies in. */
  readonly disclosures: readonly string[];
  /** Private half of the credential's `cnf` key. */
  readonly holderKey: SecretBytes;
  /** `origin:<origin>` over the Digital Credentials API and window.signet (OpenID4VP 1.0 Appendix A.4). */
  readonly audience: string;
  /** The verifier's, as is. */
  readonly nonce: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Proofs about committed numbers (design §6), made for `presentedHash` of the same parts. */
  readonly rangeProofs?: readonly Json[];
}

type Presented = Pick<PresentationInput, 'issuerJwt' | 'disclosures'>;

const textOf = ({ issuerJwt, disclosures }: Presented): string => `${[issuerJwt, ...disclosures].join('~')}~`;

/** The `sd_hash` of a presentation of these parts (RFC 9901 §4.3.1). */
export const presentedHash = (presented: Presented): string =>
  sdHashOf(textOf(presented), parseJws(presented.issuerJwt, 'issuer_jwt').payload);

/**
 * A presentation with key binding (RFC 9901 §4.3): what is given, signed over by the holder's key.
 * @returns the compact SD-JWT+KB
 */
export function presentCredential(input: PresentationInput): string {
  const binding = {
    aud: input.audience,
    nonce: input.nonce,
    iat: toSeconds(input.now),
    sd_hash: presentedHash(input),
    ...(input.rangeProofs === undefined ? {} : { range_proofs: input.rangeProofs }),
  };
  return textOf(input) + signJws(input.holderKey, { typ: 'kb+jwt' }, binding);
}
