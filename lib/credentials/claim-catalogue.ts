import type { Json } from '../core/index.ts';
import { displayText, isJsonObject } from '../core/index.ts';
import type { ConcretePath } from './verifying/index.ts';

/** 1: freely provable · 2: identity, for reasoning · 3: payment and health. */
export type ClaimTier = 1 | 2 | 3;

/** A yes/no that an issuer derived, so that the fact behind it can stay hidden. */
const DERIVED = [/^(?:is_)?(?:age_)?(?:over|under)_\d{1,3}$/, /^is_(?:student|resident)$/, /_verified$/];
const DERIVED_PARENT = 'age_equal_or_over';

/** Stems of names for what is paid with, and what is known about health. */
const SENSITIVE =
  /(?:^|_)(?:card|pan|iban|bic|cvv|cvc|account|payment|bank|sort_code|health|medical|medication|diagnosis|blood|vaccin\w*|allerg\w*|disabilit\w*|patient|prescription)(?:_|$)/;

const LABELS: Readonly<Record<string, string>> = {
  birthdate: 'birth date',
  birth_date: 'birth date',
  given_name: 'given name',
  family_name: 'family name',
  birth_place: 'place of birth',
  place_of_birth: 'place of birth',
  age_birth_year: 'year of birth',
  age_in_years: 'age in years',
  sub: 'an identifier of you',
  jti: 'a serial number of this copy',
  email: 'e-mail address',
  phone_number: 'phone number',
  street_address: 'street address',
  postal_code: 'postal code',
  locality: 'town',
  nationalities: 'nationalities',
  nationality: 'nationality',
  portrait: 'photograph',
  picture: 'photograph',
  iban: 'bank account (IBAN)',
  age_equal_or_over: 'age limits reached',
};

/**
 * How private a claim is, by its name: derived yes/no claims are 1, payment and health 3, everything else 2.
 * @param value the claim's value: only a boolean can be a derived yes/no
 */
export function claimTier(path: ConcretePath, value: Json): ClaimTier {
  const names = path.filter((step) => typeof step === 'string').map(snakeCase);
  const last = names.at(-1) ?? '';
  if (names.some((name) => SENSITIVE.test(name))) return 3;
  if (typeof value !== 'boolean') return 2;
  const isDerived = names.at(-2) === DERIVED_PARENT ? /^\d{1,3}$/.test(last) : DERIVED.some((form) => form.test(last));
  return isDerived ? 1 : 2;
}

/** The tier of everything a signed value would show by itself; what its own `_sd` hides is not counted. */
export function valueTier(path: ConcretePath, value: Json): ClaimTier {
  if (typeof value !== 'object' || value === null) return claimTier(path, value);
  const inner = Array.isArray(value)
    ? (value as readonly Json[]).map((element, i) => valueTier([...path, i], element)) // Array.isArray loses the type
    : Object.entries(value)
        .filter(([name]) => name !== '_sd' && name !== '...')
        .map(([name, member]) => valueTier([...path, name], member));
  if (inner.length === 0 && path.at(-1) === DERIVED_PARENT) return 1;
  return inner.length === 0 ? claimTier(path, null) : (Math.max(...inner) as ClaimTier); // the largest of tiers
}

/** The key a claim is sealed under. Tier 3 waits for its compartments under the Tier 2 key: this is the seam. */
export const sealingTier = (tier: ClaimTier): 1 | 2 => (tier === 1 ? 1 : 2);

/** The age a derived yes/no of this name is about: 21 for `age_over_21` and for `age_equal_or_over`/`21`. */
export function ageLimitOf(path: ConcretePath): number | undefined {
  const last = String(path.at(-1));
  const limit =
    path.at(-2) === DERIVED_PARENT ? /^(\d{1,3})$/.exec(last) : /^(?:is_)?(?:age_)?over_(\d{1,3})$/.exec(last);
  return limit === null ? undefined : Number(limit[1]);
}

/**
 * A claim's name in words for people: "over 21", "birth date". Unknown names are the issuer's own, cleaned for
 * display and at most 80 characters.
 */
export function claimLabel(path: ConcretePath): string {
  const names = path.filter((step) => typeof step === 'string');
  const last = names.at(-1) ?? '';
  if (names.at(-2) === DERIVED_PARENT) return `${displayText(last, 10)} or over`;
  const age = /^(?:is_)?(?:age_)?(over|under)_(\d{1,3})$/.exec(last);
  if (age !== null) return `${age[1] ?? ''} ${age[2] ?? ''}`;
  const own = words(last);
  const context = names.length > 1 ? `${words(names.at(-2) ?? '')}: ` : '';
  return displayText(context + own, 80);
}

/** Names people look for first, in that order; what is derived comes before, what is not named here after. */
const FIRST = Object.keys(LABELS);

/** Where a claim stands in a list for people: the smaller, the earlier. */
export function claimRank(path: ConcretePath, tier: ClaimTier): number {
  const named = FIRST.indexOf(String(path[0]));
  return tier === 1 ? 0 : 1 + (named === -1 ? FIRST.length : named);
}

const words = (name: string): string =>
  Object.hasOwn(LABELS, name) ? (LABELS[name] ?? name) : snakeCase(name).replaceAll('_', ' ');

const snakeCase = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

/** Whether a JSON value has parts of its own that claims paths can reach. */
export const hasParts = (value: Json): boolean =>
  Array.isArray(value) ? value.length > 0 : isJsonObject(value) && Object.keys(value).length > 0;
