import { listReadableAttributes } from '../../attributes/index.ts';
import type { Attribute } from '../../attributes/index.ts';
import type { Clock, Json } from '../../core/index.ts';
import {
  SELF_ISSUER,
  claimKey,
  isUsable,
  issuerId,
  listCredentials,
  showableClaims,
  valueAt,
} from '../../credentials/index.ts';
import type { CredentialClaim, CredentialRecord } from '../../credentials/index.ts';
import { revealRows } from '../../proofs/index.ts';
import type { VaultReader } from '../../vault/index.ts';

/** Something that the vault knows, as far as it can be reasoned about. */
export interface Fact {
  /** By `claimKey`. */
  readonly key: string;
  readonly label: string;
  readonly tier: 1 | 2 | 3;
  readonly type: Attribute['type'];
  /** Whose word it is: an issuer's, or `self`. */
  readonly issuer: string;
  /** When it was said: milliseconds since the epoch. */
  readonly at: number;
  /** The attribute that it is, of the person's own word. */
  readonly attribute?: string;
  /** Absent at Tier 3. */
  readonly value?: string | number | boolean;
}

/** What the person has stored, without what is unreadable. @throws SignetError locked */
export const ownFacts = async (reader: VaultReader): Promise<readonly Fact[]> =>
  (await listReadableAttributes(reader)).attributes.map(factOf);

const factOf = ({ id, label, tier, type, value, updatedAt }: Attribute): Fact => ({
  ...{ key: claimKey([label]), label, tier, type, issuer: SELF_ISSUER, at: updatedAt, attribute: id },
  ...(value === undefined ? {} : { value: type === 'yes_no' ? value === 'true' : value }),
});

/** What the vault knows of one name: what issuers say first, the newest before the others. @param key by `claimKey` */
export async function factsAbout(reader: VaultReader, key: string, clock: Clock): Promise<readonly Fact[]> {
  const [records, own] = await Promise.all([listCredentials(reader), ownFacts(reader)]);
  const issued: Fact[] = [];
  for (const record of records) {
    if (isUsable(record, clock())) issued.push(...(await factsIn(reader, record, key)));
  }
  return [...issued.sort((a, b) => b.at - a.at), ...own.filter((fact) => fact.key === key)];
}

async function factsIn(reader: VaultReader, record: CredentialRecord, key: string): Promise<readonly Fact[]> {
  const claims = (await showableClaims(reader, record)).filter(
    ({ path, commits }) => commits === undefined && claimKey(path) === key,
  );
  const found = await Promise.all(claims.map((claim) => issuedFact(reader, record, claim)));
  return found.filter((fact) => fact !== undefined);
}

async function issuedFact(
  reader: VaultReader,
  record: CredentialRecord,
  claim: CredentialClaim,
): Promise<Fact | undefined> {
  const { path, label, tier, rows } = claim;
  const at = record.issuedAt === undefined ? record.receivedAt : record.issuedAt * 1000;
  const fact = { key: claimKey(path), label, tier, issuer: issuerId(record), at };
  if (tier === 3) return { ...fact, type: 'text' };
  const value = claim.value ?? valueAt(await revealRows(reader, record, rows), path);
  const type = typeOf(value);
  return type === undefined ? undefined : { ...fact, type, value: value as string | number | boolean }; // as its type says
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** What sort of thing a value is; undefined for one that has parts. */
function typeOf(value: Json | undefined): Fact['type'] | undefined {
  if (typeof value === 'boolean') return 'yes_no';
  if (typeof value === 'number') return 'number';
  if (typeof value !== 'string') return undefined;
  return DATE.test(value) ? 'date' : 'text';
}

/**
 * The one fact of a name that can be reasoned about: an issuer's word goes before the person's own, and where the person
 * has said several things of one name nobody knows which is meant.
 * @param tiers that may be reasoned about
 */
export function theFact(facts: readonly Fact[], tiers: readonly number[]): Fact | undefined {
  const open = facts.filter(({ tier, value }) => tier !== 3 && tiers.includes(tier) && value !== undefined);
  const [first, ...others] = open;
  if (first?.issuer !== SELF_ISSUER) return first;
  return others.length === 0 ? first : undefined;
}
