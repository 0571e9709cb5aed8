import * as v from 'valibot';
import type { Bytes } from '../../core/index.ts';
import { canonicalJsonBytes, fromBase64url, fromUtf8, toBase64url } from '../../core/index.ts';
import type { Address } from '../blind-db/address.ts';
import type { OpenedFile } from './backup-file.ts';
import { damagedBackup, openBackupFile } from './backup-file.ts';
import type { BackupKeys, BackupManifest, KeyStanding } from './manifest.ts';
import { checkMacs, decodeManifest } from './manifest.ts';
import type { BackupRecord } from './packed-record.ts';
import { packedTier, unpackRecord } from './packed-record.ts';

const ROOT: Address = { label: 'sys/backup-root', index: 0 };
/** Frames before what is packed: the manifest and its MACs. The root facts are packed at place 0, records follow. */
const PLAIN_FRAMES = 2;

const RootSchema = v.strictObject({ v: v.literal(1), head: v.string(), state: v.string(), decoys: v.boolean() });

/** What a vault's root says beside its table: sealed like a record, at place 0. */
export interface BackupRoot {
  readonly logHead: Bytes;
  readonly logState: Bytes;
  readonly decoys: boolean;
}

export const encodeRoot = ({ logHead, logState, decoys }: BackupRoot): BackupRecord => ({
  address: ROOT,
  tier: 1,
  bytes: canonicalJsonBytes({ v: 1, head: toBase64url(logHead), state: toBase64url(logState), decoys }),
});

function decodeRoot({ bytes }: BackupRecord): BackupRoot {
  const parsed = v.safeParse(RootSchema, JSON.parse(fromUtf8(bytes))); // authenticated, so it is JSON
  if (!parsed.success) throw damagedBackup();
  const { head, state, decoys } = parsed.output;
  return { logHead: fromBase64url(head), logState: fromBase64url(state), decoys };
}

/** A backup whose passphrase was right and whose every byte was read. Its records need the vault's own keys. */
export class OpenedBackup implements Disposable {
  readonly manifest: BackupManifest;
  readonly #file: OpenedFile;
  readonly #manifestBytes: Bytes;
  readonly #macs: Bytes;

  private constructor(file: OpenedFile, manifest: Bytes, macs: Bytes) {
    this.manifest = decodeManifest(manifest);
    this.#file = file;
    this.#manifestBytes = manifest;
    this.#macs = macs;
  }

  /**
   * Opens a backup file and reads it to its end.
   * @throws SignetError backup_refused: field `passphrase` for a wrong one (or damage at the very start), field `file`
   *   for any other damage, and for a file of another kind or of a newer Signet
   */
  static async open(passphrase: string, bytes: Bytes): Promise<OpenedBackup> {
    const file = await openBackupFile(passphrase, bytes);
    try {
      const frames = file.frames();
      const { value: manifest } = frames.next();
      const { value: macs } = frames.next();
      if (manifest === undefined || macs?.length !== 64) throw damagedBackup();
      const backup = new OpenedBackup(file, manifest, macs);
      let rest = 0;
      for (const frame of frames) {
        packedTier(frame);
        rest += 1;
      }
      if (rest !== backup.manifest.records + 1) throw damagedBackup();
      return backup;
    } catch (error) {
      file[Symbol.dispose]();
      throw error;
    }
  }

  /** Which of these keys the backup was made with. */
  standing(keys: BackupKeys): KeyStanding {
    return checkMacs(keys, this.#manifestBytes, this.#macs);
  }

  /** @throws SignetError backup_refused */
  root(keys: BackupKeys): BackupRoot {
    for (const { place, frame } of this.#packed()) {
      if (place === 0) return decodeRoot(unpackRecord(keys, 0, frame));
    }
    throw damagedBackup();
  }

  /**
   * The records in the order of the backup, each opened.
   * @param tier2 false: those of Tier 2 are passed over, for who has not the key of that time
   * @throws SignetError backup_refused
   */
  *records(keys: BackupKeys, { tier2 }: { readonly tier2: boolean }): Generator<BackupRecord, void, undefined> {
    for (const { place, frame } of this.#packed()) {
      if (place > 0 && (tier2 || packedTier(frame) !== 2)) yield unpackRecord(keys, place, frame);
    }
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }

  *#packed(): Generator<{ readonly place: number; readonly frame: Bytes }, void, undefined> {
    let number = 0;
    for (const frame of this.#file.frames()) {
      if (number >= PLAIN_FRAMES) yield { place: number - PLAIN_FRAMES, frame };
      number += 1;
    }
  }
}
