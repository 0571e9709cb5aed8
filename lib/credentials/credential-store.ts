import type { Bytes, JsonObject, Origin } from '../core/index.ts';
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
import type { Address, Compartment, CompartmentName, VaultReader, VaultTx } from '../vault/index.ts';
import { Collection, compartmentPrefix, readCompartment } from '../vault/index.ts';
import type { ClaimCompartment, ClaimTier } from './claim-catalogue.ts';
import { claimCompartment } from './claim-catalogue.ts';
import type { CredentialClaim } from './claim-inventory.ts';
import { disclosureCompartment, disclosureTier, orderedDisclosures } from './claim-inventory.ts';
import { leafCertificate } from './issuer-keys.ts';
import type { NewBbsCredential } from './bbs-store.ts';
import { deleteBbs, describeBbs, hasBbs, putBbs } from './bbs-store.ts';
import { linkableBy } from './issuing/linkable.ts';
import type { DecayPolicy, LifeFacts } from './life/index.ts';
import { afterStatus, afterUse, assertDecayPolicy, assertUsable, usableInstances } from './life/index.ts';
import { deleteOpenings } from './opening-store.ts';
import type { CredentialStatus, SELF_ISSUER, StatusReference } from './verifying/index.ts';
import { parseJws, readStatusReference } from './verifying/index.ts';
import type { IssuedCredential } from './verify-issued.ts';

/** What is kept about a credential, at Tier 1: enough to list it and to plan with it, opening nothing else. */
export interface CredentialRecord extends LifeFacts {
  readonly id: string;
  /**
   * Absent: an SD-JWT VC. BBS credentials have one copy for all sites, whose claims are messages (see `bbs-store`).
   * `self` is no credential yet and never stored: what the person could say (see `self-record`).
   */
  readonly format?: 'bbs' | 'bbs+' | 'self';
  /** The issuer's name for this kind of credential, cleaned for display. */
  readonly name: string;
  readonly vct: string;
  readonly issuer: {
    readonly origin: Origin | typeof SELF_ISSUER;
    readonly name: string;
    readonly vouched: boolean;
  };
  /** Seconds since the epoch, as the credential says. */
  readonly issuedAt?: number;
  readonly notBefore?: number;
  readonly hasStatus: boolean;
  readonly claims: readonly CredentialClaim[];
  /** The tier each row of an instance is sealed at; Tier 1 rows lie in the instance itself. */
  readonly rowTiers: readonly ClaimTier[];
  /** What of each instance lies in compartments; absent where nothing does. */
  readonly sealed?: readonly SealedRows[];
  /** Names of claims by which copies of a batch can be put together, whatever is disclosed; absent where there is none. */
  readonly linkable?: readonly string[];
  /** Labels of what the person's own claims are made from and what is never said itself; absent for any other. */
  readonly unsaid?: readonly string[];
  /** A backup was restored since it was received: any of the instances may have been shown in the state that went. */
  readonly maybeUsed?: boolean;
}

/** A credential that the vault holds: somebody issued it. */
export type StoredCredential = CredentialRecord & { readonly issuer: { readonly origin: Origin } };

/** Where the status of an instance stands. */
export interface StatusPlace extends StatusReference {
  /** The certificate that the instance was signed with, as base64 of DER: where it has one, and lies open. */
  readonly certificate?: string;
}

/** The rows of each instance that lie in one compartment. */
export interface SealedRows {
  readonly name: ClaimCompartment;
  /** Of the compartment they were sealed into: erased and made again, it is another one. */
  readonly id: string;
  readonly rows: readonly number[];
  /** The issuer-signed part lies there too: it shows claims of this compartment whatever rows go with it. */
  readonly issuerPart: boolean;
}

/** Opens a compartment under a grant (see lib/vault), or makes it where one is about to be sealed into. */
export type OpenCompartment = (name: CompartmentName) => Promise<Compartment>;

export interface NewCredential {
  readonly name: string;
  readonly issuerName: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** One or more copies of one credential, each with the private half of its own `cnf` key. */
  readonly instances: readonly { readonly issued: IssuedCredential; readonly holderKey: SecretBytes }[];
  /** How it fades before its issuer ends it; absent: not at all. */
  readonly decay?: DecayPolicy;
}

