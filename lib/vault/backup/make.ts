import type { Bytes } from '../../core/index.ts';
import { fromUtf8, randomBytes, toBase64url } from '../../core/index.ts';
import type { Address } from '../address.ts';
import type { CompartmentName } from '../compartment.ts';
import { COMPARTMENT_NAMES, compartmentAddress, compartmentPrefix, readCompartment } from '../compartment.ts';
import { damaged } from '../damage.ts';
import { decodeHeader } from '../header.ts';
import { decodeMark } from '../mark.ts';
import type { OpenVault } from '../open-vault.ts';
import { HEADER_KEY, MARK_KEY } from '../places.ts';
import type { VaultReader, VaultTx } from '../vault-tx.ts';
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
  /** Asked within the transaction that reads the records, so that it is of the same state. It must not write. */
  readonly facts: (reader: VaultReader) => Promise<VaultFacts>;
}

export interface MadeBackup {
  readonly manifest: BackupManifest;
  readonly file: Bytes;
}

/**
 * Makes a backup of an open vault: one state of it, as no transaction runs meanwhile. Writes nothing.
 * @throws SignetError bad_request, fields `passphrase` or `file` (too large); vault_damaged; locked
 */
export async function makeBackup(vault: OpenVault, order: BackupOrder): Promise<MadeBackup> {
  assertNewPassphrase(order.passphrase);
  return vault.transact(async (tx) => {
    const id = toBase64url(randomBytes(16));
    using keys = deriveBackupKeys(vault.keys, id);
    const records = await packAll(vault, keys, order.tier3);
    const manifest = await describe(tx, order, { id, records: records.length - 1 });
    const manifestBytes = encodeManifest(manifest);
    const file = await sealBackupFile(order.passphrase, decodeHeader(await headerOf(tx)).kdf, (add) => {
      for (const frame of [manifestBytes, manifestMacs(keys, manifestBytes), ...records]) add(frame);
      return Promise.resolve();
    });
    return { manifest, file };
  });
}

/** Every record that belongs into the backup, packed, after the facts of the root. */
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
  tx: VaultTx,
  { tier3, madeAt, facts }: BackupOrder,
  { id, records }: { readonly id: string; readonly records: number },
): Promise<BackupManifest> {
  const compartments = await compartmentsOf(tx);
  const mark = (await tx.sideEntries('meta')).find(([key]) => key === MARK_KEY)?.[1];
  return {
    v: 1,
    id,
    madeAt,
    records,
    ...(await facts(tx)),
    compartments: tier3 ? compartments : [],
    withoutTier3: !tier3 && compartments.length > 0,
    header: fromUtf8(await headerOf(tx)),
    ...(mark === undefined ? {} : { mark: decodeMark(mark) }),
  };
}

async function compartmentsOf(reader: VaultReader): Promise<HeldCompartment[]> {
  const stored = await Promise.all(COMPARTMENT_NAMES.map((name) => readCompartment(reader, name)));
  return stored.flatMap((one) => (one === undefined ? [] : [{ name: one.name, id: one.id }]));
}

async function headerOf(tx: VaultTx): Promise<Bytes> {
  const header = (await tx.sideEntries('meta')).find(([key]) => key === HEADER_KEY)?.[1];
  if (header === undefined) throw damaged('The vault’s header is missing.');
  return header;
}
