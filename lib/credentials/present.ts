import type { SecretBytes } from '../core/index.ts';
import { signJws } from './holder-key.ts';
import type { KeyBinding } from './key-binding.ts';
import { keyBindingClaims } from './key-binding.ts';
import { parseJws } from './verifying/index.ts';
import { sdHashOf } from './verifying/index.ts';

export interface PresentationInput extends KeyBinding {
  /** The issuer-signed JWT, compact. */
  readonly issuerJwt: string;
  /** Encoded disclosures to show; a nested one comes with those it lies in. */
  readonly disclosures: readonly string[];
  /** Private half of the credential's `cnf` key. */
  readonly holderKey: SecretBytes;
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
  const binding = keyBindingClaims(input, presentedHash(input));
  return textOf(input) + signJws(input.holderKey, { typ: 'kb+jwt' }, binding);
}
