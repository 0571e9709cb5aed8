import type { JsonObject } from '../core/index.ts';
import { claimLabel, claimTier } from './claim-catalogue.ts';
import type { CredentialClaim } from './claim-inventory.ts';
import { revealedBy } from './claim-inventory.ts';
import type { CredentialRecord } from './credential-record.ts';
import type { AboutMyself } from './issuing/self-issued.ts';
import { selfClaims, selfValidity } from './issuing/self-issued.ts';
import { SELF_ISSUER } from './verifying/index.ts';

/** The id of the one record that is nowhere stored. Those of credentials are longer. */
const SELF_ID = 'self';

/**
 * What the person says of themselves as a credential would be planned with: made for one plan, and kept nowhere. Each
 * claim is a row of its own with its value; what is said is what the person stored to be said, whatever its tier by name.
 * @param now milliseconds since the epoch
 * @throws SignetError bad_request, naming the field that cannot be said
 */
export function describeSelf(about: AboutMyself, now: number): CredentialRecord {
  const { type, name, fields } = about.schema;
  const unsaid = fields.filter(({ disclosure }) => disclosure === 'never');
  return {
    id: SELF_ID,
    format: 'self',
    name,
    vct: type,
    issuer: { origin: SELF_ISSUER, name: '', vouched: false },
    receivedAt: now,
    ...selfValidity(now),
    hasStatus: false,
    claims: selfClaims(about, now).map(([claim, value], row): CredentialClaim => {
      const path = [claim];
      return { path, label: claimLabel(path), tier: claimTier(path, value), rows: [row], value };
    }),
    unsaid: unsaid.map((field) => claimLabel([field.name])),
    rowTiers: [],
    instancesReceived: 1,
    instances: [0],
    lastReused: false,
  };
}

/** The claims that would be said with these rows, with their values. */
export const revealSelf = ({ claims }: Pick<CredentialRecord, 'claims'>, rows: readonly number[]): JsonObject =>
  Object.fromEntries(revealedBy(claims, rows).map(({ path, value }) => [String(path[0]), value ?? null]));