/** What an instance says, without what proves that it is ours. */
export interface ReadInstance {
  /** Compact issuer-signed JWT. */
  readonly issuerJwt: string;
  /** Encoded disclosures of the rows asked for, in their order. */
  readonly disclosures: readonly string[];
}

/** One instance, opened for one presentation. Dispose `holderKey` when it is made. */
export interface OpenedInstance extends ReadInstance {
  readonly instanceId: number;
  readonly holderKey: SecretBytes;
  /** It is the last one: after use it stays, and the next use can be linked to this one. */
  readonly isLast: boolean;
}

const LIST = new Collection('data/credentials');
const ROW_LIMIT = 1024;
const KEY_LENGTH = 32;

const sealedAt = (name: CompartmentName, id: string, part: 'disclosure' | 'issuer', index: number): Address => ({
  label: `${compartmentPrefix(name)}credential/${id}/${part}`,
  index,
});
const credentialAt = (id: string): Address => ({ label: `data/credential/${id}`, index: 0 });
const instanceAt = (id: string, instance: number): Address => ({
  label: `data/credential/${id}/instance`,
  index: instance,
});
/** All credentials, oldest first. */
export async function listCredentials(reader: VaultReader): Promise<readonly CredentialRecord[]> {
  const ids = await LIST.list(reader);
  return Promise.all(ids.map((id) => getCredential(reader, id)));
}

/** @throws SignetError not_found */
export async function getCredential(reader: VaultReader, id: string): Promise<StoredCredential> {
  const bytes = await reader.get(credentialAt(id), 1);
  if (bytes === undefined) throw new SignetError('not_found', 'This credential is no longer there.', { field: 'id' });
  return parse(bytes) as StoredCredential;
}

/**
 * Stores a credential with its instances: the issuer-signed part, holder key and derived yes/no claims of each at
 * Tier 1, every other disclosure as a record of its own at its claim's tier; those of Tier 3 in their compartments.
 * @param open makes or opens a compartment, under a grant; needed where `compartmentsOfCopies` names one
 * @throws SignetError `credential_refused` when the copies are not of one credential; `bad_request`: field `opener` when
 *   a compartment is needed and there is no way into it, field `decay…` on a policy that cannot be kept to
 */
export async function addCredential(
  tx: VaultTx,
  added: NewCredential,
  open?: OpenCompartment,
): Promise<CredentialRecord> {
  const compartments = await openAll(compartmentsOfCopies(added.instances.map(({ issued }) => issued)), open);
  const record = describe(added, compartments);
  for (const [instance, { issued, holderKey }] of added.instances.entries()) {
    putInstance(tx, record, instance, { issued, holderKey, compartments });
  }
  putRecord(tx, record);
  await LIST.add(tx, record.id);
  return record;
}

/**
 * Stores a BBS credential: what is kept beside it at Tier 1, the credential itself at Tier 2.
 * @throws SignetError `credential_refused` where it says something about payment or health
 */
export async function addBbsCredential(tx: VaultTx, added: NewBbsCredential): Promise<CredentialRecord> {
  const record = describeBbs(added);
  putBbs(tx, record.id, added.held);
  putRecord(tx, record);
  await LIST.add(tx, record.id);
  return record;
}

/** The compartments that claims of these copies have to be sealed into. */
export function compartmentsOfCopies(copies: readonly IssuedCredential[]): readonly ClaimCompartment[] {
  const names = copies.flatMap(({ sdJwt, claims }) => [
    ...orderedDisclosures(sdJwt).flatMap((disclosure) => disclosureCompartment(disclosure) ?? []),
    ...issuerCompartment(claims),
  ]);
  return [...new Set(names)];
}

/** The compartments that have to be opened to show these rows of a credential. */
export function compartmentsOfRows(
  { sealed = [] }: CredentialRecord,
  rows: readonly number[],
): readonly ClaimCompartment[] {
  const needed = sealed.filter((part) => part.issuerPart || part.rows.some((row) => rows.includes(row)));
  return needed.map(({ name }) => name);
}

