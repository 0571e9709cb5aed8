import type { SecretBytes } from '../core/index.ts';
import { SignetError, canonicalJsonBytes, displayText, fromUtf8, randomBytes, toBase64url } from '../core/index.ts';
import type { VaultReader, VaultTx } from '../vault/index.ts';
import { readCompartment } from '../vault/index.ts';
import type { ClaimCompartment } from './claim-catalogue.ts';
import { claimCompartment } from './claim-catalogue.ts';
import type { CredentialClaim } from './claim-inventory.ts';
import type { ClaimLabel } from './claim-labels.ts';
import { withLabels } from './claim-labels.ts';
import { disclosureCompartment, disclosureTier, orderedDisclosures } from './claim-inventory.ts';
import type { OpenCompartment, OpenedCompartments, ReadInstance, StatusPlace } from './credential-instance.ts';
import {
  deleteInstance,
  openAll,
  putInstance,
  readInstance,
  readRows,
  rowAt,
  statusIn,
} from './credential-instance.ts';
import type { CredentialRecord, SealedRows } from './credential-record.ts';
import { addRecord, dropRecord, getCredential, isUsedUp, listCredentials, putRecord } from './credential-record.ts';
import type { NewBbsCredential } from './bbs-store.ts';
import { deleteBbs, describeBbs, hasBbs, putBbs } from './bbs-store.ts';
import type { TieFacts } from './issuance-tie.ts';
import { releaseTie } from './issuance-tie.ts';
import { linkableBy } from './issuing/linkable.ts';
import type { DecayPolicy } from './life/index.ts';
import { afterStatus, afterUse, assertDecayPolicy, assertUsable, usableInstances } from './life/index.ts';
import { listPromises } from './promised.ts';
import { dropChain, keepChain, vouchedAnew } from './trust/kept-chain.ts';
import { certificateId } from './trust/trust-anchor.ts';
import type { TypeFacts } from './type-metadata/type-facts.ts';
import { dropType, keepType } from './type-metadata/type-store.ts';
import type { Certificate, CredentialStatus } from './verifying/index.ts';
import type { IssuedCredential } from './verify-issued.ts';

export interface NewCredential {
  readonly name: string;
  readonly issuerName: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** One or more copies of one credential, each with the private half of its own `cnf` key. */
  readonly instances: readonly { readonly issued: IssuedCredential; readonly holderKey: SecretBytes }[];
  /** How it fades before its issuer ends it; absent: not at all. */
  readonly decay?: DecayPolicy;
  /** What its issuer calls its claims. */
  readonly labels?: readonly ClaimLabel[];
  /** What the publisher of its type says of it: its labels come before the issuer's. */
  readonly type?: TypeFacts;
  readonly tie?: TieFacts;
}

/** One instance, opened for one presentation. Dispose `holderKey` when it is made. */
export interface OpenedInstance extends ReadInstance {
  readonly instanceId: number;
  readonly holderKey: SecretBytes;
  /** It is the last one: after use it stays, and the next use can be linked to this one. */
  readonly isLast: boolean;
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
  if (added.type !== undefined) keepType(tx, record.id, added.type, added.receivedAt);
  keepChain(tx, record.id, commonChain(added.instances.map(({ issued }) => issued)));
  return addRecord(tx, await vouchedAnew(tx, record, added.receivedAt));
}

/**
 * Stores a BBS credential: what is kept beside it at Tier 1, the credential itself at Tier 2.
 * @throws SignetError `credential_refused` where it says something about payment or health
 */
