import { createHash, randomBytes } from 'node:crypto';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import type { Person } from './people.ts';
import { hasReached } from './people.ts';
import type { SigningKey } from './signing-key.ts';

const DAY = 86_400_000;
const VALID_DAYS = 365;

/** What the credential is called in an offer and in the metadata. */
export const CONFIGURATION_ID = 'driving-licence';

/** The type (`vct`) of a licence of this issuer. */
export const licenceType = (issuer: string): string => `${issuer}/driving-licence`;

/** Its claims, with the words a wallet shows for them. */
const CLAIMS: Readonly<Record<string, string>> = {
  given_name: 'Given name',
  family_name: 'Family name',
  birthdate: 'Birth date',
  address: 'Address',
  driving_privileges: 'Vehicles you may drive',
  age_over_18: 'Over 18',
  age_over_21: 'Over 21',
  age_over_65: 'Over 65',
};

/** The credential configuration in the issuer's metadata (OpenID4VCI 1.0 §12.2.4, appendix A.3). */
export const licenceConfiguration = (issuer: string) => ({
  format: 'dc+sd-jwt' as const,
  vct: licenceType(issuer),
  scope: CONFIGURATION_ID,
  cryptographic_binding_methods_supported: ['jwk'],
  credential_signing_alg_values_supported: ['ES256'],
  proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
  credential_metadata: {
    display: [
      {
        name: 'Driving licence',
        locale: 'en',
        description: 'A licence to drive, of the State of Example',
        background_color: '#1f4b6e',
        text_color: '#ffffff',
      },
    ],
    claims: Object.entries(CLAIMS).map(([name, label]) => ({
      path: [name] as [string],
      display: [{ name: label, locale: 'en' }],
    })),
  },
});

function licencePayload(person: Person, now: number) {
  const { given_name, family_name, birthdate, address, driving_privileges } = person;
  return {
    given_name,
    family_name,
    birthdate,
    address: { ...address },
    driving_privileges: driving_privileges.map((privilege) => ({ ...privilege })),
    age_over_18: hasReached(18, birthdate, now),
    age_over_21: hasReached(21, birthdate, now),
    age_over_65: hasReached(65, birthdate, now),
  };
}

/**
 * Issues one copy of a licence, bound to the holder's key. Its times are whole days, so that the copies of a batch,
 * and the people who got theirs on one day, cannot be told apart by them.
 * @param now milliseconds since the epoch
 * @returns an SD-JWT VC in compact form, every claim selectively disclosable
 */
export async function issueLicence(
  key: SigningKey,
  { issuer, person, holder, now }: { issuer: string; person: Person; holder: { x: string; y: string }; now: number },
): Promise<string> {
  const today = Math.floor(now / DAY) * DAY;
  const seconds = (time: number): number => time / 1000;
  const sdjwt = new SDJwtVcInstance({
    signer: key.sign,
    signAlg: 'ES256',
    hasher: (data, alg) =>
      createHash(alg.replace('-', ''))
        .update(Buffer.from(data as ArrayBuffer))
        .digest(),
    hashAlg: 'sha-256',
    saltGenerator: () => randomBytes(16).toString('base64url'),
  });
  return sdjwt.issue(
    {
      iss: issuer,
      vct: licenceType(issuer),
      iat: seconds(today),
      nbf: seconds(today),
      exp: seconds(today + VALID_DAYS * DAY),
      cnf: { jwk: { kty: 'EC', crv: 'P-256', x: holder.x, y: holder.y } },
      ...licencePayload(person, now),
    },
    {
      _sd: [
        'given_name',
        'family_name',
        'birthdate',
        'address',
        'driving_privileges',
        'age_over_18',
        'age_over_21',
        'age_over_65',
      ],
    },
    { header: { kid: key.jwk.kid } },
  );
}
