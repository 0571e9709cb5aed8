import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Json, JsonObject } from '../core/index.ts';
import { displayText, isJsonObject, utf8 } from '../core/index.ts';
import type { CompartmentName } from '../vault/index.ts';
import type { ClaimPath, ConcretePath } from './verifying/index.ts';

/** 1: freely provable · 2: identity, for reasoning · 3: payment and health. */
export type ClaimTier = 1 | 2 | 3;

/** A yes/no that an issuer derived, so that the fact behind it can stay hidden. */
const DERIVED = [/^is_(?:student|resident)$/, /_verified$/];
const DERIVED_PARENT = 'age_equal_or_over';

/** An age limit's name: `age_over_21`, `is_over_21`, `under_18`, `over21`. */
const AGE_TEST = /^(?:is_)?(?:age_)?(over|under)_?(\d{1,9})$/;
const YEARS = /^\d{1,9}$/;

/** Stems of names for what is paid with. */
const PAYMENT = /(?:^|_)(?:card|pan|iban|bic|cvv|cvc|account|payment|bank|sort_code)(?:_|$)/;

/** Stems of names for what is known about health. */
const HEALTH =
  /(?:^|_)(?:health|medical|medication|diagnosis|blood|vaccin\w*|allerg\w*|disabilit\w*|patient|prescription)(?:_|$)/;

/** The compartment that a Tier 3 claim lies in: one that names both lies with what is known about health. */
export type ClaimCompartment = Extract<CompartmentName, 'payment' | 'health'>;

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
  if (names.some((name) => PAYMENT.test(name) || HEALTH.test(name))) return 3;
  if (typeof value !== 'boolean') return 2;
  return ageTestOf(path) !== undefined || DERIVED.some((form) => form.test(last)) ? 1 : 2;
}

/** The tier of everything a signed value would show by itself; what its own `_sd` hides is not counted. */
export function valueTier(path: ConcretePath, value: Json): ClaimTier {
  if (typeof value !== 'object' || value === null) return claimTier(path, value);
  const inner = partsOf(value).map(([step, part]) => valueTier([...path, step], part));
  if (inner.length === 0 && path.at(-1) === DERIVED_PARENT) return 1;
  return inner.length === 0 ? claimTier(path, null) : (Math.max(...inner) as ClaimTier); // the largest of tiers
}

/** The compartment that a claim of Tier 3 belongs into, by its name; undefined for one of another tier. */
export function claimCompartment(path: ConcretePath): ClaimCompartment | undefined {
  const names = path.filter((step) => typeof step === 'string').map(snakeCase);
  if (names.some((name) => HEALTH.test(name))) return 'health';
  return names.some((name) => PAYMENT.test(name)) ? 'payment' : undefined;
}

/** The compartment of everything a signed value would show by itself; undefined where none of it is Tier 3. */
export function valueCompartment(path: ConcretePath, value: Json): ClaimCompartment | undefined {
  const own = claimCompartment(path);
  if (own === 'health' || typeof value !== 'object' || value === null) return own;
  const inner = partsOf(value).map(([step, part]) => valueCompartment([...path, step], part));
  return inner.includes('health') ? 'health' : (inner.find((one) => one !== undefined) ?? own);
}

/** What a signed value shows by itself, part by part; what its own `_sd` hides is not counted. */
function partsOf(value: readonly Json[] | JsonObject): readonly (readonly [string | number, Json])[] {
  return Array.isArray(value)
    ? (value as readonly Json[]).map((element, i) => [i, element] as const) // Array.isArray loses the type
    : Object.entries(value).filter(([name]) => name !== '_sd' && name !== '...');
}

/** The age that a derived yes/no is about, and which side of it a yes is on. */
export interface AgeTest {
  readonly side: 'over' | 'under';
  /** Years in decimal, without leading zeros. */
  readonly limit: string;
}

/**
 * What age a claim of this name tests: 21 for `age_over_21`, `isOver21`, `age_equal_or_over`/`21`; undefined where it
 * names no age limit. `over` is "has reached", `under` "has not reached".
 */
export function ageTestOf(path: ClaimPath): AgeTest | undefined {
  return ageTestIn(namesOf(path));
}

function ageTestIn(names: readonly string[]): AgeTest | undefined {
  const last = names.at(-1) ?? '';
  if (isListedAge(names)) return { side: 'over', limit: decimal(last) };
  const test = AGE_TEST.exec(last);
  return test === null ? undefined : { side: test[1] === 'under' ? 'under' : 'over', limit: decimal(test[2] ?? '') };
}