/** Where the issuer-signed part belongs: with the most private claim that it always shows. At most one name. */
function issuerCompartment(claims: readonly CredentialClaim[]): readonly ClaimCompartment[] {
  const always = claims.filter(({ tier, rows }) => tier === 3 && rows.length === 0);
  const names = always.flatMap(({ path }) => claimCompartment(path) ?? []);
  return names.includes('health') ? ['health'] : names.slice(0, 1);
}

type OpenedCompartments = ReadonlyMap<CompartmentName, Compartment>;

async function openAll(names: readonly CompartmentName[], open?: OpenCompartment): Promise<OpenedCompartments> {
  const opened = new Map<CompartmentName, Compartment>();
  for (const name of names) {
    if (open === undefined) {
      throw new SignetError('bad_request', 'This takes your password or passkey: a compartment has to be opened.', {
        field: 'opener',
      });
    }
    opened.set(name, await open(name));
  }
  return opened;
}

/** Deletes a credential with everything that belongs to it. @throws SignetError not_found */
export async function removeCredential(tx: VaultTx, id: string): Promise<CredentialRecord> {
  const record = await getCredential(tx, id);
  if (record.format !== undefined) {
    if (await hasBbs(tx, id)) await deleteBbs(tx, id);
  } else for (const instance of record.instances) await deleteInstance(tx, record, instance);
  await tx.delete(credentialAt(id));
  await LIST.remove(tx, id);
  return record;
}

/**
 * Opens the next instance of a credential with the disclosures in `rows` (see `rowsFor`); no other record is read.
 * @param now milliseconds since the epoch
 * @param open opens a compartment, under a grant; needed where `compartmentsOfRows` names one
 * @throws SignetError `expired`, `consumed`, `revoked` or `wait` when it cannot be shown now; `not_found` where the
 *   credential is, or one of the rows (see `lostRows`); `bad_request`, field `opener`, when a compartment is needed and
 *   there is no way into it; `vault_damaged` when the instance is missing
 */
export async function openInstance(
  reader: VaultReader,
  id: string,
  rows: readonly number[],
  now: number,
  open?: OpenCompartment,
): Promise<OpenedInstance> {
  const record = await getCredential(reader, id);
  assertUsable(record, now);
  const instanceId = nextInstance(record);
  const compartments = await openAll(compartmentsOfRows(record, rows), open);
  const { holderKey, sealed } = await readInstance(reader, id, instanceId);
  try {
    const read = await readRows({ reader, record, instance: instanceId, compartments }, sealed, rows);
    return { ...read, instanceId, holderKey, isLast: usableInstances(record).length === 1 };
  } catch (error) {
    holderKey.dispose();
    throw error;
  }
}

/**
 * Reads the next instance of a credential, to see what it would show: its holder key stays where it is, and whether it
 * can be shown at all is not asked.
 * @throws SignetError as `openInstance` does, but for its state
 */
export async function revealInstance(
  reader: VaultReader,
  id: string,
  rows: readonly number[],
  open?: OpenCompartment,
): Promise<ReadInstance> {
  const record = await getCredential(reader, id);
  const instance = nextInstance(record);
  const compartments = await openAll(compartmentsOfRows(record, rows), open);
  const { holderKey, sealed } = await readInstance(reader, id, instance);
  holderKey.dispose();
  return readRows({ reader, record, instance, compartments }, sealed, rows);
}

async function readRows(place: Opening, sealed: SealedInstance, rows: readonly number[]): Promise<ReadInstance> {
  const issuerJwt = sealed.issuerJwt ?? (await openIssuerPart(place));
  const disclosures: string[] = [];
  for (const row of rows) disclosures.push(sealed.rows[row] ?? (await openRow(place, row)));
  return { issuerJwt, disclosures };
}

/**
 * Where the status of each instance that is left stands, by the instance's id. Opens no compartment.
 * @throws SignetError `bad_request`, field `status`, where one names no status list; or where it lies in a compartment,
 *   written down by a Signet that kept no such note
 */
export async function statusReferences(
  reader: VaultReader,
  record: CredentialRecord,
): Promise<ReadonlyMap<number, StatusPlace>> {
  const references = new Map<number, StatusPlace>();
  for (const instance of record.instances) {
    const { holderKey, sealed } = await readInstance(reader, record.id, instance);
    holderKey.dispose();
    references.set(instance, sealed.status ?? statusIn(sealed));
  }
  return references;
}

