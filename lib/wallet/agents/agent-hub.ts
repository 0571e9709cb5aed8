import * as v from 'valibot';
import type { WalletFrame } from '../../agents/index.ts';
import { Envelope } from '../../agents/index.ts';
import type { Json } from '../../core/index.ts';
import type { Services } from '../services.ts';
import { AgentConnection } from './connection.ts';
import type { After } from './stages.ts';
import { Waiters } from './waiters.ts';

/** Programs that may be connected at once; the native host holds to a number of its own. */
export const MAX_CONNECTIONS = 32;

export interface AgentHubOptions {
  readonly extensionId: string;
  /** The services, once they are built: listeners are there before the stores are. */
  readonly services: () => Promise<Services>;
  readonly after: After;
  /** Hands an envelope to the native host, if it is there. */
  readonly send: (envelope: Envelope) => void;
}

/**
 * Joins the programs behind the native host to the wallet: envelopes go in and come out. Whatever ends, on either side, no
 * call is left open: it is answered, it fails, or its connection is gone. What waits for the person goes on waiting, and is
 * asked for by its id.
 */
export class AgentHub {
  readonly #options: AgentHubOptions;
  readonly #connections = new Map<string, AgentConnection>();
  readonly #waiters = new Waiters();

  constructor(options: AgentHubOptions) {
    this.#options = options;
  }

  /** Takes in what the native host says; what is no envelope is passed over. Never throws. */
  take(message: unknown): void {
    const parsed = v.safeParse(Envelope, message);
    if (!parsed.success) return;
    const envelope = parsed.output;
    switch (envelope.kind) {
      case 'installed':
        return; // ours to say
      case 'opened':
        this.#opened(envelope.connection);
        return;
      case 'frame':
        this.#connections.get(envelope.connection)?.take(envelope.frame);
        return;
      case 'closed':
        this.#connections.get(envelope.connection)?.closed();
        return;
    }
  }

  /** The native host is gone, and every program with it. */
  hostGone(): void {
    for (const connection of [...this.#connections.values()]) connection.closed();
  }

  isConnected(agent: string): boolean {
    return [...this.#connections.values()].some((connection) => connection.agent === agent);
  }

  /** The person revoked an agent. */
  end(agent: string): void {
    for (const connection of [...this.#connections.values()]) if (connection.agent === agent) connection.drop();
  }

  /** Something that waits for the person has changed. */
  settled(): void {
    this.#waiters.wake();
  }

  /** The host alone names connections; a name that is in use is that of another program. */
  #opened(id: string): void {
    const former = this.#connections.get(id);
    this.#connections.delete(id); // so that its end is not told: the name is another program's now
    former?.closed();
    if (this.#connections.size >= MAX_CONNECTIONS) {
      this.#options.send({ kind: 'closed', connection: id });
      return;
    }
    const { extensionId, services, after, send } = this.#options;
    const connection: AgentConnection = new AgentConnection({
      ...{ id, extensionId, services, after, waiters: this.#waiters },
      send: (frame: WalletFrame) => send({ kind: 'frame', connection: id, frame: frame as unknown as Json }), // JSON, by its schema
      ended: () => {
        if (this.#connections.get(id) !== connection) return;
        this.#connections.delete(id);
        send({ kind: 'closed', connection: id });
      },
    });
    this.#connections.set(id, connection);
  }
}
