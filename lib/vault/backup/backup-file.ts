import type { Bytes, SecretBytes } from '../../core/index.ts';
import { SignetError, concatBytes, equalBytes, utf8 } from '../../core/index.ts';
import { deriveKey } from '../keys/key-tree.ts';
import type { KdfCost, KdfParameters } from '../keys/password.ts';
import { assertNewPassword, isBearableCost, newKdfParameters, stretchPassword } from '../keys/password.ts';
import { ChunkSealer, TAG_LENGTH, openChunks } from './chunk-stream.ts';

const MAGIC = utf8('signet-backup\n');
const VERSION = 1;
const SALT_LENGTH = 16;
/** magic ‖ version ‖ m (KiB, 32 bits, little-endian) ‖ t ‖ p ‖ salt. */
const PRELUDE_LENGTH = MAGIC.length + 1 + 4 + 1 + 1 + SALT_LENGTH;

/** The largest backup file Signet makes or takes, in bytes. */
export const MAX_BACKUP_LENGTH = 256 * 1024 * 1024;

/** A frame is at most this long: a record of the largest size, and its address. */
const MAX_FRAME_LENGTH = 2 * 1024 * 1024;

const refused = (message: string, field: 'file' | 'passphrase'): SignetError =>
  new SignetError('backup_refused', `${message} Nothing was changed.`, { field });

/** The error for a backup whose passphrase was right and whose content is not what Signet wrote. */
export const damagedBackup = (): SignetError =>
  refused('This backup is damaged: it was cut, altered or mixed up.', 'file');

/**
 * A passphrase is at least as strong as a password.
 * @throws SignetError bad_request, field `passphrase`
 */
export function assertNewPassphrase(passphrase: string): void {
  aboutPassphrase(() => assertNewPassword(passphrase));
}

function aboutPassphrase<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    const { reason, message } = SignetError.from(thrown);
    throw new SignetError(reason, message.replace('password', 'passphrase'), { field: 'passphrase', cause: thrown });
  }
}

/** Takes one frame after another into the file. @throws SignetError bad_request when the file grows too large */
export type AddFrame = (frame: Uint8Array) => void;

/**
 * Makes a backup file: a prelude with the cost and salt of the passphrase, then frames (length in 32 bits,
 * little-endian, before each) in chunks of 64 kB under a key of Argon2id(passphrase) and the whole prelude.
 * @param passphrase at least 10 characters; taken in NFKC, as UTF-8
 * @throws SignetError bad_request, fields `passphrase` or `file` (too large), and whatever `write` throws
 */
export async function sealBackupFile(
  passphrase: string,
  cost: KdfCost,
  write: (add: AddFrame) => void,
): Promise<Bytes> {
  assertNewPassphrase(passphrase);
  const kdf = newKdfParameters(cost);
  const prelude = encodePrelude(kdf);
  using key = await fileKey(passphrase, kdf, prelude);
  const sealer = new ChunkSealer(key, prelude);
  write((frame) => {
    if (sealer.length + frame.length > MAX_BACKUP_LENGTH - 1024 * 1024 || frame.length > MAX_FRAME_LENGTH) {
      throw new SignetError('bad_request', 'The vault is too large for one backup file.', { field: 'file' });
    }
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, frame.length, true);
    sealer.add(length);
    sealer.add(frame);
  });
  return concatBytes(prelude, ...sealer.finish());
}

/** A backup file whose key is at hand. Dispose it. */
export interface OpenedFile extends Disposable {
  /**
   * The frames in order, from the first, each time it is called. A frame is authentic when it is yielded; that
   * nothing is missing is known when the last one was.
   * @throws SignetError backup_refused: field `passphrase` where the first chunk does not open, as nobody can tell a
   *   wrong passphrase from damage there; field `file` after it
   */
  frames(): Generator<Bytes, void, undefined>;
}

/**
 * Stretches the passphrase for a file. What it opens shows with the first frame.
 * @throws SignetError backup_refused, field `file`, for what is no backup, or one of a newer Signet; bad_request for a
 *   passphrase that no keyboard writes
 */
export async function openBackupFile(passphrase: string, file: Bytes): Promise<OpenedFile> {
  const { prelude, kdf } = readPrelude(file);
  const key = await fileKey(passphrase, kdf, prelude);
  const sealed = file.subarray(PRELUDE_LENGTH);
  return {
    frames: () => readFrames(openChunks(key, prelude, sealed, refuseChunk)),
    [Symbol.dispose]: () => key.dispose(),
  };
}

const refuseChunk = (index: number): SignetError =>
  index === 0 ? refused('The passphrase is not this backup’s, or the file is damaged.', 'passphrase') : damagedBackup();

async function fileKey(passphrase: string, kdf: KdfParameters, prelude: Bytes): Promise<SecretBytes> {
  try {
    using stretched = await stretchPassword(passphrase, kdf);
    return deriveKey(stretched.wrapKey, prelude, 'signet-backup-file');
  } catch (thrown) {
    return aboutPassphrase(() => {
      throw thrown;
    });
  }
}

function encodePrelude({ m, t, p, salt }: KdfParameters): Bytes {
  const cost = new Uint8Array(7);
  const view = new DataView(cost.buffer);
  view.setUint8(0, VERSION);
  view.setUint32(1, m, true);
  view.setUint8(5, t);
  view.setUint8(6, p);
  return concatBytes(MAGIC, cost, salt);
}

function readPrelude(file: Bytes): { readonly prelude: Bytes; readonly kdf: KdfParameters } {
  const prelude = file.slice(0, PRELUDE_LENGTH);
  if (!equalBytes(prelude.subarray(0, MAGIC.length), MAGIC)) throw refused('This is not a backup of Signet.', 'file');
  const version = prelude[MAGIC.length] ?? 0;
  if (version > VERSION) throw refused('A newer Signet made this backup: update Signet to read it.', 'file');
  if (version !== VERSION || file.length < PRELUDE_LENGTH + TAG_LENGTH) throw damagedBackup();
  const view = new DataView(prelude.buffer, MAGIC.length + 1);
  const cost = { m: view.getUint32(0, true), t: view.getUint8(4), p: view.getUint8(5) };
  if (!isBearableCost(cost)) throw damagedBackup();
  return { prelude, kdf: { ...cost, salt: prelude.slice(-SALT_LENGTH) } };
}

/** Cuts the bytes of chunks into frames. @throws SignetError backup_refused when the end of one is missing */
function* readFrames(chunks: Generator<Bytes, void, undefined>): Generator<Bytes, void, undefined> {
  let held: Bytes = new Uint8Array(0);
  const fill = (length: number): boolean => {
    const parts: Bytes[] = [held];
    let total = held.length;
    while (total < length) {
      const { value } = chunks.next();
      if (value === undefined) break;
      parts.push(value);
      total += value.length;
    }
    if (parts.length > 1) held = concatBytes(...parts);
    return total >= length;
  };
  while (fill(1)) {
    if (!fill(4)) throw damagedBackup();
    const length = new DataView(held.buffer, held.byteOffset).getUint32(0, true);
    if (length > MAX_FRAME_LENGTH || !fill(4 + length)) throw damagedBackup();
    const frame = held.slice(4, 4 + length);
    held = held.subarray(4 + length);
    yield frame;
  }
}
