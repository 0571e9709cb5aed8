import type { Stats } from 'node:fs';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { SignetError } from '../../lib/core/index.ts';

/** Rights of anybody but the owner. */
const OTHERS = 0o077;
const FOLDER = 0o700;

/** Makes a folder that is its owner's alone, and sees to it that it is. @throws SignetError storage_failed when it is not */
export function makeOwnFolder(path: string): void {
  if (statsOf(path) === undefined) {
    try {
      mkdirSync(dirname(path), { recursive: true, mode: FOLDER });
      mkdirSync(path, { mode: FOLDER });
      chmodSync(path, FOLDER); // whatever the umask
    } catch (cause) {
      if (statsOf(path) === undefined) throw new SignetError('storage_failed', `${path} cannot be made.`, { cause });
    }
  }
  assertOwnFolder(path);
}

/** @throws SignetError storage_failed when it is no folder, a link to one, somebody else's, or open to others */
export function assertOwnFolder(path: string): void {
  assertOwn(path, (stats) => stats.isDirectory(), 'is no folder', '700');
}

/** @throws SignetError storage_failed likewise */
export function assertOwnFile(path: string): void {
  assertOwn(path, (stats) => stats.isFile(), 'is no plain file', '600');
}

/** @throws SignetError storage_failed likewise */
export function assertOwnSocket(path: string): void {
  assertOwn(path, (stats) => stats.isSocket(), 'is no socket', '600');
}

/** What is at a path itself, a link not followed; nothing where nothing is. @throws SignetError storage_failed */
export function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    throw new SignetError('storage_failed', `${path} cannot be looked at.`, { cause });
  }
}

/** Where the system has no such owners (Windows) there is nothing to see. */
function assertOwn(path: string, isRight: (stats: Stats) => boolean, wrong: string, mode: string): void {
  const stats = statsOf(path);
  if (stats === undefined) throw strange(path, 'is not there');
  if (!isRight(stats)) throw strange(path, wrong);
  const own = process.geteuid?.();
  if (own === undefined) return;
  if (stats.uid !== own) throw strange(path, 'belongs to somebody else');
  if ((stats.mode & OTHERS) !== 0) throw strange(path, `is open to others: \`chmod ${mode}\` closes it`);
}

const strange = (path: string, what: string): SignetError => new SignetError('storage_failed', `${path} ${what}.`);
