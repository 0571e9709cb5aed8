import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXTENSION_KEY, NATIVE_HOST, extensionIdOf } from '../../lib/agents/index.ts';
import { SignetError } from '../../lib/core/index.ts';
import type { HostFolder } from './browsers.ts';
import type { BridgeFolders } from './folders.ts';
import { shellQuote } from '../shell-quote.ts';
import { Written } from './written.ts';

/** The file of the command that is started. */
const ENTRY = 'signet.js';

/** What the command is built into: its parts, and what says that they are scripts (host/vite.config.ts). */
const PART = /^(?:signet(?:-[\w-]+)?\.js|package\.json)$/;

/** Where this very file is: once built, among the parts of the command. */
const OWN_FOLDER = dirname(fileURLToPath(import.meta.url));

/** Where the command lies once it is installed: packages and their caches come and go. */
export const installedCommand = ({ bridge }: BridgeFolders): string => join(bridge, ENTRY);

/** What browsers start. */
export const launcherFile = ({ bridge }: BridgeFolders): string => join(bridge, 'signet-native-host');

/** The manifest of the native host in a browser's folder. */
export const manifestFile = ({ manifests }: HostFolder): string => join(manifests, `${NATIVE_HOST}.json`);

/**
 * Puts the command in its place and tells browsers of it. Again is harmless.
 * @throws SignetError unsupported when this is not the built command: its sources lie in many files
 */
export function install(folders: BridgeFolders, browsers: readonly HostFolder[]): void {
  const written = new Written(folders.bridge);
  for (const [name, text] of builtParts()) written.write(join(folders.bridge, name), text, 0o600);
  written.write(launcherFile(folders), launcher(folders), 0o700);
  for (const browser of browsers) written.write(manifestFile(browser), manifest(folders), 0o600);
}

/** The files of the built command that runs: name → text. */
function builtParts(): ReadonlyMap<string, string> {
  const names = readdirSync(OWN_FOLDER).filter((name) => PART.test(name));
  if (!names.includes(ENTRY))
    throw new SignetError('unsupported', 'Only the built command can be installed: npm run build:host makes it.');
  return new Map(names.map((name) => [name, readFileSync(join(OWN_FOLDER, name), 'utf8')]));
}

/** https://developer.chrome.com/docs/extensions/develop/concepts/native-messaging: our extension, and no other. */
function manifest(folders: BridgeFolders): string {
  const content = {
    name: NATIVE_HOST,
    description: 'Carries between Signet and the programs that its person has connected',
    path: launcherFile(folders),
    type: 'stdio',
    allowed_origins: [`chrome-extension://${extensionIdOf(EXTENSION_KEY)}/`],
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** A browser that was not started from a shell has no PATH that leads to Node, nor the variables of one. */
function launcher(folders: BridgeFolders): string {
  const { SIGNET_DIR: own } = process.env;
  const folder = own === undefined || own === '' ? [] : [`SIGNET_DIR=${shellQuote(own)} export SIGNET_DIR`];
  return [
    '#!/bin/sh',
    ...folder,
    `exec ${shellQuote(process.execPath)} ${shellQuote(installedCommand(folders))} native-host "$@"`,
    '',
  ].join('\n');
}
