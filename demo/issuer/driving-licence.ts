import type { CredentialSchema } from '../../lib/credentials/issuing/index.ts';
import { ageOver, issuedFields } from '../../lib/credentials/issuing/index.ts';
import type { Person } from './people.ts';

/** What the credential is called in an offer and in the metadata. */
export const LICENCE_ID = 'driving-licence';

/** Days that a licence is valid for. */
export const LICENCE_DAYS = 365;

/** The type (`vct`) of a licence of this issuer. */
export const licenceType = (issuer: string): string => `${issuer}/driving-licence`;

/** What a licence says, all of it for the holder to show or keep: with the words that a wallet shows. */
export function licenceSchema(issuer: string): CredentialSchema {
  const raw = (name: string, label: string) => ({ kind: 'raw', name, label, disclosure: 'selectable' }) as const;
  return {
    type: licenceType(issuer),
    name: 'Driving licence',
    fields: [
      raw('given_name', 'Given name'),
      raw('family_name', 'Family name'),
      raw('birthdate', 'Birth date'),
      raw('address', 'Address'),
      raw('driving_privileges', 'Vehicles you may drive'),
      ...[18, 21, 65].map((years) => ageOver(years, 'birthdate')),
      {
        kind: 'committed',
        name: 'birth_date_commitment',
        label: 'Birth date, sealed: proves your age without the date',
        disclosure: 'selectable',
        from: 'birthdate',
        number: 'date',
        bits: 16,
      },
    ],
  };
}

/** What the register knows of a person, as the schema asks for it. */
export function licenceValues({ given_name, family_name, birthdate, address, driving_privileges }: Person) {
  return { given_name, family_name, birthdate, address: { ...address }, driving_privileges: [...driving_privileges] };
}

/** The credential configuration in the issuer's metadata (OpenID4VCI 1.0 §12.2.4, appendix A.3). */
export function licenceConfiguration(issuer: string) {
  const schema = licenceSchema(issuer);
  return {
    format: 'dc+sd-jwt' as const,
    vct: schema.type,
    scope: LICENCE_ID,
    cryptographic_binding_methods_supported: ['jwk'],
    credential_signing_alg_values_supported: ['ES256'],
    proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
    credential_metadata: {
      display: [
        {
          name: schema.name,
          locale: 'en',
          description: 'A licence to drive, of the State of Example',
          background_color: '#1f4b6e',
          text_color: '#ffffff',
        },
      ],
      claims: issuedFields(schema).map(({ name, label = name }) => ({
        path: [name] as [string],
        display: [{ name: label, locale: 'en' }],
      })),
    },
  };
}
