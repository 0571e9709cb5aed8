import type { JsonObject } from '../../../../lib/core/index.ts';
import { SecretBytes, fromBase64url } from '../../../../lib/core/index.ts';
import { createHolderKey, holderPublicJwk } from '../../../../lib/credentials/index.ts';
import { opensTo, readCommitment, readOpening } from '../../../../lib/credentials/commitment/index.ts';
import type { CredentialSchema, IssuingContext, WireOpening } from '../../../../lib/credentials/issuing/index.ts';
import { ageOver, ed25519PublicJwk, ed25519Signer } from '../../../../lib/credentials/issuing/index.ts';

export const ISSUER = 'https://issuer.example';
export const NOW = Date.UTC(2026, 10, 28, 13, 37, 42, 123);

const key = SecretBytes.take(new Uint8Array(32).fill(7));
export const issuerJwk = ed25519PublicJwk(key);

export const CONTEXT: IssuingContext = {
  issuer: ISSUER,
  signer: ed25519Signer(key, { kid: 'key-1' }),
  now: NOW,
  validDays: 90,
};

/** One field of each kind and level. */
export const LICENCE: CredentialSchema = {
  type: `${ISSUER}/licence`,
  name: 'Licence',
  fields: [
    { kind: 'raw', name: 'issuing_country', disclosure: 'always' },
    { kind: 'raw', name: 'given_name', disclosure: 'selectable' },
    { kind: 'raw', name: 'middle_name', disclosure: 'selectable', optional: true },
    { kind: 'raw', name: 'birth_date', disclosure: 'never' },
    { kind: 'raw', name: 'points', disclosure: 'never' },
    ...[18, 21, 65].map((years) => ageOver(years, 'birth_date')),
    { kind: 'derived', name: 'is_experienced', disclosure: 'selectable', from: 'points', test: { gte: 100 } },
    { kind: 'derived', name: 'is_beginner', disclosure: 'always', from: 'points', test: { lte: 10 } },
    {
      ...{ kind: 'committed', name: 'birth_date_commitment', disclosure: 'selectable' },
      ...{ from: 'birth_date', number: 'date', bits: 16 },
    },
    {
      ...{ kind: 'committed', name: 'points_commitment', disclosure: 'selectable' },
      ...{ from: 'points', number: 'integer', bits: 32 },
    },
  ],
};

export const ADA: JsonObject = {
  issuing_country: 'EX',
  given_name: 'Ada',
  middle_name: 'Maria',
  birth_date: '1990-05-17',
  points: 120,
};

/** Public keys of that many holders, each another. */
export const holders = (count: number) => Array.from({ length: count }, () => holderPublicJwk(createHolderKey()));
export const holder = () => holderPublicJwk(createHolderKey());

/** Whether an opening from the wire opens the commitment that stands in a claim. */
export function isOpened(claim: unknown, opening: WireOpening | undefined): boolean {
  const commitment = readCommitment(claim as JsonObject);
  return opening !== undefined && opensTo(commitment, readOpening({ ...opening }, commitment.bits));
}

/** What a compact SD-JWT says in clear. */
export const clearPart = (credential: string): JsonObject =>
  JSON.parse(new TextDecoder().decode(fromBase64url(credential.split('.')[1] ?? ''))) as JsonObject; // the payload we signed

/** The same person with one value less. */
export const adaWithout = (name: string): JsonObject =>
  Object.fromEntries(Object.entries(ADA).filter(([key]) => key !== name));
