import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NO_REDIS = [
  'No redis-server was found, and none could be installed.',
  'Install Redis 6 or newer, or set REDIS_SERVER_PATH to its redis-server, and run this again.',
].join('\n');

/**
 * The path of a `redis-server`: what `REDIS_SERVER_PATH` names, or one on the `PATH`; where there is none and this is root
 * on Debian, it installs one and says so on `say`.
 *
 * @throws Error with what to do, when all of that failed
 */
export async function findRedis(say: (line: string) => void = (line) => console.error(line)): Promise<string> {
  const named = process.env['REDIS_SERVER_PATH'];
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`REDIS_SERVER_PATH names ${named}, and there is no such file.`);
  }
  const found = onPath() ?? ((await installWithApt(say)) ? onPath() : undefined);
  if (found === undefined) throw new Error(NO_REDIS);
  return found;
}

function onPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, 'redis-server')).find((file) => existsSync(file));
}

async function installWithApt(say: (line: string) => void): Promise<boolean> {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return false;
  say('No redis-server here: installing it with apt-get.');
  const wait = ['-o', 'DPkg::Lock::Timeout=120'];
  return (
    (await apt([...wait, 'update'])) &&
    (await apt([...wait, 'install', '-y', '--no-install-recommends', 'redis-server']))
  );
}

/** What it prints goes to stderr: it can take a minute, and a person should see why. */
function apt(args: readonly string[]): Promise<boolean> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const child = spawn('apt-get', args, { env, stdio: ['ignore', process.stderr, process.stderr] });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
}
