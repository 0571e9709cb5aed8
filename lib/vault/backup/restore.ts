import type { Bytes } from '../../core/index.ts';
import { SecretBytes, SignetError, equalBytes, fromUtf8, utf8 } from '../../core/index.ts';
import { RESTORING } from '../boot.ts';
import type { CompartmentName } from '../compartment.ts';
import { compartmentId } from '../compartment.ts';
import { damaged } from '../damage.ts';
import type { Header } from '../header.ts';
import { decodeHeader, encodeHeader } from '../header.ts';
import type { PhraseKeys, VaultKeys } from '../key-tree.ts';
import { deriveVaultKeys, disposeKeys, inboxPublicKey, rootOfPhrase } from '../key-tree.ts';
import type { Mark } from '../mark.ts';
import { encodeMark } from '../mark.ts';
import { OpenVault } from '../open-vault.ts';
import { assertNewPassword } from '../password.ts';
import { entropyOfPhrase, phraseOfEntropy } from '../phrase.ts';
import { HEADER_KEY, MARK_KEY } from '../places.ts';
import { readSettings } from '../settings.ts';
import type { VaultTx } from '../vault-tx.ts';
import { newTier2Key, openHeader } from '../wraps.ts';
import { damagedBackup } from './backup-file.ts';
import { isOfCompartments } from './make.ts';
import type { BackupCheckpoint, BackupKeys, BackupManifest } from './manifest.ts';
import { deriveBackupKeys } from './manifest.ts';
import { OpenedBackup } from './opened-backup.ts';
import type { BackupRecord } from './packed-record.ts';
import { noteRestored, readRestored } from './restored.ts';
import type { SavedBackup } from './saved-backups.ts';
import { noteSavedBackups, readSavedBackups, savedBackupOf } from './saved-backups.ts';
import type { BuildingSite } from './site.ts';

/** The vault's password at the time of the backup; or its words, with a new password. */
export type RestoreOpener = { readonly password: string } | { readonly phrase: string; readonly password: string };

export interface RestoreOrder {
  readonly file: Bytes;
  readonly passphrase: string;
  readonly opener: RestoreOpener;
  /** Default: the one in the backup. */
  readonly mark?: Mark;
  /** Erases the vault that is here, readable or not; without it that is refused. */
  readonly eraseExisting: boolean;
}

/** What the log of the vault that is replaced says. */
export interface ReplacedHistory {
  readonly checkpoint: BackupCheckpoint;
  /** Compartments that were erased, as `<name>.<id>`. */
  readonly erased: readonly string[];
}

/** What the layers above the vault do in a restore. */
export interface RestoreRules {
  /** Reads the log of the vault that is about to be replaced. It must not write. */
  history(replaced: OpenVault): Promise<ReplacedHistory>;
  /** Makes what may have been used count as used, in the transaction that ends the restore. */
  afterwards(tx: VaultTx): Promise<void>;
}

/** What a restore did. */
export interface Restored {
  /** Records put back. */
  readonly records: number;
  readonly backup: BackupCheckpoint;
  /** The state that was replaced: where it was of the same vault and could be read. */
  readonly replaced?: BackupCheckpoint;
  /** Compartments of the backup that were erased since, and stayed erased. */
  readonly keptErased: readonly CompartmentName[];
  /** Opened by the words: Tier 2 hangs on the password of that time and is gone. */
  readonly tier2Lost: boolean;
}

/** A slice of a restore holds at most this many bytes of records, and this many records. */
const SLICE_BYTES = 256 * 1024;
const SLICE_RECORDS = 200;

/**
 * Puts a backup in the place of what is here. Everything is opened and checked before anything is erased; then the
 * records are written in slices under a marker in the header's place, and the last transaction writes the header: a
 * worker that dies in between leaves no vault, never half of one. The vault is unlocked at the end.
 * @throws SignetError `vault_exists`; `backup_refused` (fields `passphrase`, `file`); `wrong_password`, `wait`;
 *   `wrong_phrase`; `bad_request` (fields `phrase`, `password`, `mark`); `storage_failed`
 */
export async function restoreBackup(site: BuildingSite, order: RestoreOrder, rules: RestoreRules): Promise<Restored> {
  assertOrder(site, order);
  using backup = await OpenedBackup.open(order.passphrase, order.file);
  const mark = encodeMark(order.mark ?? backup.manifest.mark ?? missingMark());
  const opened = await openWith(site, backup, order.opener);
  try {
    const past = await replacedPast(site, opened.keys, rules);
    const plan = planOf(backup, opened, past);
    const records = checkRecords(plan);
    await clear(site);
    await build(site, plan, { mark, rules });
    return reportOf(plan, records);
  } finally {
    opened[Symbol.dispose]();
  }
}

function assertOrder({ found }: BuildingSite, { opener, eraseExisting }: RestoreOrder): void {
  if ('phrase' in opener) assertNewPassword(opener.password);
  if (found.kind === 'none' || eraseExisting) return;
  throw new SignetError('vault_exists', 'There is a vault already. Nothing was changed.');
}

