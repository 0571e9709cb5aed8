import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import type { Bytes, SecretBytes } from '../../core/index.ts';
import { canonicalJsonBytes, concatBytes, equalBytes, fromUtf8, utf8 } from '../../core/index.ts';
import { COMPARTMENT_NAMES } from '../life/compartment.ts';
import { deriveKey } from '../keys/key-tree.ts';
import { damagedBackup } from './backup-file.ts';

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const NameSchema = v.pipe(v.string(), v.regex(/^[a-z0-9_-]{1,32}$/i));

export const CheckpointSchema = v.strictObject({ size: whole, root: v.string(), time: whole });

export const HeldCompartmentSchema = v.strictObject({
  name: v.picklist(COMPARTMENT_NAMES),
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/)),
});

const ManifestSchema = v.strictObject({
  v: v.literal(1),
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/)),
  madeAt: whole,
  records: whole,
  credentials: whole,
  compartments: v.array(HeldCompartmentSchema),
  withoutTier3: v.boolean(),
  checkpoint: CheckpointSchema,
  signedCheckpoint: v.string(),
  header: v.string(),
  mark: v.exactOptional(v.strictObject({ shape: NameSchema, colour: NameSchema })),
});

/** Where the log of a vault stood. */
export type BackupCheckpoint = Readonly<v.InferOutput<typeof CheckpointSchema>>;

/** A compartment as a backup holds it. A compartment erased and made again has another id. */
export type HeldCompartment = Readonly<v.InferOutput<typeof HeldCompartmentSchema>>;

/** What the passphrase alone tells of a backup. `header`: the vault's stored header, as text. */
export type BackupManifest = Readonly<v.InferOutput<typeof ManifestSchema>>;

export const encodeManifest = (manifest: BackupManifest): Bytes => canonicalJsonBytes(manifest);

/** @throws SignetError backup_refused */
export function decodeManifest(bytes: Bytes): BackupManifest {
  try {
    return v.parse(ManifestSchema, JSON.parse(fromUtf8(bytes)));
  } catch {
    throw damagedBackup();
  }
}

const MAC_LENGTH = 32;

/** The keys that records of a backup are sealed under, all of the vault's own: the passphrase derives none of them. */
export interface BackupKeys extends Disposable {
  /** Tier 1, and the boxes of Tier 3. */
  readonly records: SecretBytes;
  readonly tier2: SecretBytes;
}

/** @param id of the backup: no two share a key */
export function deriveBackupKeys(
  keys: { readonly sealing: SecretBytes; readonly tier2: SecretBytes },
  id: string,
): BackupKeys {
  const records = deriveKey(keys.sealing, id, 'signet-backup-records');
  const tier2 = deriveKey(keys.tier2, id, 'signet-backup-records');
  return { records, tier2, [Symbol.dispose]: () => [records, tier2].forEach((key) => key.dispose()) };
}

/**
 * Vouches for a manifest with the keys of its vault: whoever knows the passphrase can write another manifest, but
 * none that the vault takes for its own. The second half tells whether the key of Tier 2 is that of the backup.
 */
export const manifestMacs = (keys: BackupKeys, manifest: Bytes): Bytes =>
  concatBytes(macOf(keys.records, manifest), macOf(keys.tier2, manifest));

/** Which of the keys at hand a backup was made with. */
export interface KeyStanding {
  /** The keys are its vault's, and the manifest is the one its vault wrote. */
  readonly own: boolean;
  /** The key of Tier 2 is the one of that time. */
  readonly tier2: boolean;
}

export function checkMacs(keys: BackupKeys, manifest: Bytes, macs: Bytes): KeyStanding {
  const own = equalBytes(macs.subarray(0, MAC_LENGTH), macOf(keys.records, manifest));
  const tier2 = equalBytes(macs.subarray(MAC_LENGTH), macOf(keys.tier2, manifest));
  return { own, tier2: own && tier2 };
}

function macOf(recordsKey: SecretBytes, manifest: Bytes): Bytes {
  using key = deriveKey(recordsKey, 'manifest', 'signet-backup-manifest-key');
  return hmac(sha256, key.expose(), concatBytes(utf8('signet-backup-manifest'), manifest));
}