function statusIn({ issuerJwt }: SealedInstance): StatusPlace {
  if (issuerJwt !== undefined) {
    const signed = parseJws(issuerJwt, 'issuer_jwt');
    const certificate = leafCertificate(signed);
    return { ...readStatusReference(signed.payload), ...(certificate === undefined ? {} : { certificate }) };
  }
  throw new SignetError('bad_request', 'Its place in a status list is locked away with the credential.', {
    field: 'status',
  });
}

/**
 * Writes down what the issuer's lists say of the instances that are left.
 * @param statuses by the instance's id
 * @param now milliseconds since the epoch
 * @throws SignetError `not_found`; `expired`, `consumed`, `revoked` when it is at its end already
 */
export async function noteStatuses(
  tx: VaultTx,
  id: string,
  statuses: ReadonlyMap<number, CredentialStatus>,
  now: number,
): Promise<CredentialRecord> {
  const record = await getCredential(tx, id);
  return putRecord(tx, { ...record, ...afterStatus(record, statuses, now) });
}

/**
 * Rows of the next instance that are gone: a password reset deletes every Tier 2 record (design §4), and an erased
 * compartment takes its rows with it. What was sealed there can no longer be shown. Opens nothing.
 */
export async function lostRows(reader: VaultReader, record: CredentialRecord): Promise<readonly number[]> {
  if (record.instances.length === 0) return [];
  const instance = nextInstance(record);
  const erased = await erasedRows(reader, record);
  const lost: number[] = [];
  for (const [row, tier] of record.rowTiers.entries()) {
    if (tier === 1) continue;
    const isThere = !erased.includes(row) && (await reader.tierOf(rowAt(record, instance, row))) !== undefined;
    if (!isThere) lost.push(row);
  }
  return lost;
}

async function erasedRows(reader: VaultReader, { sealed = [] }: CredentialRecord): Promise<readonly number[]> {
  const rows: number[] = [];
  for (const part of sealed) if (await isErased(reader, part)) rows.push(...part.rows);
  return rows;
}

/** Whether a compartment is not the one it was: its rows may still lie there, and open no more. */
const isErased = async (reader: VaultReader, { name, id }: SealedRows): Promise<boolean> =>
  (await readCompartment(reader, name))?.id !== id;

/**
 * The claims that are still there to be shown: all but what a password reset or an erased compartment took. Opens
 * nothing, and does not ask whether the credential can be shown.
 */
export async function showableClaims(
  reader: VaultReader,
  record: CredentialRecord,
): Promise<readonly CredentialClaim[]> {
  if (record.format !== undefined) return (await hasBbs(reader, record.id)) ? record.claims : [];
  const issuerPart = record.sealed?.find((part) => part.issuerPart);
  if (issuerPart !== undefined && (await isErased(reader, issuerPart))) return [];
  const lost = await lostRows(reader, record);
  return record.claims.filter(({ rows }) => !rows.some((row) => lost.includes(row)));
}

/**
 * Marks an instance as used: deleted with all its disclosures while others remain, kept as reused when it is the last.
 * The use that was agreed to be the last deletes them all.
 * @param now milliseconds since the epoch
 * @throws SignetError changed when this instance was used by somebody else meanwhile; `expired`, `consumed`, `revoked`
 *   or `wait` when it cannot be shown now
 */
export async function consumeInstance(
  tx: VaultTx,
  id: string,
  instanceId: number,
  now: number,
): Promise<CredentialRecord> {
  const record = await getCredential(tx, id);
  const used = { ...record, ...afterUse(record, instanceId, now) };
  for (const instance of record.instances) {
    if (!used.instances.includes(instance)) await deleteInstance(tx, record, instance);
  }
  return putRecord(tx, used);
}

/**
 * Counts every copy of every credential as possibly used: a backup was restored, and what was shown after it was made
 * is not known any more. Copies that are received from here on are fresh.
 * @returns how many credentials there are
 */
