import type { Bytes, SecretBytes } from '../../core/index.ts';
import { concatBytes, fromUtf8, le64, utf8 } from '../../core/index.ts';
import type { Address, Tier } from '../blind-db/address.ts';
import { openBox, sealBox } from '../keys/sealed-box.ts';
import { damagedBackup } from './backup-file.ts';
import type { BackupKeys } from './manifest.ts';

const LABEL = utf8('signet-backup-record');

/** A record as the vault's owner has it: Tier 3 still in the box of its compartment. */
export interface BackupRecord {
  readonly address: Address;
  readonly tier: Tier;
  readonly bytes: Bytes;
}

/** Everything a packed record authenticates: its place in the backup, so that none is left out, moved or doubled. */
const additionalData = (tier: Tier, place: number): Bytes => concatBytes(LABEL, Uint8Array.of(tier), le64(place));

const keyOf = (keys: BackupKeys, tier: Tier): SecretBytes => (tier === 2 ? keys.tier2 : keys.records);

/** tier ‖ nonce ‖ AES-256-GCM of le16(length of label) ‖ label ‖ le64(index) ‖ bytes. @param place from 0 */
export function packRecord(keys: BackupKeys, place: number, { address, tier, bytes }: BackupRecord): Bytes {
  const label = utf8(address.label);
  const plaintext = concatBytes(
    Uint8Array.of(label.length & 0xff, label.length >> 8),
    label,
    le64(address.index),
    bytes,
  );
  const box = sealBox(keyOf(keys, tier), additionalData(tier, place), plaintext);
  plaintext.fill(0);
  return concatBytes(Uint8Array.of(tier), box);
}

/** The tier a packed record says it is of; that it is no other shows when it is opened. @throws SignetError backup_refused */
export function packedTier(frame: Bytes): Tier {
  const [tier] = frame;
  if (tier === 1 || tier === 2 || tier === 3) return tier;
  throw damagedBackup();
}

/** @throws SignetError backup_refused when it does not open at this place with these keys */
export function unpackRecord(keys: BackupKeys, place: number, frame: Bytes): BackupRecord {
  const tier = packedTier(frame);
  const plaintext = openBox(keyOf(keys, tier), additionalData(tier, place), frame.subarray(1));
  if (plaintext === undefined) throw damagedBackup();
  const view = new DataView(plaintext.buffer, plaintext.byteOffset);
  const end = 2 + view.getUint16(0, true); // authenticated: only packRecord wrote it
  const label = fromUtf8(plaintext.subarray(2, end)) as Address['label'];
  const index = Number(view.getBigUint64(end, true));
  return { address: { label, index }, tier, bytes: plaintext.slice(end + 8) };
}
