import type { Bytes } from '../../core/index.ts';
import { SignetError, equalBytes } from '../../core/index.ts';
import { ERASED, RESTORING } from '../life/boot.ts';
import type { CompartmentName } from '../life/compartment.ts';
import { compartmentId } from '../life/compartment.ts';
import { eraseKeys, finishClearing } from '../life/erase.ts';
import { decodeHeader, encodeHeader } from '../keys/header.ts';
import type { KeeperRoom } from '../life/keeper-room.ts';
import { copyKeys } from '../keys/key-tree.ts';
import type { Mark } from '../life/mark.ts';
import { encodeMark } from '../life/mark.ts';
import { OpenVault } from '../blind-db/open-vault.ts';
import { assertNewPassword } from '../keys/password.ts';
import { HEADER_KEY, MARK_KEY } from '../places.ts';
import { readSettings } from '../life/settings.ts';
import type { VaultTx } from '../blind-db/vault-tx.ts';
import { isOfCompartments } from './make.ts';
import type { BackupCheckpoint } from './manifest.ts';
import { OpenedBackup } from './opened-backup.ts';
import type { BackupRecord } from './packed-record.ts';
import type { Past, ReplacedHistory } from './replaced-past.ts';
import { replacedPast } from './replaced-past.ts';
import type { OpenedWith, RestoreOpener } from './restore-opener.ts';
import { openWith } from './restore-opener.ts';
import type { RestoreSite } from './restore-site.ts';
import { noteRestored } from './restored.ts';
import { noteSavedBackups, savedBackupOf } from './saved-backups.ts';

export interface RestoreOrder {
  readonly file: Bytes;
  readonly passphrase: string;
  readonly opener: RestoreOpener;
  /** Default: the one in the backup. */
  readonly mark?: Mark;
  /** Erases the vault that is here, readable or not; without it that is refused. */
  readonly eraseExisting: boolean;
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
export async function restoreBackup(site: RestoreSite, order: RestoreOrder, rules: RestoreRules): Promise<Restored> {
  assertOrder(site, order);
  using backup = await OpenedBackup.open(order.passphrase, order.file);
  const mark = encodeMark(order.mark ?? backup.manifest.mark ?? missingMark());
  const opened = await openWith(site.room, backup, order.opener);
  try {
    const past = await replacedPast(site, opened.keys, (replaced) => rules.history(replaced));
    const plan = planOf(backup, opened, past);
    const records = checkRecords(plan);
    await clear(site);
    await build(site.room, plan, { mark, rules });
    await site.room.attempts.forgive();
    return reportOf(plan, records);
  } finally {
    opened[Symbol.dispose]();
  }
}

function assertOrder({ found }: RestoreSite, { opener, eraseExisting }: RestoreOrder): void {
  if ('phrase' in opener) assertNewPassword(opener.password);
  if (found.kind === 'none' || eraseExisting) return;
  throw new SignetError('vault_exists', 'There is a vault already. Nothing was changed.');
}

function missingMark(): never {
  throw new SignetError('bad_request', 'Choose a mark: the backup has none.', { field: 'mark' });
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

/** Clears the place of what stands here, its last row included, and puts the marker there. */
async function clear({ room, found }: RestoreSite): Promise<void> {
  const { options, live, attempts } = room;
  if (found.kind !== 'none') {
    live.close();
    await eraseKeys(options);
    await live.forget();
    await attempts.clear();
    await finishClearing(options, { kind: 'clearing', stored: ERASED });
  }
  await options.backend.batch(
    [{ store: 'meta', key: HEADER_KEY, value: RESTORING }],
    [{ store: 'meta', key: HEADER_KEY, value: undefined }],
  );
}

async function build(
  room: KeeperRoom,
  plan: Plan,
  { mark, rules }: { readonly mark: Bytes; readonly rules: RestoreRules },
): Promise<void> {
  const vault = OpenVault.empty(room.options, copyKeys(plan.opened.keys));
  try {
    const root = plan.backup.root(plan.opened.backupKeys);
    await underMarker(vault, (tx) => tx.setDecoys(root.decoys));
    await writeSlices(vault, plan);
    const { autoLockMinutes } = await readSettings(vault);
    await room.live.enter({
      vault,
      header: plan.header,
      autoLockMinutes,
      work: async (tx) => {
        tx.expect({ store: 'meta', key: HEADER_KEY, value: RESTORING });
        tx.raw({ store: 'meta', key: HEADER_KEY, value: plan.header });
        tx.raw({ store: 'meta', key: MARK_KEY, value: mark });
        tx.setLog({ head: root.logHead, state: root.logState });
        await noteAll(room, tx, plan);
        await rules.afterwards(tx);
      },
    });
  } catch (error) {
    vault.close();
    await giveUp(room);
    throw error;
  }
}

const underMarker = (vault: OpenVault, stage: (tx: VaultTx) => void): Promise<void> =>
  vault.transact((tx) => {
    tx.expect({ store: 'meta', key: HEADER_KEY, value: RESTORING });
    stage(tx);
    return Promise.resolve();
  });

async function writeSlices(vault: OpenVault, plan: Plan): Promise<void> {
  let slice: BackupRecord[] = [];
  let bytes = 0;
  const write = (): Promise<void> =>
    underMarker(vault, (tx) => {
      for (const { address, tier, bytes: plaintext } of slice) tx.put(address, tier, plaintext);
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

async function noteAll({ options, notes }: KeeperRoom, tx: VaultTx, { backup, past }: Plan): Promise<void> {
  const { manifest } = backup;
  const at = options.clock();
  await noteSavedBackups(tx, [...past.saved, savedBackupOf(manifest)]);
  await noteRestored(tx, {
    at,
    backup: manifest.checkpoint,
    ...(past.checkpoint === undefined ? {} : { replaced: past.checkpoint }),
    erased: [...past.erased],
  });
  await notes.append(tx, 'backup.restored');
}

/** Takes away what was written so far; where that fails too, the marker stays and the next start does it. */
async function giveUp({ options, live }: KeeperRoom): Promise<void> {
  try {
    const stands = await options.backend.get('meta', HEADER_KEY);
    if (stands === undefined || !equalBytes(stands, RESTORING)) return;
    await live.forget();
    await finishClearing(options, { kind: 'clearing', stored: RESTORING });
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