function missingMark(): never {
  throw new SignetError('bad_request', 'Choose a mark: the backup has none.', { field: 'mark' });
}

/** A backup that the person's opener opened. */
interface OpenedWith extends Disposable {
  /** Of the vault as it will be: after a restore by the words, with a fresh key of Tier 2. Disposed with it. */
  readonly keys: VaultKeys;
  readonly backupKeys: BackupKeys;
  readonly header: Bytes;
  readonly tier2Lost: boolean;
}

async function openWith(site: BuildingSite, backup: OpenedBackup, opener: RestoreOpener): Promise<OpenedWith> {
  return 'phrase' in opener ? openByPhrase(site, backup, opener) : openByPassword(site, backup, opener.password);
}

async function openByPassword({ attempts }: BuildingSite, backup: OpenedBackup, password: string): Promise<OpenedWith> {
  const header = headerIn(backup.manifest);
  await attempts.begin();
  using opened = await openHeader(header, { kind: 'password', password });
  if (opened === undefined) {
    throw new SignetError('wrong_password', 'This is not the password the vault had then. Nothing was changed.', {
      field: 'password',
    });
  }
  await attempts.clear();
  const derived = await keysOf(opened.entropy);
  const keys = { ...derived, tier2: tier2Of(opened, derived) };
  const { backupKeys, own, tier2 } = standingOf(backup, keys);
  if (own && tier2) return openedWith(keys, backupKeys, encodeHeader(header), false);
  dispose(keys, backupKeys);
  throw damagedBackup(); // the wrap opened: whoever knew the passphrase put another content around it
}