export async function addBbsCredential(tx: VaultTx, added: NewBbsCredential): Promise<CredentialRecord> {
  const record = describeBbs(added);
  putBbs(tx, record.id, added.held);
  return addRecord(tx, record);
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

/** Deletes a credential with everything that belongs to it. @throws SignetError not_found */
export async function removeCredential(tx: VaultTx, id: string): Promise<CredentialRecord> {
  const record = await getCredential(tx, id);
  if (record.format !== undefined) {
    if (await hasBbs(tx, id)) await deleteBbs(tx, id);
  } else for (const instance of record.instances) await deleteInstance(tx, record, instance);
  await dropChain(tx, id);
  await dropType(tx, id);
  await dropRecord(tx, id);
  if (record.tie !== undefined) {
    await releaseTie(tx, record.tie.issuance, [...(await listPromises(tx)), ...(await listCredentials(tx))]);
  }
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
 * @param rows those to look for. Default: all
 */
export async function lostRows(
  reader: VaultReader,
  record: CredentialRecord,
  rows: readonly number[] = [...record.rowTiers.keys()],
): Promise<readonly number[]> {
  if (record.instances.length === 0) return [];
  const instance = nextInstance(record);
  const erased = await erasedRows(reader, record);
  const lost: number[] = [];
  for (const row of rows) {
    if (record.rowTiers[row] === 1) continue;
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

/** The record of copies that are new, under an id of its own. @throws SignetError credential_refused where they differ */
export function describe(
  { name, issuerName, receivedAt, instances, decay, labels = [], type, tie }: NewCredential,
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
    ...integrityOf(first),
    ...authorityKeysOf(copies),
    issuer: {
      origin: first.origin,
      ...(issuer === first.origin ? {} : { id: issuer }),
      ...{ name: displayText(issuerName, 80), vouched: first.vouched },
    },
    receivedAt,
    ...(issuedAt === undefined ? {} : { issuedAt }),
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    hasStatus,
    claims: withLabels(first.claims, [...(type?.labels ?? []), ...labels]),
    rowTiers: orderedDisclosures(first.sdJwt).map(disclosureTier),
    ...sealedRows(first, compartments),
    ...linkableRows(copies),
    ...(decay === undefined ? {} : { decay }),
    ...(tie === undefined ? {} : { tie }),
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

function integrityOf({ sdJwt }: IssuedCredential): Pick<CredentialRecord, 'vctIntegrity'> {
  const integrity = sdJwt.issuerJwt.payload['vct#integrity'];
  return typeof integrity === 'string' ? { vctIntegrity: integrity } : {};
}

/** Of the authorities behind the certificates in the credential: those that are behind every copy. */
function authorityKeysOf(copies: readonly IssuedCredential[]): Pick<CredentialRecord, 'authorityKeys'> {
  const [first = [], ...others] = copies.map(({ chain = [] }) => chain.flatMap((one) => one.authorityKeyId ?? []));
  const common = first.filter((key) => others.every((other) => other.includes(key)));
  return common.length === 0 ? {} : { authorityKeys: [...new Set(common)] };
}

/** The certificates that all copies came by; none where they differ, and then nobody vouches for all of them. */
export function commonChain(copies: readonly IssuedCredential[]): readonly Certificate[] {
  const [chain, ...others] = copies.map((copy) => copy.chain ?? []);
  const idOf = (one: readonly Certificate[]): string => one.map(certificateId).join();
  return chain !== undefined && others.every((other) => idOf(other) === idOf(chain)) ? chain : [];
}

/** What must be the same in all copies for one record to describe them. */
function shapeOf({ facts, claims, vouched, sdJwt }: IssuedCredential): string {
  const { issuer, vct, issuedAt, notBefore, expiresAt, hasStatus } = facts;
  const rows = orderedDisclosures(sdJwt).map(disclosureTier);
  const known = { issuer, vct, issuedAt, notBefore, expiresAt, hasStatus, vouched, claims, rows };
  return fromUtf8(canonicalJsonBytes(known));
}

/** The next in order that can be shown; or, where none can, the next that could have been. */
function nextInstance(record: CredentialRecord): number {
  const next = usableInstances(record)[0] ?? record.instances[0];
  if (next === undefined) throw new SignetError('vault_damaged', 'This credential has no copy left.');
  return next;
}
