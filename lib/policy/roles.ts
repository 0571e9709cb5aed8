import type { ClaimTier } from '../credentials/index.ts';
import { KNOWN_CLAIMS, claimCompartment, claimLabel, claimTier } from '../credentials/index.ts';
import type { Role } from './engine/index.ts';

/** Least roles by the first name of a claim's key; what is nested in it needs the same. */
const BY_NAME: Readonly<Partial<Record<Role, readonly string[]>>> = {
  commerce: [
    ...['given_name', 'family_name', 'name', 'full_name', 'middle_name', 'nickname'],
    ...['email', 'email_address', 'phone', 'phone_number', 'mobile_phone_number'],
    ...['address', 'resident_address', 'delivery_address', 'street_address', 'street', 'house_number', 'locality'],
    ...['city', 'town', 'postal_code', 'zip_code', 'resident_street', 'resident_house_number'],
    ...['resident_city', 'resident_postal_code', 'resident_state', 'resident_country'],
  ],
  identity: [
    ...['birth_date', 'birth_place', 'place_of_birth', 'age_birth_year', 'age_in_years', 'age'],
    ...['nationality', 'nationalities', 'document_number', 'passport_number', 'id_number', 'licence_number'],
    ...['personal_number', 'personal_administrative_number', 'tax_id', 'national_id', 'social_security_number'],
    ...['portrait', 'picture', 'sex', 'gender', 'birth_family_name', 'birth_given_name', 'sub', 'jti'],
  ],
};

const ROLE_OF: ReadonlyMap<string, Role> = new Map(
  Object.entries(BY_NAME).flatMap(([role, names]) => names.map((name) => [name, role as Role] as const)), // its own keys
);

/**
 * The least role that may learn a claim without the person being asked, where the person has not said otherwise
 * (`claim_roles` of the set): a derived yes/no Public, contact Commerce, payment Financial, health Medical, and
 * everything else, known or not, Identity.
 * @param claim by `claimKey`
 * @param tier where it is known; else a claim that is named like a derived yes/no is taken for one
 */
export function leastRoleOf(claim: string, tier: number | undefined): Role {
  const names = claim.split('.');
  const compartment = claimCompartment(names);
  if (compartment !== undefined) return compartment === 'health' ? 'medical' : 'financial';
  if ((tier ?? claimTier(names, true)) === (1 satisfies ClaimTier)) return 'public';
  if (tier === 3) return 'identity';
  return ROLE_OF.get(names[0] ?? '') ?? 'identity';
}

/** A claim's default least role, as the person reads it. */
export interface DefaultLeastRole {
  readonly claim: string;
  readonly label: string;
  readonly least: Role;
}

/** One claim of each sort that the catalogue has no label for. */
const SORTS = ['age_over_18', 'age_over_21', 'email_verified', 'address', 'card_number', 'health'];

/** The defaults, least role first: every claim that the catalogue knows, and one of each sort it knows by its form. */
export const DEFAULT_LEAST_ROLES: readonly DefaultLeastRole[] = [
  ...new Set([...SORTS, ...ROLE_OF.keys(), ...KNOWN_CLAIMS]),
].map((claim) => ({ claim, label: claimLabel(claim.split('.')), least: leastRoleOf(claim, undefined) }));
