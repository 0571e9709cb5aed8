import { displayText } from '../../lib/core/index.ts';
import { t } from '../../lib/platform/index.ts';
import { claimWords } from '../claim-words.ts';

/** What a claim is called, by its name in rules, where the vault or an issuer knows: "town" for `address.locality`. */
export type ClaimNames = ReadonlyMap<string, string>;

export const NO_NAMES: ClaimNames = new Map();

/** A claim as it stands in "may learn …": "that you are over 21", "your birth date"; never empty. */
export function claimPhrase(claim: string, names: ClaimNames = NO_NAMES): string {
  const own = claimWords(claim);
  const name = names.get(claim);
  const { key, substitutions } = own.key === 'claim_other' && name !== undefined ? claimWords(name) : own;
  if (key !== 'claim_other') return t(key, ...substitutions);
  return t('claim_other', claimTitle(claim, names));
}

/** A claim as it stands in a list: "over 21", "address: town"; never empty. */
export function claimTitle(claim: string, names: ClaimNames = NO_NAMES): string {
  const name =
    names.get(claim) ??
    claim
      .replace(/^age_over_(\d+)$/, 'over $1')
      .replaceAll('.', ': ')
      .replaceAll('_', ' ');
  return displayText(name, 64) || t('rule_unnamed');
}
