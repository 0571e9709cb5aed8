import type { Stats } from 'node:fs';
import { chmodSync, closeSync, lstatSync, mkdirSync, openSync, statSync } from 'node:fs';
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

/** `linked`: what a link leads to will do, too. */
interface Looking {
  readonly linked?: boolean;
}

/** @throws SignetError storage_failed when it is no folder, a link to one, somebody else's, or open to others */
export function assertOwnFolder(path: string, { linked = false }: Looking = {}): void {
  assertOwn(path, linked ? statSync : lstatSync, (stats) => stats.isDirectory(), {
    wrong: 'is no folder',
    mode: '700',
  });
}

/** Whether `assertOwnFolder` finds nothing wrong with it. */
export function isOwnFolder(path: string, looking?: Looking): boolean {
  try {
    assertOwnFolder(path, looking);
    return true;
  } catch {
    return false;
  }
}

/** Makes a file that is its owner's alone, where there is none: before anything opens it that would ask for less. */
export const makeOwnFile = (path: string): void => closeSync(openSync(path, 'a', 0o600));

/** @throws SignetError storage_failed likewise */
export function assertOwnFile(path: string): void {
  assertOwn(path, lstatSync, (stats) => stats.isFile(), { wrong: 'is no plain file', mode: '600' });
}

/** @throws SignetError storage_failed likewise */
export function assertOwnSocket(path: string): void {
  assertOwn(path, lstatSync, (stats) => stats.isSocket(), { wrong: 'is no socket', mode: '600' });
}

/** What is at a path itself, a link not followed; nothing where nothing is. @throws SignetError storage_failed */
export const statsOf = (path: string): Stats | undefined => look(path, lstatSync);

type Look = typeof lstatSync;

function look(path: string, by: Look): Stats | undefined {
  try {
    return by(path, { throwIfNoEntry: false });
  } catch (cause) {
    throw new SignetError('storage_failed', `${path} cannot be looked at.`, { cause });
  }
}

/** Where the system has no such owners (Windows) there is nothing to see. */
function assertOwn(
  path: string,
  by: Look,
  isRight: (stats: Stats) => boolean,
  { wrong, mode }: { readonly wrong: string; readonly mode: string },
): void {
  const stats = look(path, by);
  if (stats === undefined) throw strange(path, 'is not there');
  if (!isRight(stats)) throw strange(path, wrong);
  const own = process.geteuid?.();
  if (own === undefined) return;
  if (stats.uid !== own) throw strange(path, 'belongs to somebody else');
  if ((stats.mode & OTHERS) !== 0) throw strange(path, `is open to others: \`chmod ${mode}\` closes it`);
}

const strange = (path: string, what: string): SignetError => new SignetError('storage_failed', `${path} ${what}.`);