/** Whether it is one of the limits that stand together under `age_equal_or_over`. */
const isListedAge = (names: readonly string[]): boolean =>
  names.at(-2) === DERIVED_PARENT && YEARS.test(names.at(-1) ?? '');

const decimal = (digits: string): string => digits.replace(/^0+(?=\d)/, '');

/** Other names for what has one key. */
const SAME: Readonly<Record<string, string>> = {
  birthdate: 'birth_date',
  date_of_birth: 'birth_date',
  dob: 'birth_date',
};

/** The longest name of a claim in rules, and of what an age limit is nested in. */
const MAX_KEY = 200;
const MAX_PARENT = 180;

/**
 * A claim's name in rules, the same for every way to write it: `age_over_21` for all names of that age limit,
 * `age_under_18` likewise, `birth_date`; else the names of its path in snake_case, joined by dots, without indexes.
 * A dot within a name parts it too, so the key of a key is that key. At most 200 characters; what is longer ends in a
 * digest.
 */
export function claimKey(path: ClaimPath): string {
  const names = namesOf(path);
  const age = ageTestIn(names);
  if (age === undefined) return shortened(joined(names), MAX_KEY) || '_';
  const parent = shortened(joined(names.slice(0, isListedAge(names) ? -2 : -1)), MAX_PARENT);
  const own = `age_${age.side}_${age.limit}`;
  return parent === '' ? own : `${parent}.${own}`;
}

const joined = (names: readonly string[]): string =>
  names.map((name) => (Object.hasOwn(SAME, name) ? (SAME[name] ?? name) : name)).join('.');

/** The text, or as much of it as there is room for and a digest of all of it. */
function shortened(text: string, room: number): string {
  if (text.length <= room) return text;
  const digest = bytesToHex(sha256(utf8(text))).slice(0, 16);
  return `${text.slice(0, room - digest.length - 1).toWellFormed()}~${digest}`;
}

/** Whether a claim's key is another's, or is nested in it: `address` covers `address.locality`. */
export const coversClaim = (outer: string, claim: string): boolean => claim === outer || claim.startsWith(`${outer}.`);

/** A path's names, each dot a step, in snake_case; white space, hyphens and asterisks mean something else in a rule. */
const namesOf = (path: ClaimPath): readonly string[] =>
  path
    .filter((step) => typeof step === 'string')
    .flatMap((step) => step.toWellFormed().split('.'))
    .map((name) => snakeCase(name).replace(/[\s*-]+/g, '_'))
    .filter((name) => name !== '');

/**
 * A claim's name in words for people: "over 21", "birth date". Unknown names are the issuer's own, cleaned for
 * display and at most 80 characters.
 */
export function claimLabel(path: ConcretePath): string {
  const names = path.filter((step) => typeof step === 'string');
  const last = names.at(-1) ?? '';
  if (names.at(-2) === DERIVED_PARENT) return `${displayText(last, 10)} or over`;
  const age = ageTestOf(path);
  if (age !== undefined) return displayText(`${age.side} ${age.limit}`, 20);
  const own = words(last);
  const context = names.length > 1 ? `${words(names.at(-2) ?? '')}: ` : '';
  return displayText(context + own, 80);
}

/** Whether Signet has words of its own for what a claim of this name is. */
export function isCatalogued(path: ConcretePath): boolean {
  const names = path.filter((step) => typeof step === 'string');
  const last = names.at(-1) ?? '';
  return (
    Object.hasOwn(LABELS, last) ||
    names.at(-2) === DERIVED_PARENT ||
    ageTestOf(path) !== undefined ||
    claimCompartment(path) !== undefined
  );
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

const snakeCase = (name: string): string =>
  name
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();

/** Whether a JSON value has parts of its own that claims paths can reach. */
export const hasParts = (value: Json): boolean =>
  Array.isArray(value) ? value.length > 0 : isJsonObject(value) && Object.keys(value).length > 0;

/** Keys of the claims that have a name of their own in words; age limits, which have keys of their own, left out. */
export const KNOWN_CLAIMS: readonly string[] = [
  ...new Set(
    Object.keys(LABELS)
      .filter((name) => name !== DERIVED_PARENT)
      .map((name) => claimKey([name])),
  ),
];
