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

/** Ages, as claims name them and as labels do. */
const AGES = [
  { form: /^(?:(?:is_)?(?:age_)?over_|over )(\d{1,3})$/, claim: 'claim_over', fact: 'fact_over' },
  { form: /^(?:(?:is_)?(?:age_)?under_|under )(\d{1,3})$/, claim: 'claim_under', fact: 'fact_under' },
  { form: /^age_equal_or_over[._/ ]+(\d{1,3})$/, claim: 'claim_at_least', fact: 'fact_at_least' },
  { form: /^(\d{1,3}) or over$/, claim: 'claim_at_least', fact: 'fact_at_least' },
] as const;

function ageIn(claim: string): { years: string; words: (typeof AGES)[number] } | undefined {
  for (const words of AGES) {
    const years = words.form.exec(claim)?.[1];
    if (years !== undefined) return { years, words };
  }
  return undefined;
}

/**
 * A claim as it stands in "they learned …": `age_over_21` is "that you are over 21", `given_name` is "your given
 * name", and what has no words of its own is quoted by name.
 */
export function claimWords(claim: string): Words {
  const age = ageIn(claim);
  if (age !== undefined) return { key: age.words.claim, substitutions: [age.years] };
  const name = claim.toLowerCase().replaceAll(' ', '_');
  if (Object.hasOwn(KNOWN, name)) return { key: KNOWN[name as keyof typeof KNOWN], substitutions: [] }; // just checked
  return { key: 'claim_other', substitutions: [claim.replaceAll('_', ' ')] };
}

/** A label that is a plain yes about the person's age, as a sentence: "You are over 21". Null for any other. */
export function ageFact(label: string): Words | null {
  const age = ageIn(label);
  return age === undefined ? null : { key: age.words.fact, substitutions: [age.years] };
}
