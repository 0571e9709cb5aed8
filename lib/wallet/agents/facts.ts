import { Attributes } from '../../attributes/index.ts';
import type { Attribute } from '../../attributes/index.ts';
import type { Json } from '../../core/index.ts';
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
import type { OpenVault } from '../../vault/index.ts';
import { openLog } from '../log/open-log.ts';
import type { Services } from '../services.ts';

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

type Able = Pick<Services, 'keeper' | 'book' | 'clock'>;

/** What the person has stored, without what is unreadable. @throws SignetError locked */
export async function ownFacts(services: Able): Promise<readonly Fact[]> {
  const attributes = new Attributes(await openLog(services), { clock: services.clock });
  return (await attributes.listReadable()).attributes.map(factOf);
}

const factOf = ({ id, label, tier, type, value, updatedAt }: Attribute): Fact => ({
  ...{ key: claimKey([label]), label, tier, type, issuer: SELF_ISSUER, at: updatedAt, attribute: id },
  ...(value === undefined ? {} : { value: type === 'yes_no' ? value === 'true' : value }),
});

/** What the vault knows of one name: what issuers say first, the newest before the others. @param key by `claimKey` */
export async function factsAbout(services: Able, key: string): Promise<readonly Fact[]> {
  const vault = await services.keeper.open();
  const issued: Fact[] = [];
  for (const record of await listCredentials(vault)) {
    if (isUsable(record, services.clock())) issued.push(...(await factsIn(vault, record, key)));
  }
  const own = (await ownFacts(services)).filter((fact) => fact.key === key);
  return [...issued.sort((a, b) => b.at - a.at), ...own];
}

async function factsIn(vault: OpenVault, record: CredentialRecord, key: string): Promise<readonly Fact[]> {
  const claims = (await showableClaims(vault, record)).filter(
    ({ path, commits }) => commits === undefined && claimKey(path) === key,
  );
  const found = await Promise.all(claims.map((claim) => issuedFact(vault, record, claim)));
  return found.filter((fact) => fact !== undefined);
}

async function issuedFact(
  vault: OpenVault,
  record: CredentialRecord,
  claim: CredentialClaim,
): Promise<Fact | undefined> {
  const { path, label, tier, rows } = claim;
  const at = record.issuedAt === undefined ? record.receivedAt : record.issuedAt * 1000;
  const fact = { key: claimKey(path), label, tier, issuer: issuerId(record), at };
  if (tier === 3) return { ...fact, type: 'text' };
  const value = claim.value ?? valueAt(await revealRows(vault, record, rows), path);
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
