import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { ownFolder } from '../keeping/own-folder.ts';
import { assertOwnFile, assertOwnFolder, isOwnFolder, statsOf } from '../keeping/own-files.ts';

/** Where the vault of the command line lies. */
export interface VaultFolder {
  readonly path: string;
  /** What IndexedDB is in the browser: sealed rows under opaque keys. */
  readonly database: string;
  /** What storage.local is in the browser. Beside the database: the anchor must not lie in what it guards. */
  readonly local: string;
  /** Whoever holds it is alone. */
  readonly lock: string;
}

/** In the folder of data (see `ownFolder`). */
export function vaultFolder(env: NodeJS.ProcessEnv = process.env): VaultFolder {
  const path = ownFolder(env, 'XDG_DATA_HOME', '.local', 'share');
  return {
    path,
    database: join(path, 'vault.sqlite'),
    local: join(path, 'vault.json'),
    lock: join(path, 'vault.lock'),
  };
}

/** Whether there is anything of a vault. */
export const isVaultThere = ({ database, local }: VaultFolder): boolean => existsSync(database) || existsSync(local);

/** @throws SignetError storage_failed when others could read or change what lies there */
export function assertPrivate({ path, database, local, lock }: VaultFolder): void {
  assertOwnFolder(path, { linked: true });
  for (const file of [database, local, lock]) if (statsOf(file) !== undefined) assertOwnFile(file);
}

/** Makes the folder where there is none. @throws SignetError as `assertPrivate` */
export function makeFolder(folder: VaultFolder): void {
  mkdirSync(folder.path, { recursive: true, mode: 0o700 });
  assertPrivate(folder);
}

/**
 * The file for what storage.session is in the browser: in the folder that ends with the person's session on this machine
 * (`XDG_RUNTIME_DIR`), one for each vault.
 * @returns undefined where there is no such folder, or it is not theirs alone
 */
export function sessionFile({ path }: VaultFolder, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const { XDG_RUNTIME_DIR: runtime } = env;
  if (runtime === undefined || !isAbsolute(runtime) || !isOwnFolder(runtime, { linked: true })) return undefined;
  const folder = join(runtime, 'signet');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!isOwnFolder(folder, { linked: true })) return undefined;
  const name = createHash('sha256').update(realpathSync(path)).digest('hex').slice(0, 16);
  return join(folder, `session-${name}.json`);
}
