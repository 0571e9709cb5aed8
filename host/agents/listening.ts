import { chmodSync, linkSync, lstatSync, renameSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SignetError } from '../../lib/core/index.ts';
import { makeOwnFolder, statsOf } from '../keeping/own-files.ts';
import { socketPath } from './sockets.ts';

/** How long another host of the same profile may take to go: its browser has ended it when it starts this one. */
const GIVES_WAY_MS = 5000;
const AGAIN_MS = 50;
const ANSWERS_MS = 1000;

/** A socket that is listened on. */
export interface Listening {
  readonly path: string;
  /** Takes the socket away, if it still is ours. */
  remove(): void;
}

/**
 * Listens on the socket of a profile, for its owner alone. What nobody answers at any more is replaced; a living one
 * never is.
 * @throws SignetError storage_failed when the folder is not ours alone; too_many when another host stays there
 */
export async function listenOn(server: Server, folder: string, installation: string): Promise<Listening> {
  const path = socketPath(folder, installation);
  if (process.platform === 'win32') return listenOnPipe(server, path);
  makeOwnFolder(folder);
  // Made beside its place and closed to others there: it is never open under the name that programs look for.
  const beside = join(folder, `.${installation.slice(0, 8)}${String(process.pid)}`);
  rmSync(beside, { force: true }); // of one that was killed, and had our number
  await bind(server, beside);
  try {
    chmodSync(beside, 0o600);
    const { ino } = lstatSync(beside);
    await take(path, beside, () => server.listening);
    return { path, remove: () => removeOwn(path, ino) };
  } finally {
    rmSync(beside, { force: true });
  }
}

async function listenOnPipe(server: Server, path: string): Promise<Listening> {
  await bind(server, path);
  return { path, remove: () => undefined };
}

function bind(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Puts what is beside in its place: by a link, which never replaces what is there. */
async function take(path: string, beside: string, isWanted: () => boolean): Promise<void> {
  const until = performance.now() + GIVES_WAY_MS;
  for (;;) {
    if (hasLinked(beside, path)) return;
    const found = statsOf(path)?.ino;
    if (found === undefined) continue;
    if (!(await answers(path))) removeOwn(path, found);
    else if (isWanted() && performance.now() < until) await delay(AGAIN_MS);
    else throw new SignetError('too_many', 'Another host already serves this profile of the browser.');
  }
}

function hasLinked(beside: string, path: string): boolean {
  try {
    linkSync(beside, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    if (statsOf(path) !== undefined) return false;
    renameSync(beside, path); // a file system that links no sockets
    return true;
  }
}

/** Whether somebody takes connections there. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = process.getBuiltinModule('node:net').connect(path);
    const end = (isThere: boolean): void => {
      probe.destroy();
      resolve(isThere);
    };
    probe.setTimeout(ANSWERS_MS, () => end(true)); // too busy to say is not gone
    probe.once('connect', () => end(true));
    probe.once('error', () => end(false));
  });
}

/** Only the very socket that was looked at. */
function removeOwn(path: string, ino: number): void {
  if (statsOf(path)?.ino === ino) rmSync(path, { force: true });
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