async function openByPhrase(
  site: BuildingSite,
  backup: OpenedBackup,
  { phrase, password }: { readonly phrase: string; readonly password: string },
): Promise<OpenedWith> {
  using entropy = entropyOfPhrase(phrase);
  const derived = await keysOf(entropy);
  const keys = { ...derived, tier2: newTier2Key() };
  const { backupKeys, own } = standingOf(backup, keys);
  if (own) {
    return openedWith(keys, backupKeys, await site.newHeader(entropy, derived, keys.tier2, password), true);
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

async function keysOf(entropy: SecretBytes): Promise<PhraseKeys> {
  using root = await rootOfPhrase(phraseOfEntropy(entropy));
  return deriveVaultKeys(root);
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

/** What the vault that is replaced knows and the backup cannot. */
interface Past {
  readonly checkpoint?: BackupCheckpoint;
  /** Compartments that were erased, as `<name>.<id>`. */
  readonly erased: readonly string[];
  readonly saved: readonly SavedBackup[];
  /** Ids of the passkeys that open it; undefined where it is another vault or cannot be read. */
  readonly passkeys?: readonly string[];
}

const NO_PAST: Past = { erased: [], saved: [] };

/** Reads the vault that is here with the opener's keys. What cannot be read is replaced unread. */
async function replacedPast(site: BuildingSite, keys: VaultKeys, rules: RestoreRules): Promise<Past> {
  const { found, stores } = site;
  if (found.kind !== 'vault' || !equalBytes(inboxPublicKey(keys.audit), found.header.inboxKey)) return NO_PAST;
  let replaced: OpenVault | undefined;
  try {
    ({ vault: replaced } = await OpenVault.open(stores, copyOf(keys), found.bytes, { readOnly: 'full' }));
    const { checkpoint, erased } = await rules.history(replaced);
    const before = (await readRestored(replaced)).flatMap((note) => note.erased);
    const saved = await readSavedBackups(replaced);
    return {
      checkpoint,
      saved,
      erased: [...new Set([...before, ...erased])],
      passkeys: found.header.passkeys.map(({ id }) => id),
    };
  } catch (error) {
    if (SignetError.from(error).reason === 'vault_damaged') return NO_PAST; // often the very reason to restore
    throw error;
  } finally {
    replaced?.close();
  }
}

/** Tier 2's key is left out: what is read of a replaced vault is Tier 1. */
function copyOf(keys: VaultKeys): VaultKeys {
  const copy = (key: SecretBytes): SecretBytes => SecretBytes.take(key.expose().slice());
  return {
    sealing: copy(keys.sealing),
    addressing: copy(keys.addressing),
    identity: copy(keys.identity),
    audit: copy(keys.audit),
    tier2: newTier2Key(),
  };
}

/** What will be written. */
interface Plan {
  readonly backup: OpenedBackup;
  readonly opened: OpenedWith;
  readonly header: Bytes;
  readonly past: Past;
  readonly keptErased: readonly CompartmentName[];
}

function planOf(backup: OpenedBackup, opened: OpenedWith, past: Past): Plan {
  const gone = backup.manifest.compartments.filter((held) => past.erased.includes(compartmentId(held)));
  return {
    backup,
    opened,
    past,
    header: withoutRemoved(opened.header, past),
    keptErased: gone.map(({ name }) => name),
  };
}

/** A passkey that was removed from this very vault since does not come back with the backup. */
function withoutRemoved(bytes: Bytes, { passkeys }: Past): Bytes {
  const header = decodeHeader(bytes);
  if (passkeys === undefined) return bytes;
  return encodeHeader({ ...header, passkeys: header.passkeys.filter(({ id }) => passkeys.includes(id)) });
}

function* recordsOf({ backup, opened, keptErased }: Plan): Generator<BackupRecord, void, undefined> {
  for (const record of backup.records(opened.backupKeys, { tier2: !opened.tier2Lost })) {
    if (!isOfCompartments(record.address, keptErased)) yield record;
  }
}

/** Opens every record once, so that nothing is erased for a backup that cannot be put back. @returns how many there are */
function checkRecords(plan: Plan): number {
  plan.backup.root(plan.opened.backupKeys);
  let count = 0;
  for (const record of recordsOf(plan)) {
    record.bytes.fill(0);
    count += 1;
  }
  return count;
}

async function clear({ stores, found, erase }: BuildingSite): Promise<void> {
  if (found.kind !== 'none') await erase();
  await stores.backend.batch(
    [{ store: 'meta', key: HEADER_KEY, value: RESTORING }],
    [{ store: 'meta', key: HEADER_KEY, value: undefined }],
  );
}

async function build(
  site: BuildingSite,
  plan: Plan,
  { mark, rules }: { readonly mark: Bytes; readonly rules: RestoreRules },
): Promise<void> {
  const vault = OpenVault.empty(site.stores, copyWithTier2(plan.opened.keys));
  try {
    const root = plan.backup.root(plan.opened.backupKeys);
    await underMarker(vault, (tx) => Promise.resolve(tx.setDecoys(root.decoys)));
    await writeSlices(vault, plan);
    const { autoLockMinutes } = await readSettings(vault);
    await site.enter({
      vault,
      header: plan.header,
      autoLockMinutes,
      work: async (tx) => {
        tx.expect({ store: 'meta', key: HEADER_KEY, value: RESTORING });
        tx.raw({ store: 'meta', key: HEADER_KEY, value: plan.header });
        tx.raw({ store: 'meta', key: MARK_KEY, value: mark });
        tx.setLog({ head: root.logHead, state: root.logState });
        await noteAll(site, tx, plan);
        await rules.afterwards(tx);
      },
    });
  } catch (error) {
    vault.close();
    await giveUp(site);
    throw error;
  }
}

const copyWithTier2 = (keys: VaultKeys): VaultKeys => {
  const { tier2, ...copy } = copyOf(keys);
  tier2.dispose();
  return { ...copy, tier2: SecretBytes.take(keys.tier2.expose().slice()) };
};

const underMarker = (vault: OpenVault, work: (tx: VaultTx) => Promise<void>): Promise<void> =>
  vault.transact(async (tx) => {
    tx.expect({ store: 'meta', key: HEADER_KEY, value: RESTORING });
    await work(tx);
  });

async function writeSlices(vault: OpenVault, plan: Plan): Promise<void> {
  let slice: BackupRecord[] = [];
  let bytes = 0;
  const write = (): Promise<void> =>
    underMarker(vault, (tx) => {
      for (const { address, tier, bytes: plaintext } of slice) tx.put(address, tier, plaintext);
      return Promise.resolve();
    });
  for (const record of recordsOf(plan)) {
    slice.push(record);
    bytes += record.bytes.length;
    if (slice.length < SLICE_RECORDS && bytes < SLICE_BYTES) continue;
    await write();
    slice = [];
    bytes = 0;
  }
  await write();
}

async function noteAll({ clock, journal }: BuildingSite, tx: VaultTx, { backup, past }: Plan): Promise<void> {
  const { manifest } = backup;
  const time = clock();
  await noteSavedBackups(tx, [...past.saved, savedBackupOf(manifest)]);
  await noteRestored(tx, {
    at: time,
    backup: manifest.checkpoint,
    ...(past.checkpoint === undefined ? {} : { replaced: past.checkpoint }),
    erased: [...past.erased],
  });
  await journal.append(tx, { kind: 'backup.restored', time, subject: '' });
}

/** Takes away what was written so far; where that fails too, the marker stays and the next start does it. */
async function giveUp({ stores, erase }: BuildingSite): Promise<void> {
  try {
    const stands = await stores.backend.get('meta', HEADER_KEY);
    if (stands !== undefined && equalBytes(stands, RESTORING)) await erase();
  } catch {
    // the error that brought us here is the one to tell
  }
}

const reportOf = ({ backup, opened, past, keptErased }: Plan, records: number): Restored => ({
  records,
  backup: backup.manifest.checkpoint,
  ...(past.checkpoint === undefined ? {} : { replaced: past.checkpoint }),
  keptErased,
  tier2Lost: opened.tier2Lost,
});
