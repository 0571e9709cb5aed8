import { SignetError } from '../../lib/core/index.ts';

/** SQLite's result codes (sqlite.org/rescode.html), the extended ones by their last byte. */
const SQLITE = { busy: 5, corrupt: 11, full: 13, notADatabase: 26 } as const;

const NO_ROOM: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Says that there is no room by the name that browsers give it: the vault opens for reading then. */
class NoRoom extends Error {
  override readonly name = 'QuotaExceededError';
}

/** What went wrong beneath, as the vault knows it. @param file what was read or written */
export function storageFailure(cause: unknown, file: string): SignetError {
  if (cause instanceof SignetError) return cause;
  const [code, result] = cause instanceof Error ? [fieldOf(cause, 'code'), fieldOf(cause, 'errcode')] : [];
  const kind = typeof result === 'number' ? result & 0xff : undefined;
  if (kind === SQLITE.corrupt || kind === SQLITE.notADatabase) return damagedFile(file, cause);
  if (kind === SQLITE.full || NO_ROOM.has(code)) {
    const full = new NoRoom('There is no room.', { cause });
    return new SignetError('storage_failed', 'There is no room left for the vault. Nothing was changed.', {
      cause: full,
    });
  }
  return new SignetError('storage_failed', `${file} does not answer. Nothing was changed.`, { cause });
}

export const damagedFile = (file: string, cause?: unknown): SignetError =>
  new SignetError(
    'vault_damaged',
    `${file} is not as Signet wrote it: cut off or altered. \`signet restore\` puts a backup in its place.`,
    cause === undefined ? {} : { cause },
  );

/** Whether somebody else holds the database. */
export const isBusy = (error: unknown): boolean =>
  error instanceof Error && Number(fieldOf(error, 'errcode')) % 256 === SQLITE.busy;

const fieldOf = (error: Error, name: 'code' | 'errcode'): unknown =>
  name in error ? (error as Error & Record<typeof name, unknown>)[name] : undefined; // it has one of that name