export async function markMaybeUsed(tx: VaultTx): Promise<number> {
  const records = await listCredentials(tx);
  for (const record of records) if (isUsedUp(record)) putRecord(tx, { ...record, maybeUsed: true });
  return records.length;
}

/**
 * Whether copies of it are used one after the other: a BBS credential shows itself as another one each time, and what
 * the person says is made when it is said.
 */
export const isUsedUp = ({ format }: Pick<CredentialRecord, 'format'>): boolean => format === undefined;

function describe(
  { name, issuerName, receivedAt, instances, decay }: NewCredential,
  compartments: OpenedCompartments,
): CredentialRecord {
  if (decay !== undefined) assertDecayPolicy(decay);
  const copies = instances.map(({ issued }) => issued);
  const [first, ...others] = copies;
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
    ...sealedRows(first, compartments),
    ...linkableRows(copies),
    ...(decay === undefined ? {} : { decay }),
    instancesReceived: instances.length,
    instances: instances.map((_, instance) => instance),
    lastReused: false,
  };
}

/** One copy alone is put together with nothing. */
function linkableRows(copies: readonly IssuedCredential[]): Pick<CredentialRecord, 'linkable'> {
  const linkable = copies.length > 1 ? linkableBy(copies.map(({ sdJwt }) => sdJwt)) : [];
  return linkable.length === 0 ? {} : { linkable };
}

function sealedRows(
  { sdJwt, claims }: IssuedCredential,
  compartments: OpenedCompartments,
): Pick<CredentialRecord, 'sealed'> {
  if (compartments.size === 0) return {};
  const names = orderedDisclosures(sdJwt).map(disclosureCompartment);
  const sealed = (['payment', 'health'] as const).flatMap((name): SealedRows[] => {
    const id = compartments.get(name)?.id;
    const rows = [...names.entries()].flatMap(([row, own]) => (own === name ? [row] : []));
    return id === undefined ? [] : [{ name, id, rows, issuerPart: issuerCompartment(claims).includes(name) }];
  });
  return { sealed };
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
  /** Absent where it lies in a compartment. */
  readonly issuerJwt?: string;
  /** Encoded Tier 1 disclosures by row. */
  readonly rows: Readonly<Record<number, string>>;
  /** Where its status stands, where the issuer-signed part does not lie here to say so. */
  readonly status?: StatusReference;
}

interface Copy {
  readonly issued: IssuedCredential;
  readonly holderKey: SecretBytes;
  readonly compartments: OpenedCompartments;
}

function putInstance(tx: VaultTx, record: CredentialRecord, instance: number, copy: Copy): void {
  const { rowTiers, sealed = [] } = record;
  const { sdJwt } = copy.issued;
  const encoded = orderedDisclosures(sdJwt).map((disclosure) => disclosure.encoded);
  const free = Object.fromEntries([...encoded.entries()].filter(([row]) => rowTiers[row] === 1));
  const issuerPart = sealed.find((part) => part.issuerPart);
  const text: SealedInstance =
    issuerPart === undefined
      ? { issuerJwt: sdJwt.issuerJwt.encoded, rows: free }
      : { rows: free, ...statusBeside(sdJwt.issuerJwt.payload) };
  const bytes = concatBytes(copy.holderKey.expose(), canonicalJsonBytes(text));
  tx.put(instanceAt(record.id, instance), 1, bytes);
  bytes.fill(0);
  for (const [row, disclosure] of encoded.entries()) {
    if (rowTiers[row] === 2) tx.put(rowAt(record, instance, row), 2, utf8(disclosure));
  }
  const box = (name: CompartmentName, address: Address, plaintext: string): void =>
    tx.put(address, 3, opened(copy.compartments, name).seal(address, utf8(plaintext)));
  for (const { name, rows } of sealed) {
    for (const row of rows) box(name, rowAt(record, instance, row), encoded[row] ?? '');
  }
  if (issuerPart !== undefined) {
    box(issuerPart.name, sealedAt(issuerPart.name, record.id, 'issuer', instance), sdJwt.issuerJwt.encoded);
  }
}

