import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { AgentClient } from '../fixtures/agents/agent-client.ts';
import { CommandTerminal } from '../fixtures/command-terminal.ts';
import { readmeCommands } from '../fixtures/readme.ts';
import { shownDigits } from './agent-chain.ts';
import { builtForAgents } from './setup/browser.ts';
import { askWallet, createVault, openBrowser } from './setup/harness.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HEADING = 'Use it with Claude';

/** A person's machine: where they type, with a home of its own in which npm and Chromium have been before. */
let folder: string;
let lines: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signet-claude-'));
  lines = await readmeCommands(HEADING);
  await mkdir(join(folder, 'home/.config/chromium'), { recursive: true });
  const path = [join(folder, 'npm/bin'), dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  const npm = { cache: join(homedir(), '.npm'), prefix: join(folder, 'npm'), pack_destination: folder };
  for (const [name, value] of Object.entries(npm)) vi.stubEnv(`npm_config_${name}`, value);
  for (const name of ['SIGNET_DIR', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_DATA_HOME']) vi.stubEnv(name, undefined);
  for (const name of ['audit', 'fund', 'update_notifier']) vi.stubEnv(`npm_config_${name}`, 'false');
  vi.stubEnv('npm_config_prefer_offline', 'true');
  vi.stubEnv('HOME', join(folder, 'home'));
  vi.stubEnv('XDG_RUNTIME_DIR', join(folder, 'session'));
  vi.stubEnv('PATH', path);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

/** The next line of README, which is this one. */
function next(expected: RegExp): string {
  const [line = '', ...rest] = lines;
  expect(line).toMatch(expected);
  lines = rest;
  return line;
}

const run = (line: string, cwd: string) => promisify(execFile)('sh', ['-c', line], { cwd });

test(`what README shows under "${HEADING}" works as typed, from the packed package to an answer`, async () => {
  await run(next(/^npm pack$/), ROOT);
  await run(next(/^npm install --global /), folder);
  const { stdout } = await run(next(/^signet install$/), folder);
  expect(stdout).toMatch(/^Chromium: .*\nNext: signet pair\.\n$/);

  const userDataDir = join(folder, 'home/.config/chromium');
  const opened = await openBrowser({ extensionPath: await builtForAgents(), userDataDir });
  try {
    const app = await opened.openApp();
    await createVault(app);
    const terminal = new CommandTerminal(next(/^signet pair$/).split(' '), { env: process.env, cwd: folder });
    await terminal.sees('Open Signet in your browser: Agents, Connect an agent.');
    await askWallet(app, 'agents.pairing.start', {});
    const digits = await shownDigits(app);
    await terminal.sees(`${digits.slice(0, 3)} ${digits.slice(3)}`);
    const limits = { tiers: [1, 2], claims: [], budget: [] } as const;
    await askWallet(app, 'agents.pairing.confirm', { digits, name: 'Claude', role: 'public', limits });
    const { code, screen } = await terminal.ends();
    expect({ code, screen }).toEqual({ code: 0, screen: expect.stringContaining('Connected as Claude.') as string });

    const line = next(/^claude mcp add signet -- /);
    expect(screen).toContain(`  ${line}\r\n`);
    const [command = '', ...args] = line.slice(line.indexOf('-- ') + 3).split(' ');
    const client = await AgentClient.start({ command, args, env: {} }, 'modern');
    expect((await client.client.listTools()).tools).toHaveLength(7);
    expect(await client.call('list_data', {})).toMatchObject({ isError: false, structured: { status: 'done' } });
    await client.close();
    expect(lines).toEqual([]);
  } finally {
    await opened.close();
  }
}, 300_000);
