import type { Bytes, Origin } from '../core/index.ts';
import {
  SecretBytes,
  SignetError,
  canonicalJsonBytes,
  concatBytes,
  displayText,
  fromUtf8,
  randomBytes,
  toBase64url,
  utf8,
} from '../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../vault/index.ts';
import { Collection } from '../vault/index.ts';
import type { CredentialClaim } from './claim-inventory.ts';
import { disclosureTier, orderedDisclosures } from './claim-inventory.ts';
import type { IssuedCredential } from './verify-issued.ts';

/** What is kept about a credential, at Tier 1: enough to list it and to plan with it, opening nothing else. */
export interface CredentialRecord {
  readonly id: string;
  /** The issuer's name for this kind of credential, cleaned for display. */
  readonly name: string;
  readonly vct: string;
  readonly issuer: { readonly origin: Origin; readonly name: string; readonly vouched: boolean };
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Seconds since the epoch, as the credential says. */
  readonly issuedAt?: number;
  readonly notBefore?: number;
  readonly expiresAt?: number;
  readonly hasStatus: boolean;
  readonly claims: readonly CredentialClaim[];
  /** The tier each row of an instance is sealed at; Tier 1 rows lie in the instance itself. */
  readonly rowTiers: readonly (1 | 2)[];
  readonly instancesReceived: number;
  /** Ids of the instances that are left, in the order of their use. Never empty. */
  readonly instances: readonly number[];
  /** The last instance was shown at least once: showing it again can be linked. */
  readonly lastReused: boolean;
}

export interface NewCredential {
  readonly name: string;
  readonly issuerName: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** One or more copies of one credential, each with the private half of its own `cnf` key. */
  readonly instances: readonly { readonly issued: IssuedCredential; readonly holderKey: SecretBytes }[];
}

/** One instance, opened for one presentation. Dispose `holderKey` when it is made. */
export interface OpenedInstance {
  readonly instanceId: number;
  /** Compact issuer-signed JWT. */
  readonly issuerJwt: string;
  /** Encoded disclosures of the rows asked for, in their order. */
  readonly disclosures: readonly string[];
  readonly holderKey: SecretBytes;
  /** It is the last one: after use it stays, and the next use can be linked to this one. */
  readonly isLast: boolean;
}

const LIST = new Collection('data/credentials');
const ROW_LIMIT = 1024;
const KEY_LENGTH = 32;

const credentialAt = (id: string): Address => ({ label: `data/credential/${id}`, index: 0 });
const instanceAt = (id: string, instance: number): Address => ({
  label: `data/credential/${id}/instance`,
  index: instance,
});
const rowAt = (id: string, instance: number, row: number): Address => ({
  label: `data/credential/${id}/disclosure`,
  index: instance * ROW_LIMIT + row,
});

/** All credentials, oldest first. */
export async function listCredentials(reader: VaultReader): Promise<readonly CredentialRecord[]> {
  const ids = await LIST.list(reader);
  return Promise.all(ids.map((id) => getCredential(reader, id)));
}

/** @throws SignetError not_found */
export async function getCredential(reader: VaultReader, id: string): Promise<CredentialRecord> {
  const bytes = await reader.get(credentialAt(id), 1);
  if (bytes === undefined) throw new SignetError('not_found', 'This credential is no longer there.', { field: 'id' });
  return parse(bytes) as CredentialRecord;
}

/**
 * Stores a credential with its instances: the issuer-signed part, holder key and derived yes/no claims of each at
 * Tier 1, every other disclosure as a record of its own at its claim's tier.
 * @throws SignetError credential_refused when the copies are not of one credential
 */
export async function addCredential(tx: VaultTx, added: NewCredential): Promise<CredentialRecord> {
  const record = describe(added);
  for (const [instance, { issued, holderKey }] of added.instances.entries()) {
    putInstance(tx, record, instance, issued, holderKey);
  }
  putRecord(tx, record);
  await LIST.add(tx, record.id);
  return record;
}

