import type { Bytes, SecretBytes } from '../../core/index.ts';
import { SignetError, equalBytes, utf8 } from '../../core/index.ts';
import type { Header } from '../keys/header.ts';
import { decodeHeader, encodeHeader } from '../keys/header.ts';
import type { KeeperRoom } from '../life/keeper-room.ts';
import { keysOfEntropy, newHeader } from '../life/keeper-room.ts';
import type { PhraseKeys, VaultKeys } from '../keys/key-tree.ts';
import { disposeKeys, inboxPublicKey } from '../keys/key-tree.ts';
import { entropyOfPhrase } from '../keys/phrase.ts';
import { newTier2Key, openHeader } from '../keys/wraps.ts';
import { damagedBackup } from './backup-file.ts';
import type { BackupKeys, BackupManifest } from './manifest.ts';
import { deriveBackupKeys } from './manifest.ts';
import type { OpenedBackup } from './opened-backup.ts';

/** The vault's password at the time of the backup; or its words, with a new password. */
export type RestoreOpener = { readonly password: string } | { readonly phrase: string; readonly password: string };

/** A backup that the person's opener opened. */
export interface OpenedWith extends Disposable {
  /** Of the vault as it will be: after a restore by the words, with a fresh key of Tier 2. Disposed with it. */
  readonly keys: VaultKeys;
  readonly backupKeys: BackupKeys;
  readonly header: Bytes;
  readonly tier2Lost: boolean;
}

/**
 * Opens what a backup's vault is made of. A password is a try like any other and is counted; a right one is forgiven
 * once the restore is done, so that nobody clears the count of the vault that is here with a backup of their own.
 * @throws SignetError `wrong_password`, `wait`, `wrong_phrase`, `backup_refused`, `bad_request` (field `phrase`)
 */
export async function openWith(room: KeeperRoom, backup: OpenedBackup, opener: RestoreOpener): Promise<OpenedWith> {
  return 'phrase' in opener ? openByPhrase(room, backup, opener) : openByPassword(room, backup, opener.password);
}

async function openByPassword({ attempts }: KeeperRoom, backup: OpenedBackup, password: string): Promise<OpenedWith> {
  const header = headerIn(backup.manifest);
  await attempts.begin();
  using opened = await openHeader(header, { kind: 'password', password });
  if (opened === undefined) {
    throw new SignetError('wrong_password', 'This is not the password the vault had then. Nothing was changed.', {
      field: 'password',
    });
  }
  const derived = await keysOfEntropy(opened.entropy);
  const keys = { ...derived, tier2: tier2Of(opened, derived) };
  const { backupKeys, own, tier2 } = standingOf(backup, keys);
  if (own && tier2) return openedWith(keys, backupKeys, encodeHeader(header), false);
  dispose(keys, backupKeys);
  throw damagedBackup(); // the wrap opened: whoever knew the passphrase put another content around it
}

async function openByPhrase(
  room: KeeperRoom,
  backup: OpenedBackup,
  { phrase, password }: { readonly phrase: string; readonly password: string },
): Promise<OpenedWith> {
  using entropy = entropyOfPhrase(phrase);
  const derived = await keysOfEntropy(entropy);
  const keys = { ...derived, tier2: newTier2Key() };
  const { backupKeys, own } = standingOf(backup, keys);
  if (own) {
    const header = await newHeader(room.options, { entropy, keys, tier2: keys.tier2 }, password);
    return openedWith(keys, backupKeys, header, true);
  }
  const sameVault = equalBytes(inboxPublicKey(keys.audit), headerIn(backup.manifest).inboxKey);
  dispose(keys, backupKeys);
  if (sameVault) throw damagedBackup();
  throw new SignetError('wrong_phrase', 'These are the words of another vault. Nothing was changed.', {
    field: 'phrase',
  });
}

function headerIn({ header }: BackupManifest): Header {
  try {
    return decodeHeader(utf8(header));
  } catch {
    throw damagedBackup();
  }
}

function tier2Of(opened: { tier2(sealing: SecretBytes): SecretBytes }, derived: PhraseKeys): SecretBytes {
  try {
    return opened.tier2(derived.sealing);
  } catch {
    disposeKeys(derived);
    throw damagedBackup();
  }
}

function standingOf(backup: OpenedBackup, keys: VaultKeys) {
  const backupKeys = deriveBackupKeys(keys, backup.manifest.id);
  return { backupKeys, ...backup.standing(backupKeys) };
}

const openedWith = (keys: VaultKeys, backupKeys: BackupKeys, header: Bytes, tier2Lost: boolean): OpenedWith => ({
  ...{ keys, backupKeys, header, tier2Lost },
  [Symbol.dispose]: () => dispose(keys, backupKeys),
});

function dispose(keys: VaultKeys, backupKeys: BackupKeys): void {
  disposeKeys(keys);
  backupKeys[Symbol.dispose]();
}
