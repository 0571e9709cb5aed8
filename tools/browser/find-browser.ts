import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import puppeteer from 'puppeteer';

const run = promisify(execFile);

/** The manifest's minimum_chrome_version. */
const OLDEST_MAJOR = 137;

const CANDIDATES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/google-chrome-stable',
    '/usr/bin/google-chrome',
    '/opt/google/chrome/chrome',
    '/usr/bin/chromium-browser',
    '/usr/lib/chromium/chromium',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [process.env['PROGRAMFILES'], process.env['PROGRAMFILES(X86)'], process.env['LOCALAPPDATA']]
    .filter((folder) => folder !== undefined)
    .map((folder) => join(folder, 'Google\\Chrome\\Application\\chrome.exe')),
};

const NO_BROWSER = [
  'No Chrome or Chromium was found, and none could be installed.',
  `Install Chrome or Chromium ${OLDEST_MAJOR} or newer, or set PUPPETEER_EXECUTABLE_PATH to one, and run this again.`,
].join('\n');

/**
 * The path of a browser that can run the extension: what `PUPPETEER_EXECUTABLE_PATH` names, one that is installed,
 * one that Puppeteer downloaded before; where there is none, it installs one (apt as root on Debian, else
 * Puppeteer's own download) and says so on `say`.
 *
 * @throws Error with what to do, when all of that failed
 */
export async function findBrowser(say: (line: string) => void = (line) => console.error(line)): Promise<string> {
  const named = process.env['PUPPETEER_EXECUTABLE_PATH'];
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`PUPPETEER_EXECUTABLE_PATH names ${named}, and there is no such file.`);
  }

  const installed = (await installedBrowser()) ?? (await downloadedBrowser());
  if (installed !== undefined) return installed;

  const failures: string[] = [];
  for (const install of [installWithApt, installWithPuppeteer]) {
    try {
      await install(say);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
      continue;
    }
    const found = (await installedBrowser()) ?? (await downloadedBrowser());
    if (found !== undefined) return found;
  }
  throw new Error([NO_BROWSER, ...failures].join('\n'));
}

async function installedBrowser(): Promise<string | undefined> {
  for (const path of CANDIDATES[process.platform] ?? []) {
    if (existsSync(path) && (await isNewEnough(path))) return path;
  }
  return undefined;
}

async function downloadedBrowser(): Promise<string | undefined> {
  const path = await puppeteer.executablePath();
  return existsSync(path) ? path : undefined;
}

/** A shim that only tells people to install something fails here too, which is as it should be. */
async function isNewEnough(path: string): Promise<boolean> {
  // chrome.exe prints no version and opens a window instead.
  if (process.platform === 'win32') return true;
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 15_000 });
    const major = /(\d+)\.\d+\.\d+/.exec(stdout)?.[1];
    return major !== undefined && Number(major) >= OLDEST_MAJOR;
  } catch {
    return false;
  }
}

async function installWithApt(say: (line: string) => void): Promise<void> {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return;
  say('No browser here: installing chromium with apt-get.');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runLoudly('apt-get', ['update'], env);
  await runLoudly('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], env);
}

async function installWithPuppeteer(say: (line: string) => void): Promise<void> {
  say("No browser here: downloading Puppeteer's own.");
  const cli = fileURLToPath(new URL('../../node_modules/puppeteer/lib/puppeteer/node/cli.js', import.meta.url));
  await runLoudly(process.execPath, [cli, 'browsers', 'install', 'chrome'], process.env);
}

/** What an installer prints goes to stderr: it can take a minute, and a person should see why. */
async function runLoudly(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(command, args, { env, stdio: ['ignore', process.stderr, process.stderr] });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code ?? 'a signal'}.`);
}
