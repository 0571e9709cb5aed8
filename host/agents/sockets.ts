import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { INSTALLATION } from '../../lib/agents/index.ts';
import { SignetError } from '../../lib/core/index.ts';
import type { BridgeFolders } from './folders.ts';
import { assertOwnFolder, assertOwnSocket, statsOf } from '../keeping/own-files.ts';

/** The socket of one browser profile. */
export interface ProfileSocket {
  /** What Signet is called in that profile: 16 hexadecimal digits. */
  readonly installation: string;
  readonly path: string;
}

const ENDING = '.sock';

/** Bytes that the name of a unix socket may have on every system (macOS has the fewest). */
const MAX_PATH = 103;

/**
 * Where a profile's socket is made. On Windows it is a named pipe: that has not been tried, and nothing there tells whose
 * the other end is.
 * @throws SignetError storage_failed when the path is too long for a socket
 */
export function socketPath(folder: string, installation: string, platform: NodeJS.Platform = process.platform): string {
  if (platform === 'win32') return `\\\\.\\pipe\\signet-${installation}`;
  const path = join(folder, `${installation}${ENDING}`);
  if (Buffer.byteLength(path) <= MAX_PATH) return path;
  throw new SignetError('storage_failed', `${folder} is too long a path for a socket.`);
}

/**
 * The sockets that there are, whether or not anybody answers there; of one installation the first.
 * @throws SignetError storage_failed when a folder of sockets, or a socket, is not ours alone
 */
export function findSockets({ sockets }: BridgeFolders): readonly ProfileSocket[] {
  const found = sockets.flatMap(socketsIn);
  return found.filter(({ installation }, place) => installationAt(found, installation) === place);
}

/**
 * The socket at a path that was kept, if there is one.
 * @throws SignetError storage_failed likewise
 */
export function socketAt(path: string, installation: string): ProfileSocket | undefined {
  if (statsOf(path) === undefined) return undefined;
  assertOwnFolder(dirname(path));
  assertOwnSocket(path);
  return { installation, path };
}

const installationAt = (all: readonly ProfileSocket[], wanted: string): number =>
  all.findIndex(({ installation }) => installation === wanted);

function socketsIn(folder: string): readonly ProfileSocket[] {
  if (statsOf(folder) === undefined) return [];
  assertOwnFolder(folder);
  return readdirSync(folder).flatMap((name) => {
    const installation = name.slice(0, -ENDING.length);
    if (!name.endsWith(ENDING) || !INSTALLATION.test(installation)) return [];
    return socketAt(join(folder, name), installation) ?? [];
  });
}
