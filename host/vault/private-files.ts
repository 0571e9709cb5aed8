import type { Stats } from 'node:fs';
import { closeSync, lstatSync, openSync, statSync } from 'node:fs';
import { SignetError } from '../../lib/core/index.ts';

/** Rights of anybody but the owner. */
const OTHERS = 0o077;

/** @throws SignetError storage_failed when it is no folder, is somebody else's, or others may look into it */
export function assertPrivateFolder(path: string): void {
  const stats = look(() => statSync(path), path);
  if (stats === undefined) throw strange(path, 'is not there');
  if (!stats.isDirectory()) throw strange(path, 'is no folder');
  assertOwn(path, stats, '700');
}

/** A file that is not there is as it should be. @throws SignetError storage_failed as `assertPrivateFolder` */
export function assertPrivateFile(path: string): void {
  const stats = look(() => lstatSync(path), path);
  if (stats === undefined) return;
  if (!stats.isFile()) throw strange(path, 'is no plain file');
  assertOwn(path, stats, '600');
}

/** Whether it is a folder of ours that nobody else may look into. */
export function isPrivateFolder(path: string): boolean {
  try {
    assertPrivateFolder(path);
    return true;
  } catch {
    return false;
  }
}

/** Makes a file that only its owner can read, where there is none: before anything opens it that would ask for less. */
export const makePrivateFile = (path: string): void => closeSync(openSync(path, 'a', 0o600));

function look(read: () => Stats, path: string): Stats | undefined {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new SignetError('storage_failed', `${path} cannot be looked at.`, { cause });
  }
}

/** Where the system has no such owners (Windows) the folder of the person's profile has to do. */
function assertOwn(path: string, { uid, mode }: Stats, wanted: string): void {
  const own = process.geteuid?.();
  if (own === undefined) return;
  if (uid !== own) throw strange(path, 'belongs to somebody else');
  if ((mode & OTHERS) !== 0) throw strange(path, `is open to others: \`chmod ${wanted}\` closes it`);
}

const strange = (path: string, what: string): SignetError =>
  new SignetError('storage_failed', `${path} ${what}. Nothing was opened.`);
