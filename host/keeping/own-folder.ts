import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * Signet's own folder of a kind: `SIGNET_DIR`, which is for all of them, else `signet` in the folder that the XDG Base
 * Directory Specification has for that kind.
 * @param named the variable of that kind, such as `XDG_CONFIG_HOME`: it counts only when absolute
 * @param usual the folder of that kind where it does not count, from home
 */
export function ownFolder(env: NodeJS.ProcessEnv, named: string, ...usual: readonly string[]): string {
  return allInOne(env) ?? join(baseFolder(env, named, ...usual), 'signet');
}

/** `SIGNET_DIR`, where it is set. */
export function allInOne({ SIGNET_DIR: own }: NodeJS.ProcessEnv): string | undefined {
  return own === undefined || own === '' ? undefined : resolve(own);
}

function baseFolder(env: NodeJS.ProcessEnv, named: string, ...usual: readonly string[]): string {
  const given = env[named];
  return given !== undefined && isAbsolute(given) ? given : join(homedir(), ...usual);
}
