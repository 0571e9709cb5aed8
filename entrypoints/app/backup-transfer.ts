import { fromBase64, SignetError, toBase64 } from '../../lib/core/index.ts';
import { ask } from '../../lib/messaging/index.ts';

/** Bytes of a file in one message; the worker takes no other length but for the last. */
const CHUNK = 2 ** 20;

/** Hears how much is done, from 0 to 1, and says when to stop. */
export interface Transfer {
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
}

/** A finished backup file. */
export interface BackupFile {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly content: Blob;
}

/**
 * Has the worker make a backup and fetches it piece by piece.
 * @throws SignetError `denied` when it was stopped; whatever the worker answers
 */
export async function fetchBackup(
  request: { readonly passphrase: string; readonly tier3: boolean },
  { onProgress, signal }: Transfer,
): Promise<BackupFile> {
  const { id, chunks, bytes, name } = await ask('backup.make', request);
  const parts: Blob[] = []; // blobs: the browser may move them out of memory
  for (let index = 0; index < chunks; index += 1) {
    assertGoingOn(signal);
    onProgress(index / chunks);
    const { data } = await ask('backup.chunk', { id, index });
    parts.push(new Blob([fromBase64(data)]));
  }
  assertGoingOn(signal);
  return { id, name, bytes, content: new Blob(parts, { type: 'application/octet-stream' }) };
}

/**
 * Brings a file into the worker piece by piece. Nothing is changed by it.
 * @returns the id to rehearse or restore it by
 * @throws SignetError `denied` when it was stopped; whatever the worker answers
 */
export async function sendBackup(file: File, { onProgress, signal }: Transfer): Promise<string> {
  const { id } = await ask('restore.begin', { bytes: file.size });
  for (let start = 0, index = 0; start < file.size; start += CHUNK, index += 1) {
    assertGoingOn(signal);
    onProgress(start / file.size);
    const piece = await readPiece(file.slice(start, start + CHUNK));
    await ask('restore.chunk', { id, index, data: toBase64(piece) });
  }
  assertGoingOn(signal);
  onProgress(1);
  return id;
}

async function readPiece(piece: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await piece.arrayBuffer());
  } catch (cause) {
    throw new SignetError('bad_request', 'The file cannot be read any more. Choose it again.', {
      field: 'file',
      cause,
    });
  }
}

function assertGoingOn(signal: AbortSignal): void {
  if (signal.aborted) throw new SignetError('denied', 'Stopped. Nothing was changed.');
}
