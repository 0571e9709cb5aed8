import type { SecretBytes } from '../core/index.ts';
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
}

/**
 * A presentation with key binding (RFC 9901 §4.3): what is given, signed over by the holder's key.
 * @returns the compact SD-JWT+KB
 */
export function presentCredential(input: PresentationInput): string {
  const presented = `${[input.issuerJwt, ...input.disclosures].join('~')}~`;
  const { payload } = parseJws(input.issuerJwt, 'issuer_jwt');
  const binding = {
    aud: input.audience,
    nonce: input.nonce,
    iat: toSeconds(input.now),
    sd_hash: sdHashOf(presented, payload),
  };
  return presented + signJws(input.holderKey, { typ: 'kb+jwt' }, binding);
}
