import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { startIssuer } from '../../demo/issuer/server.ts';
import type { RunningIssuer } from '../../demo/issuer/server.ts';
import type { ExtensionBrowser } from '../../tools/browser/launch.ts';
import { launchWithExtension } from '../../tools/browser/launch.ts';
import type { AgentLimitsView } from '../../lib/messaging/contract.ts';
import { AgentClient } from '../fixtures/agents/agent-client.ts';
import type { Era, ServerStart } from '../fixtures/agents/inspector.ts';
import { inspect } from '../fixtures/agents/inspector.ts';
import { BuiltCommand } from '../fixtures/built-command.ts';
import type { Ran } from '../fixtures/built-command.ts';
import { builtForAgents } from './setup/browser.ts';
import { acceptLicence, askWallet, createVault } from './setup/wallet.ts';

/** An agent as `signet pair` leaves it. */
export interface PairedAgent {
  readonly id: string;
  /** What the terminal said to the end. */
  readonly screen: string;
  /** How clients start its server, by the configuration that was printed. */
  readonly server: ServerStart;
}

/**
 * Everything that lies between an agent's program and the wallet: the built command, installed and paired by itself, in
 * a real browser. Nothing of it is played.
 */
export class AgentChain implements AsyncDisposable {
  readonly command: BuiltCommand;
  /** `SIGNET_DIR`. */
  readonly home: string;
  /** All that any client received. */
  readonly heard: string[] = [];
  readonly #extensionPath: string;
  readonly #issuer: RunningIssuer;
  readonly #clients: AgentClient[] = [];
  readonly #browsers: ExtensionBrowser[] = [];

  private constructor(parts: {
    readonly command: BuiltCommand;
    readonly home: string;
    readonly issuer: RunningIssuer;
    readonly extensionPath: string;
  }) {
    this.command = parts.command;
    this.home = parts.home;
    this.#issuer = parts.issuer;
    this.#extensionPath = parts.extensionPath;
  }

  /** The command is built, and nothing was installed. */
  static async build(): Promise<AgentChain> {
    const [extensionPath, command] = [await builtForAgents(), await BuiltCommand.build()];
    const [home, issuer] = [await mkdtemp(join(command.folder, 'home-')), await startIssuer()];
    return new AgentChain({ command, home, issuer, extensionPath });
  }

  get issuer(): RunningIssuer {
    return this.#issuer;
  }

  /** Where the browser of a name keeps its profile. */
  profile(name: string): string {
    return join(this.home, name);
  }

  /** Tells a browser of the host, as a person does. @throws Error with what the command said */
  async install(profile: string): Promise<void> {
    const { code, err } = await this.command.run(this.home, ['install', '--profile', this.profile(profile)]);
    if (code !== 0) throw new Error(err);
  }

  /** Starts the browser of a profile. */
  async browse(profile: string): Promise<{ readonly opened: ExtensionBrowser; readonly app: Page }> {
    const userDataDir = this.profile(profile);
    const opened = await launchWithExtension({ extensionPath: this.#extensionPath, userDataDir });
    this.#browsers.push(opened);
    return { opened, app: await opened.openApp() };
  }

  /** A vault with a licence of the issuer's in it. */
  async settle(opened: ExtensionBrowser, app: Page): Promise<void> {
    await createVault(app);
    await acceptLicence(opened, this.#issuer);
  }

  /** Pairs by the command on a terminal; the digits there are those that the wallet shows. */
  async pair(app: Page, limits: AgentLimitsView, name = 'Helper'): Promise<PairedAgent> {
    await askWallet(app, 'agents.pairing.start', {});
    const terminal = this.command.onTerminal(this.home, this.home, ['pair']);
    const digits = await shownDigits(app);
    await terminal.sees(`    ${digits.slice(0, 3)} ${digits.slice(3)}`);
    const { id } = await askWallet(app, 'agents.pairing.confirm', { digits, name, role: 'public', limits });
    const { code, screen } = await terminal.ends();
    if (code !== 0) throw new Error(screen);
    this.heard.push(screen);
    const { mcpServers } = JSON.parse(screen.slice(screen.indexOf('{'))) as {
      readonly mcpServers: { readonly signet: ServerStart }; // as the command prints it
    };
    return { id, screen, server: mcpServers.signet };
  }

  /** The official client at the real server. */
  async connect(server: ServerStart, era: Era): Promise<AgentClient> {
    const client = await AgentClient.start(server, era, this.heard);
    this.#clients.push(client);
    return client;
  }

  /** MCP Inspector's command line at the real server. */
  async inspect(server: ServerStart, era: Era, args: readonly string[]): Promise<Ran> {
    const ran = await inspect(server, era, args);
    this.heard.push(ran.out, ran.err);
    return ran;
  }

  /** Process ids of the hosts that browsers run now. */
  hosts(): readonly number[] {
    const installed = join(this.home, 'bridge', 'signet.js');
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => Number.isInteger(pid) && argumentsOf(pid).includes(installed))
      .filter((pid) => argumentsOf(pid).includes('native-host'));
  }

  /** The sockets that there are: one a profile. */
  sockets(): readonly string[] {
    const folder = join(this.home, 'run');
    return readdirSync(folder).flatMap((file) => (file.endsWith('.sock') ? [join(folder, file)] : []));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    for (const browser of this.#browsers) await browser.close().catch(() => undefined); // a test may have closed it
    await this.#issuer.close();
    await this.command.remove();
  }
}

/** The digits of a pairing, once the wallet shows them. @throws Error when it ends before */
export async function shownDigits(app: Page): Promise<string> {
  for (;;) {
    const view = await askWallet(app, 'agents.pairing.state', {});
    if (view.step === 'compare') return view.digits;
    if (view.step === 'closed') throw new Error(`The pairing ended: ${String(view.ended)}`);
  }
}

/** What a process was started with; nothing of one that has ended. */
function argumentsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