/** A status by other means than a list is no reason to refuse a credential: it cannot be asked, that is all. */
function statusBeside(payload: JsonObject): Pick<SealedInstance, 'status'> {
  try {
    return { status: readStatusReference(payload) };
  } catch {
    return {};
  }
}

async function readInstance(
  reader: VaultReader,
  id: string,
  instance: number,
): Promise<{ readonly holderKey: SecretBytes; readonly sealed: SealedInstance }> {
  const bytes = await mustGet(reader, instanceAt(id, instance));
  const holderKey = SecretBytes.take(bytes.slice(0, KEY_LENGTH));
  const sealed = parse(bytes.subarray(KEY_LENGTH)) as SealedInstance;
  bytes.fill(0, 0, KEY_LENGTH);
  return { holderKey, sealed };
}

async function deleteInstance(tx: VaultTx, record: CredentialRecord, instance: number): Promise<void> {
  await tx.delete(instanceAt(record.id, instance));
  for (const [row, tier] of record.rowTiers.entries()) {
    if (tier !== 1) await tx.delete(rowAt(record, instance, row));
  }
  for (const { name, issuerPart } of record.sealed ?? []) {
    if (issuerPart) await tx.delete(sealedAt(name, record.id, 'issuer', instance));
  }
  await deleteOpenings(tx, record, instance);
}

/** The next in order that can be shown; or, where none can, the next that could have been. */
function nextInstance(record: CredentialRecord): number {
  const next = usableInstances(record)[0] ?? record.instances[0];
  if (next === undefined) throw new SignetError('vault_damaged', 'This credential has no copy left.');
  return next;
}

/** An instance that is being opened. */
interface Opening {
  readonly reader: VaultReader;
  readonly record: CredentialRecord;
  readonly instance: number;
  readonly compartments: OpenedCompartments;
}

async function openRow({ reader, record, instance, compartments }: Opening, row: number): Promise<string> {
  const address = rowAt(record, instance, row);
  const name = compartmentOfRow(record, row);
  if (name !== undefined) return openBoxed(reader, address, opened(compartments, name));
  const bytes = await reader.get(address, 2);
  if (bytes !== undefined) return fromUtf8(bytes);
  throw new SignetError('not_found', 'This claim was lost when the password was reset. Ask the issuer again.');
}

async function openIssuerPart({ reader, record, instance, compartments }: Opening): Promise<string> {
  const name = record.sealed?.find((part) => part.issuerPart)?.name;
  if (name === undefined) throw new SignetError('vault_damaged', 'A part of this credential is missing.');
  return openBoxed(reader, sealedAt(name, record.id, 'issuer', instance), opened(compartments, name));
}

async function openBoxed(reader: VaultReader, address: Address, compartment: Compartment): Promise<string> {
  const box = await reader.get(address, 3);
  if (box === undefined) {
    throw new SignetError('not_found', 'This claim was erased with its compartment. Ask the issuer again.');
  }
  const bytes = compartment.open(address, box);
  const text = fromUtf8(bytes);
  bytes.fill(0);
  return text;
}

function opened(compartments: OpenedCompartments, name: CompartmentName): Compartment {
  const compartment = compartments.get(name);
  if (compartment === undefined) throw new SignetError('internal', 'A compartment was not opened.');
  return compartment;
}

const compartmentOfRow = ({ sealed = [] }: CredentialRecord, row: number): ClaimCompartment | undefined =>
  sealed.find(({ rows }) => rows.includes(row))?.name;

/** Where a row of an instance lies that is not in the instance itself. */
function rowAt(record: CredentialRecord, instance: number, row: number): Address {
  const index = instance * ROW_LIMIT + row;
  const name = compartmentOfRow(record, row);
  if (name !== undefined) return sealedAt(name, record.id, 'disclosure', index);
  return { label: `data/credential/${record.id}/disclosure`, index };
}

async function mustGet(reader: VaultReader, address: Address): Promise<Bytes> {
  const bytes = await reader.get(address, 1);
  if (bytes === undefined) throw new SignetError('vault_damaged', 'A part of this credential is missing.');
  return bytes;
}

/** Our own bytes: the vault has authenticated them, so the shape they were written with is the shape they have. */
const parse = (bytes: Uint8Array): unknown => JSON.parse(fromUtf8(bytes));
