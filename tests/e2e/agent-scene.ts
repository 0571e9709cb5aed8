import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Page } from 'puppeteer';
import { NATIVE_HOST } from '../../lib/agents/index.ts';
import type { AgentLimitsView } from '../../lib/messaging/contract.ts';
import { AgentKey, beginPairing, hello, isOf } from '../fixtures/agent-wallet.ts';
import { TestHost } from '../fixtures/test-host.ts';
import type { Program } from '../fixtures/test-host.ts';
import { builtForAgents } from './setup/browser.ts';
import { EXTENSION_ID, type ExtensionBrowser, askWallet, createVault, openBrowser } from './setup/harness.ts';

/** A browser with the extension, a vault in it, and a native host that this test plays. */
export interface AgentScene extends AsyncDisposable {
  readonly opened: ExtensionBrowser;
  /** A page of ours. */
  readonly app: Page;
  readonly host: TestHost;
  /** Tells the browser of the host, as the command does. */
  install(): Promise<void>;
  /** How often the browser started the host. */
  readonly starts: () => number;
  /** Until the worker has a host again that was started after so many. */
  startedAfter(starts: number): Promise<void>;
  /** Until the host that was started last has ended. */
  left(): Promise<void>;
  /** Pairs a new agent behind the screens. */
  pair(limits: AgentLimitsView, name?: string): Promise<AgentKey>;
  /** Pairs one where a pairing is open. @param app a page of ours */
  goOn(app: Page, limits: AgentLimitsView, name?: string): Promise<AgentKey>;
  welcomed(key: AgentKey): Promise<Program>;
}

/**
 * @param options.installed whether the browser knows of the host from the start
 * @param options.mayRestart in the browser's developer mode: without it, an unpacked extension that starts itself anew stays off
 */
export async function openAgentScene({ installed = true, mayRestart = false } = {}): Promise<AgentScene> {
  const extensionPath = await builtForAgents();
  const folder = await mkdtemp(join(tmpdir(), 'signet-agents-'));
  const socketPath = join(folder, 'test.sock');
  const userDataDir = join(folder, 'profile');
  const install = (): Promise<void> => tellBrowser(folder, userDataDir, socketPath);
  if (installed) await install();
  if (mayRestart) await inDeveloperMode(userDataDir);

  const host = new TestHost();
  let starts = 0;
  let looks: (() => void)[] = [];
  let left = Promise.withResolvers<void>();
  const server = createServer((socket: Socket) => {
    const port = host.opened({
      greeting: () => Promise.reject(new Error('The worker greets.')),
      onMessage: (message) => socket.write(`${JSON.stringify(message)}\n`),
      onGone: () => socket.destroy(),
      onState: () => undefined,
    });
    const lines = createInterface({ input: socket });
    for (const end of [socket, lines]) end.on('error', () => undefined); // a host may be killed in the middle of a line
    socket.on('close', () => left.resolve());
    lines.on('line', (line) => {
      const envelope = JSON.parse(line) as { kind: string }; // what the worker said
      if (envelope.kind === 'installed') {
        starts += 1;
        left = Promise.withResolvers<void>();
        for (const look of looks) look();
        looks = [];
      }
      port.send(envelope);
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const opened = await openBrowser({ extensionPath, userDataDir });
  const app = await opened.openApp();
  await createVault(app);

  const startedAfter = async (many: number): Promise<void> => {
    while (starts <= many) await new Promise<void>((resolve) => looks.push(resolve));
  };

  const welcomed = async (key: AgentKey): Promise<Program> => {
    const program = host.connect();
    const said = await hello(program, key);
    if (said.type !== 'welcome') throw new Error(JSON.stringify(said));
    return program;
  };

  const goOn = async (ours: Page, limits: AgentLimitsView, name = 'Helper'): Promise<AgentKey> => {
    const key = new AgentKey();
    const program = host.connect();
    const { agentNonce, digits } = await beginPairing(program, key);
    program.say({ type: 'pair.reveal', agentNonce });
    while ((await askWallet(ours, 'agents.pairing.state', {})).step !== 'compare');
    await askWallet(ours, 'agents.pairing.confirm', { digits, name, role: 'public', limits });
    await program.next(isOf('pair.done'));
    return key;
  };

  return {
    ...{ opened, app, host, install, starts: () => starts, startedAfter, welcomed, left: () => left.promise },
    goOn,
    async pair(limits, name) {
      const before = starts;
      await askWallet(app, 'agents.pairing.start', {});
      if (before === 0) await startedAfter(0);
      return goOn(app, limits, name);
    },
    async [Symbol.asyncDispose]() {
      await opened.close();
      server.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

async function inDeveloperMode(userDataDir: string): Promise<void> {
  const folder = join(userDataDir, 'Default');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'Preferences'), JSON.stringify({ extensions: { ui: { developer_mode: true } } }));
}

/** The host's manifest, where a browser with a profile of its own looks for it. */
async function tellBrowser(folder: string, userDataDir: string, socketPath: string): Promise<void> {
  const launcher = join(folder, 'host');
  const script = fileURLToPath(new URL('tiny-native-host.ts', import.meta.url));
  await writeFile(launcher, `#!/bin/sh\nexec '${process.execPath}' '${script}' '${socketPath}'\n`, { mode: 0o700 });
  const manifests = join(userDataDir, 'NativeMessagingHosts');
  await mkdir(manifests, { recursive: true });
  const manifest = {
    ...{ name: NATIVE_HOST, description: 'A test', path: launcher, type: 'stdio' },
    allowed_origins: [`chrome-extension://${EXTENSION_ID}/`],
  };
  await writeFile(join(manifests, `${NATIVE_HOST}.json`), JSON.stringify(manifest));
}
