import type { Bytes, JsonObject } from '../core/index.ts';
import { SecretBytes, SignetError, canonicalJsonBytes, concatBytes, fromUtf8, utf8 } from '../core/index.ts';
import type { Address, Compartment, CompartmentName, VaultReader, VaultTx } from '../vault/index.ts';
import { compartmentPrefix } from '../vault/index.ts';
import type { ClaimCompartment } from './claim-catalogue.ts';
import { orderedDisclosures } from './claim-inventory.ts';
import type { CredentialRecord } from './credential-record.ts';
import { leafCertificate } from './issuer-keys.ts';
import { deleteOpenings } from './opening-store.ts';
import type { StatusReference } from './verifying/index.ts';
import { parseJws, readStatusReference } from './verifying/index.ts';
import type { IssuedCredential } from './verify-issued.ts';

/** Where the status of an instance stands. */
export interface StatusPlace extends StatusReference {
  /** The certificate that the instance was signed with, as base64 of DER: where it has one, and lies open. */
  readonly certificate?: string;
}

/** Opens a compartment under a grant (see lib/vault), or makes it where one is about to be sealed into. */
export type OpenCompartment = (name: CompartmentName) => Promise<Compartment>;

/** What an instance says, without what proves that it is ours. */
export interface ReadInstance {
  /** Compact issuer-signed JWT. */
  readonly issuerJwt: string;
  /** Encoded disclosures of the rows asked for, in their order. */
  readonly disclosures: readonly string[];
}

const ROW_LIMIT = 1024;

const KEY_LENGTH = 32;

const sealedAt = (name: CompartmentName, id: string, part: 'disclosure' | 'issuer', index: number): Address => ({
  label: `${compartmentPrefix(name)}credential/${id}/${part}`,
  index,
});

const instanceAt = (id: string, instance: number): Address => ({
  label: `data/credential/${id}/instance`,
  index: instance,
});

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

/** Compartments that are open for one request, by name. */
export type OpenedCompartments = ReadonlyMap<CompartmentName, Compartment>;

/** Opens compartments. @throws SignetError bad_request, field `opener`, when one is needed and there is no way into it */
export async function openAll(names: readonly CompartmentName[], open?: OpenCompartment): Promise<OpenedCompartments> {
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

/**
 * Stores one copy: the issuer-signed part, holder key and Tier 1 rows together, every other row as a record of its own at
 * its tier, those of Tier 3 in their compartments.
 */
export function putInstance(tx: VaultTx, record: CredentialRecord, instance: number, copy: Copy): void {
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

/** The open part of an instance. Dispose `holderKey`. @throws SignetError vault_damaged when it is missing */
export async function readInstance(
  reader: VaultReader,
  id: string,
  instance: number,
): Promise<{ readonly holderKey: SecretBytes; readonly sealed: SealedInstance }> {
  const bytes = await mustGet(reader, instanceAt(id, instance));
  const holderKey = SecretBytes.take(bytes.slice(0, KEY_LENGTH));
  const sealed = JSON.parse(fromUtf8(bytes.subarray(KEY_LENGTH))) as SealedInstance; // our own bytes, authenticated by the vault
  bytes.fill(0, 0, KEY_LENGTH);
  return { holderKey, sealed };
}

/** Where the status of an instance stands, said by its issuer-signed part. @throws SignetError bad_request, field `status` */
export function statusIn({ issuerJwt }: SealedInstance): StatusPlace {
  if (issuerJwt !== undefined) {
    const signed = parseJws(issuerJwt, 'issuer_jwt');
    const certificate = leafCertificate(signed);
    return { ...readStatusReference(signed.payload), ...(certificate === undefined ? {} : { certificate }) };
  }
  throw new SignetError('bad_request', 'Its place in a status list is locked away with the credential.', {
    field: 'status',
  });
}

/** Takes away a copy with everything that belongs to it. */
export async function deleteInstance(tx: VaultTx, record: CredentialRecord, instance: number): Promise<void> {
  await tx.delete(instanceAt(record.id, instance));
  for (const [row, tier] of record.rowTiers.entries()) {
    if (tier !== 1) await tx.delete(rowAt(record, instance, row));
  }
  for (const { name, issuerPart } of record.sealed ?? []) {
    if (issuerPart) await tx.delete(sealedAt(name, record.id, 'issuer', instance));
  }
  await deleteOpenings(tx, record, instance);
}

/** An instance that is being opened. */
interface Opening {
  readonly reader: VaultReader;
  readonly record: CredentialRecord;
  readonly instance: number;
  readonly compartments: OpenedCompartments;
}

/** What an instance shows with these rows. @throws SignetError `not_found` where one was lost or erased; `vault_damaged` */
export async function readRows(place: Opening, sealed: SealedInstance, rows: readonly number[]): Promise<ReadInstance> {
  const issuerJwt = sealed.issuerJwt ?? (await openIssuerPart(place));
  const disclosures: string[] = [];
  for (const row of rows) disclosures.push(sealed.rows[row] ?? (await openRow(place, row)));
  return { issuerJwt, disclosures };
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
export function rowAt(record: CredentialRecord, instance: number, row: number): Address {
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
