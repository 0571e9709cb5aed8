import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { SignetError } from '../../lib/core/index.ts';

/** Where a browser looks for the programs that an extension may start. */
export interface HostFolder {
  /** What people call the browser. */
  readonly browser: string;
  /** Where its profiles are: there when the browser is. */
  readonly data: string;
  readonly manifests: string;
}

interface Known {
  readonly label: string;
  readonly linux: string;
  readonly darwin: string;
}

/** By the name that `--browser` takes: the folder of its profiles in the configuration, and in Application Support. */
const BROWSERS: Readonly<Record<string, Known>> = {
  chrome: { label: 'Google Chrome', linux: 'google-chrome', darwin: 'Google/Chrome' },
  chromium: { label: 'Chromium', linux: 'chromium', darwin: 'Chromium' },
  edge: { label: 'Microsoft Edge', linux: 'microsoft-edge', darwin: 'Microsoft Edge' },
  brave: { label: 'Brave', linux: 'BraveSoftware/Brave-Browser', darwin: 'BraveSoftware/Brave-Browser' },
};

export const BROWSER_NAMES: readonly string[] = Object.keys(BROWSERS);

const MANIFESTS = 'NativeMessagingHosts';

/** All that are known, whether or not they are there. @throws SignetError unsupported on a system that was not tried */
export function knownBrowsers(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): readonly HostFolder[] {
  return BROWSER_NAMES.map((name) => browserNamed(name, env, platform));
}

/** Those whose profiles are on this machine. */
export const foundBrowsers = (
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): readonly HostFolder[] => knownBrowsers(env, platform).filter(({ data }) => existsSync(data));

/** @throws SignetError bad_request for a name that is none */
export function browserNamed(
  name: string,
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): HostFolder {
  const known = Object.hasOwn(BROWSERS, name) ? BROWSERS[name] : undefined;
  if (known === undefined) throw new SignetError('bad_request', `There are ${BROWSER_NAMES.join(', ')}, not ${name}.`);
  const data = join(configuration(env, platform), platform === 'darwin' ? known.darwin : known.linux);
  return { browser: known.label, data, manifests: join(data, MANIFESTS) };
}

/** A browser that is started with a folder of its own (`--user-data-dir`): it looks nowhere else. */
export function browserAt(folder: string): HostFolder {
  const data = resolve(folder);
  return { browser: `The browser with ${data}`, data, manifests: join(data, MANIFESTS) };
}

function configuration(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const { XDG_CONFIG_HOME: xdg } = env;
  switch (platform) {
    case 'linux':
      return xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.config');
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support');
    default:
      throw new SignetError(
        'unsupported',
        `The bridge to the browser was not tried on ${platform}: nothing is installed.`,
      );
  }
}
