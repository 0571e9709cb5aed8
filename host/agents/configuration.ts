import { existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { DEFAULT_AGENT } from './agent-key.ts';
import type { BridgeFolders } from './folders.ts';
import { shellQuote } from '../shell-quote.ts';
import { installedCommand } from './install.ts';

interface Server {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** How a client of the Model Context Protocol is told to use an agent. */
export interface Configuration {
  /** A line for Claude Code. */
  readonly line: string;
  /** For clients with a file of servers, Claude Desktop among them: they have no shell, so all paths are whole. */
  readonly servers: { readonly mcpServers: { readonly signet: Server } };
}

export function configurationFor(agent: string, folders: BridgeFolders): Configuration {
  const args = ['serve', ...(agent === DEFAULT_AGENT ? [] : ['--agent', agent])];
  const installed = installedCommand(folders);
  const running = process.argv[1] ?? installed;
  const [command, file] = [process.execPath, existsSync(installed) ? installed : running];
  const words = isOnPath(running) ? ['signet', ...args] : [shellQuote(command), shellQuote(file), ...args];
  const env = variables();
  const named = Object.entries(env).map(([name, value]) => `--env ${name}=${shellQuote(value)} `);
  const server = { command, args: [file, ...args], ...(named.length > 0 ? { env } : {}) };
  return {
    line: `claude mcp add signet ${named.join('')}-- ${words.join(' ')}`,
    servers: { mcpServers: { signet: server } },
  };
}

/** Whether `signet` in a shell is what runs now. */
function isOnPath(running: string, { PATH = '' }: NodeJS.ProcessEnv = process.env): boolean {
  const found = PATH.split(delimiter)
    .map((folder) => join(folder, 'signet'))
    .find(existsSync);
  return found !== undefined && realpathSync(found) === realpathSync(running);
}

/** What says where keys are: clients hand on few variables by themselves. */
function variables(env: NodeJS.ProcessEnv = process.env): Readonly<Record<string, string>> {
  const set = ['SIGNET_DIR', 'XDG_STATE_HOME'].map((name) => [name, env[name] ?? ''] as const);
  return Object.fromEntries(set.filter(([, value]) => value !== ''));
}