/** Deletes a credential with everything that belongs to it. @throws SignetError not_found */
export async function removeCredential(tx: VaultTx, id: string): Promise<CredentialRecord> {
  const record = await getCredential(tx, id);
  for (const instance of record.instances) await deleteInstance(tx, record, instance);
  await tx.delete(credentialAt(id));
  await LIST.remove(tx, id);
  return record;
}

/**
 * Opens the next instance of a credential with the disclosures in `rows` (see `rowsFor`); no other record is read.
 * @throws SignetError not_found where the credential is, or one of the rows (see `lostRows`); vault_damaged when the
 *   instance is missing
 */
export async function openInstance(reader: VaultReader, id: string, rows: readonly number[]): Promise<OpenedInstance> {
  const record = await getCredential(reader, id);
  const instanceId = nextInstance(record);
  const { holderKey, sealed } = await readInstance(reader, id, instanceId);
  const disclosures: string[] = [];
  for (const row of rows) {
    disclosures.push(sealed.rows[row] ?? fromUtf8(await openRow(reader, rowAt(id, instanceId, row))));
  }
  return {
    instanceId,
    issuerJwt: sealed.issuerJwt,
    disclosures,
    holderKey: SecretBytes.take(holderKey),
    isLast: record.instances.length === 1,
  };
}

/**
 * Rows of the next instance that are gone: a password reset deletes every Tier 2 record (design §4), and what was
 * sealed there can no longer be shown. Opens nothing.
 */
export async function lostRows(reader: VaultReader, record: CredentialRecord): Promise<readonly number[]> {
  const instance = nextInstance(record);
  const lost: number[] = [];
  for (const [row, tier] of record.rowTiers.entries()) {
    if (tier === 2 && (await reader.tierOf(rowAt(record.id, instance, row))) === undefined) lost.push(row);
  }
  return lost;
}

/** The claims that can still be shown: all of them, but for what a password reset took. Opens nothing. */
export async function showableClaims(
  reader: VaultReader,
  record: CredentialRecord,
): Promise<readonly CredentialClaim[]> {
  const lost = await lostRows(reader, record);
  return record.claims.filter(({ rows }) => !rows.some((row) => lost.includes(row)));
}

/**
 * Marks an instance as used: deleted with all its disclosures while others remain, kept as reused when it is the last.
 * @throws SignetError changed when this instance was used by somebody else meanwhile
 */
export async function consumeInstance(tx: VaultTx, id: string, instanceId: number): Promise<CredentialRecord> {
  const record = await getCredential(tx, id);
  if (!record.instances.includes(instanceId)) {
    throw new SignetError('changed', 'This copy of the credential was used meanwhile.', { field: 'instance' });
  }
  const remaining = record.instances.filter((one) => one !== instanceId);
  if (remaining.length === 0) return putRecord(tx, { ...record, lastReused: true });
  await deleteInstance(tx, record, instanceId);
  return putRecord(tx, { ...record, instances: remaining });
}

function describe({ name, issuerName, receivedAt, instances }: NewCredential): CredentialRecord {
  const [first, ...others] = instances.map(({ issued }) => issued);
  if (first === undefined) throw new SignetError('credential_refused', 'There is no copy to store.');
  const shape = shapeOf(first);
  if (others.some((other) => shapeOf(other) !== shape)) {
    throw new SignetError('credential_refused', 'The copies of the credential differ.', { field: 'claims' });
  }
  const { issuer, vct, hasStatus, issuedAt, notBefore, expiresAt } = first.facts;
  return {
    id: toBase64url(randomBytes(16)),
    name: displayText(name, 80),
    vct,
    // verifyIssuedCredential has compared `iss` with an Origin
    issuer: { origin: issuer as Origin, name: displayText(issuerName, 80), vouched: first.vouched },
    receivedAt,
    ...(issuedAt === undefined ? {} : { issuedAt }),
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    hasStatus,
    claims: first.claims,
    rowTiers: orderedDisclosures(first.sdJwt).map(disclosureTier),
    instancesReceived: instances.length,
    instances: instances.map((_, instance) => instance),
    lastReused: false,
  };
}

