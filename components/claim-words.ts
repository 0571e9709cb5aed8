import type { MessageKey } from '../lib/platform/index.ts';

/** A message still to be put into the person's language: its key and what goes into it. */
export interface Words {
  readonly key: MessageKey;
  readonly substitutions: readonly string[];
}

/** Claims that have words of their own, by the names that standards give them (OpenID Connect, ISO 18013-5, PID). */
const KNOWN = {
  birthdate: 'claim_birth_date',
  birth_date: 'claim_birth_date',
  given_name: 'claim_given_name',
  family_name: 'claim_family_name',
  name: 'claim_name',
  address: 'claim_address',
  nationality: 'claim_nationality',
  nationalities: 'claim_nationality',
  email: 'claim_email',
  phone_number: 'claim_phone',
  portrait: 'claim_portrait',
  picture: 'claim_portrait',
  document_number: 'claim_document_number',
} as const satisfies Record<string, MessageKey>;

const AGE = /^(?:age_over_|age_equal_or_over[._/ ]+|over )(\d{1,3})$/;

/**
 * A claim as it stands in "they learned …": `age_over_21` is "that you are over 21", `given_name` is "your given
 * name", and what has no words of its own is quoted by name.
 */
export function claimWords(claim: string): Words {
  const age = AGE.exec(claim)?.[1];
  if (age !== undefined) return { key: 'claim_over', substitutions: [age] };
  const name = claim.toLowerCase().replaceAll(' ', '_');
  if (Object.hasOwn(KNOWN, name)) return { key: KNOWN[name as keyof typeof KNOWN], substitutions: [] }; // just checked
  return { key: 'claim_other', substitutions: [claim.replaceAll('_', ' ')] };
}
