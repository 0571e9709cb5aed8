import type { Bytes } from '../../core/index.ts';
import { SignetError, fromUtf8, randomBytes, toBase64url } from '../../core/index.ts';
import type { Address } from '../blind-db/address.ts';
import type { CompartmentName } from '../life/compartment.ts';
import { COMPARTMENT_NAMES, compartmentAddress, compartmentPrefix, readCompartment } from '../life/compartment.ts';
import { damaged } from '../damage.ts';
import { decodeHeader } from '../keys/header.ts';
import { decodeMark } from '../life/mark.ts';
import type { OpenVault } from '../blind-db/open-vault.ts';
import { HEADER_KEY, MARK_KEY } from '../places.ts';
import type { StorageBackend } from '../blind-db/storage-backend.ts';
import type { VaultReader } from '../blind-db/vault-tx.ts';
import { assertNewPassphrase, sealBackupFile } from './backup-file.ts';
import type { BackupKeys, BackupCheckpoint, BackupManifest, HeldCompartment } from './manifest.ts';
import { deriveBackupKeys, encodeManifest, manifestMacs } from './manifest.ts';
import { encodeRoot } from './opened-backup.ts';
import { packRecord } from './packed-record.ts';

/** What the layers above the vault say of its state, for the manifest. */
export interface VaultFacts {
  readonly checkpoint: BackupCheckpoint;
  /** The same checkpoint as signed by the vault (C2SP tlog-checkpoint), text. */
  readonly signedCheckpoint: string;
  readonly credentials: number;
}

export interface BackupOrder {
  /** At least as strong as a password. */
  readonly passphrase: string;
  /** Whether compartments are in it. */
  readonly tier3: boolean;
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
  /** Where the vault's header and mark stand. */
  readonly backend: StorageBackend;
  /** Asked while nothing can change, so that it is of the same state as the records. It must not write. */
  readonly facts: (reader: VaultReader) => Promise<VaultFacts>;
}

export interface MadeBackup {
  readonly manifest: BackupManifest;
  readonly file: Bytes;
}

/**
 * Makes a backup of an open vault: one state of it, as no transaction runs meanwhile. Writes nothing.
 * @throws SignetError `bad_request`, fields `passphrase` or `file` (too large); `read_only` for a newer Signet's vault;
 *   `vault_damaged`, `locked`
 */
export async function makeBackup(vault: OpenVault, order: BackupOrder): Promise<MadeBackup> {
  assertNewPassphrase(order.passphrase);
  switch (vault.readOnly) {
    case 'newer':
      throw new SignetError('read_only', 'A newer Signet wrote this vault. Update Signet to make a backup of it.');
    case 'full':
      return seal(vault, vault, order); // nothing can change
    case undefined:
      return vault.transact((tx) => seal(vault, tx, order));
  }
}

async function seal(vault: OpenVault, reader: VaultReader, order: BackupOrder): Promise<MadeBackup> {
  const id = toBase64url(randomBytes(16));
  using keys = deriveBackupKeys(vault.keys, id);
  const header = await order.backend.get('meta', HEADER_KEY);
  if (header === undefined) throw damaged('The vault’s header is missing.');
  const packed = await packAll(vault, keys, order.tier3);
  const manifest = await describe(reader, order, { id, header, records: packed.length - 1 });
  const manifestBytes = encodeManifest(manifest);
  const file = await sealBackupFile(order.passphrase, decodeHeader(header).kdf, (add) => {
    for (const frame of [manifestBytes, manifestMacs(keys, manifestBytes), ...packed]) add(frame);
  });
  return { manifest, file };
}

/** The facts of the root, then every record that belongs into the backup, packed. */
async function packAll(vault: OpenVault, keys: BackupKeys, tier3: boolean): Promise<readonly Bytes[]> {
  const root = { logHead: await vault.logHead(), logState: await vault.logState(), decoys: await vault.decoys() };
  const packed = [packRecord(keys, 0, encodeRoot(root))];
  for await (const record of vault.records()) {
    const isOfTier3 = record.tier === 3 || isOfCompartments(record.address, COMPARTMENT_NAMES);
    if (tier3 || !isOfTier3) packed.push(packRecord(keys, packed.length, record));
  }
  return packed;
}

/** Whether a record lies in one of these compartments, or is the wrapped key of one. */
export const isOfCompartments = ({ label }: Address, names: readonly CompartmentName[]): boolean =>
  names.some((name) => label === compartmentAddress(name).label || label.startsWith(compartmentPrefix(name)));

async function describe(
  reader: VaultReader,
  { tier3, madeAt, facts, backend }: BackupOrder,
  { id, header, records }: { readonly id: string; readonly header: Bytes; readonly records: number },
): Promise<BackupManifest> {
  const compartments = await compartmentsOf(reader);
  const mark = await backend.get('meta', MARK_KEY);
  return {
    v: 1,
    id,
    madeAt,
    records,
    ...(await facts(reader)),
    compartments: tier3 ? compartments : [],
    withoutTier3: !tier3 && compartments.length > 0,
    header: fromUtf8(header),
    ...(mark === undefined ? {} : { mark: decodeMark(mark) }),
  };
}

async function compartmentsOf(reader: VaultReader): Promise<HeldCompartment[]> {
  const stored = await Promise.all(COMPARTMENT_NAMES.map((name) => readCompartment(reader, name)));
  return stored.flatMap((one) => (one === undefined ? [] : [{ name: one.name, id: one.id }]));
}