/** What must be the same in all copies for one record to describe them. */
function shapeOf({ facts, claims, vouched, sdJwt }: IssuedCredential): string {
  const { issuer, vct, issuedAt, notBefore, expiresAt, hasStatus } = facts;
  const rows = orderedDisclosures(sdJwt).map(disclosureTier);
  const known = { issuer, vct, issuedAt, notBefore, expiresAt, hasStatus, vouched, claims, rows };
  return fromUtf8(canonicalJsonBytes(known));
}

function putRecord(tx: VaultTx, record: CredentialRecord): CredentialRecord {
  tx.put(credentialAt(record.id), 1, canonicalJsonBytes(record));
  return record;
}

/** The part of an instance that is text; the holder key stands before it as 32 raw bytes, never in a string. */
interface SealedInstance {
  readonly issuerJwt: string;
  /** Encoded Tier 1 disclosures by row. */
  readonly rows: Readonly<Record<number, string>>;
}

function putInstance(
  tx: VaultTx,
  { id, rowTiers }: CredentialRecord,
  instance: number,
  { sdJwt }: IssuedCredential,
  holderKey: SecretBytes,
): void {
  const encoded = orderedDisclosures(sdJwt).map((disclosure) => disclosure.encoded);
  const free = Object.fromEntries([...encoded.entries()].filter(([row]) => rowTiers[row] === 1));
  const sealed: SealedInstance = { issuerJwt: sdJwt.issuerJwt.encoded, rows: free };
  const bytes = concatBytes(holderKey.expose(), canonicalJsonBytes(sealed));
  tx.put(instanceAt(id, instance), 1, bytes);
  bytes.fill(0);
  for (const [row, disclosure] of encoded.entries()) {
    if (rowTiers[row] === 2) tx.put(rowAt(id, instance, row), 2, utf8(disclosure));
  }
}

async function readInstance(
  reader: VaultReader,
  id: string,
  instance: number,
): Promise<{ readonly holderKey: Bytes; readonly sealed: SealedInstance }> {
  const bytes = await mustGet(reader, instanceAt(id, instance));
  const holderKey = bytes.slice(0, KEY_LENGTH);
  const sealed = parse(bytes.subarray(KEY_LENGTH)) as SealedInstance;
  bytes.fill(0, 0, KEY_LENGTH);
  return { holderKey, sealed };
}

async function deleteInstance(tx: VaultTx, { id, rowTiers }: CredentialRecord, instance: number): Promise<void> {
  await tx.delete(instanceAt(id, instance));
  for (const [row, tier] of rowTiers.entries()) {
    if (tier === 2) await tx.delete(rowAt(id, instance, row));
  }
}

function nextInstance({ instances }: CredentialRecord): number {
  const [next] = instances;
  if (next === undefined) throw new SignetError('vault_damaged', 'This credential has no copy left.');
  return next;
}

async function openRow(reader: VaultReader, address: Address): Promise<Bytes> {
  const bytes = await reader.get(address, 2);
  if (bytes !== undefined) return bytes;
  throw new SignetError('not_found', 'This claim was lost when the password was reset. Ask the issuer again.');
}

async function mustGet(reader: VaultReader, address: Address): Promise<Bytes> {
  const bytes = await reader.get(address, 1);
  if (bytes === undefined) throw new SignetError('vault_damaged', 'A part of this credential is missing.');
  return bytes;
}

/** Our own bytes: the vault has authenticated them, so the shape they were written with is the shape they have. */
const parse = (bytes: Uint8Array): unknown => JSON.parse(fromUtf8(bytes));
