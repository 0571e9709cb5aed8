import { INSTALLATION } from '../../agents/index.ts';
import type { Envelope } from '../../agents/index.ts';
import type { Clock } from '../../core/index.ts';
import { Mutex, isJsonObject, randomBytes } from '../../core/index.ts';
import type { HostView } from '../../messaging/contract.ts';
import type { KeyValue } from '../../vault/index.ts';
import type { Services } from '../services.ts';
import { AgentHub } from './agent-hub.ts';
import type { AgentDoor } from './door.ts';
import { PairingDesk } from './pairing-desk.ts';
import { hasAgents } from './principals.ts';
import type { After } from './stages.ts';

/** The way to the native host, as `NativePort` is one. */
export interface HostPort {
  readonly state: HostView;
  want(isWanted: boolean): Promise<void>;
  send(message: unknown): void;
}

/** What a port tells. */
export interface HostEvents {
  /** What is said first on each channel. */
  readonly greeting: () => Promise<Envelope>;
  readonly onMessage: (message: unknown) => void;
  readonly onGone: () => void;
  readonly onState: () => void;
}

export interface AgentDeskOptions {
  readonly extensionId: string;
  readonly services: () => Promise<Services>;
  readonly local: KeyValue;
  readonly clock: Clock;
  readonly after: After;
  readonly openPort: (events: HostEvents) => HostPort;
  readonly reload: () => void;
  /** A pairing goes on after the extension was started anew: the page that showed it is gone. */
  readonly resumed: () => Promise<void>;
  /** Pages that show agents ask again. */
  readonly announce: () => void;
  /** Something failed with nobody left to tell. */
  readonly onFailure: (thrown: unknown) => void;
}

/** Names in storage.local. They say that there are agents, and nothing about them. */
const NAMES = { installation: 'agents.installation', any: 'agents.any', pairing: 'agents.pairing' } as const;

/**
 * The worker's side of agents: it listens to programs on this machine only while there is an agent, or the person has a
 * pairing open.
 */
export class AgentDesk implements AgentDoor {
  readonly pairing: PairingDesk;
  readonly #options: AgentDeskOptions;
  readonly #hub: AgentHub;
  readonly #port: HostPort;
  readonly #looks = new Mutex();
  #installation: Promise<string> | undefined;

  constructor(options: AgentDeskOptions) {
    this.#options = options;
    const { extensionId, services, clock, after, announce } = options;
    this.pairing = new PairingDesk({ ...{ clock, after, extensionId }, changed: () => this.#refresh() });
    this.#hub = new AgentHub({ ...{ extensionId, services, after }, send: (envelope) => this.#port.send(envelope) });
    this.#port = options.openPort({
      greeting: async () => ({ kind: 'installed', installation: await this.#named() }),
      onMessage: (message) => this.#hub.take(message),
      onGone: () => this.#hub.hostGone(),
      onState: announce,
    });
  }

  host(): HostView {
    return this.#port.state;
  }

  isConnected(agent: string): boolean {
    return this.#hub.isConnected(agent);
  }

  end(agent: string): void {
    this.#hub.end(agent);
  }

  settled(): void {
    this.#hub.settled();
  }

  /**
   * Call it when the worker starts: the port is opened where there are agents, and a pairing that was open when the
   * extension was started anew goes on. Where there are none, as most times, nothing is looked at: somebody waits.
   */
  async start(): Promise<void> {
    const { local, clock, resumed } = this.#options;
    const kept = await local.get(NAMES.pairing);
    if (kept !== undefined) await local.remove(NAMES.pairing);
    const until = isJsonObject(kept) ? kept['until'] : undefined;
    if (typeof until === 'number' && until > clock()) {
      this.pairing.open(until);
      await resumed();
    } else if ((await local.get(NAMES.any)) === true) await this.changed();
  }

  /** One look after the other: one that began before an agent was kept must not close the port after it. */
  changed(): Promise<void> {
    return this.#looks.run(() => this.#look());
  }

  async #look(): Promise<void> {
    const wasOpen = this.pairing.isOpen;
    const hasAny = await this.#hasAny();
    await this.#port.want(wasOpen || this.pairing.isOpen || hasAny);
    this.#options.announce();
  }

  /** The vault was opened, locked, made or erased. Nobody is paired with a vault that is locked: it could not be kept. */
  async vaultChanged(): Promise<void> {
    const { keeper } = await this.#options.services();
    if (this.pairing.isOpen && (await keeper.state()) !== 'unlocked' && this.pairing.view().step !== 'open') {
      this.pairing.end('locked');
    }
    this.settled();
    await this.changed();
  }

  async reload(): Promise<void> {
    const { local, reload } = this.#options;
    const view = this.pairing.view();
    if (view.step !== 'closed') await local.set(NAMES.pairing, { until: view.until });
    reload();
  }

  #refresh(): void {
    this.changed().catch(this.#options.onFailure);
  }

  /** While the vault is locked, what was so when it was open. */
  async #hasAny(): Promise<boolean> {
    const { local } = this.#options;
    const services = await this.#options.services();
    switch (await services.keeper.state()) {
      case 'unlocked': {
        const any = await hasAgents(services);
        if ((await local.get(NAMES.any)) !== any) await local.set(NAMES.any, any);
        return any;
      }
      case 'none':
        await local.remove(NAMES.any);
        return false;
      default:
        return (await local.get(NAMES.any)) === true;
    }
  }

  /** One name for all who ask at the same time: a host under another would be found by nobody later. */
  #named(): Promise<string> {
    this.#installation ??= this.#nameOrMake().catch((thrown: unknown) => {
      this.#installation = undefined;
      throw thrown;
    });
    return this.#installation;
  }

  /** Random, for this profile of this browser: the native host listens under it. */
  async #nameOrMake(): Promise<string> {
    const { local } = this.#options;
    const known = await local.get(NAMES.installation);
    if (typeof known === 'string' && INSTALLATION.test(known)) return known;
    const made = Array.from(randomBytes(8), (byte) => byte.toString(16).padStart(2, '0')).join('');
    await local.set(NAMES.installation, made);
    return made;
  }
}
