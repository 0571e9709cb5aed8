import { setTimeout as delay } from 'node:timers/promises';
import type { ToolAnswer } from '../../lib/agents/index.ts';
import { SignetError } from '../../lib/core/index.ts';
import type { AgentKey } from './agent-key.ts';
import { readAgentKey } from './agent-key.ts';
import type { BridgeFolders } from './folders.ts';
import type { ProfileSocket } from './sockets.ts';
import { findSockets, socketAt } from './sockets.ts';
import { WalletFailure } from './wallet-failure.ts';
import type { Call, ClientName } from './wallet-session.ts';
import { WalletSession } from './wallet-session.ts';

/** How long a connection that was there is waited for: a worker that was ended comes back in a moment. */
const COMES_BACK_MS = 5000;
const AGAIN_MS = 100;

/** A way to the wallet in the browser. */
export interface Wallet {
  /** @throws WalletFailure what is wrong, and what to do about it */
  call(call: Call, client: ClientName | undefined): Promise<ToolAnswer>;
}

/**
 * The way to the wallet that an agent was paired with: made with the first call, and anew with the next one after it broke.
 * A call that was sent and not answered is never sent again: it may have been done.
 */
export class WalletLink implements Wallet {
  readonly #folders: BridgeFolders;
  readonly #agent: string;
  #session: Promise<WalletSession> | undefined;
  #wasThere = false;
  #isClosed = false;

  /** @param agent what names its key on this machine */
  constructor(folders: BridgeFolders, agent: string) {
    this.#folders = folders;
    this.#agent = agent;
  }

  async call(call: Call, client: ClientName | undefined): Promise<ToolAnswer> {
    const session = await this.#connected(client);
    return session.call(call);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const session = await this.#session?.catch(() => undefined);
    session?.close();
  }

  /** All calls wait for one and the same attempt. */
  #connected(client: ClientName | undefined): Promise<WalletSession> {
    if (this.#isClosed) throw WalletFailure.of('lost');
    if (this.#session !== undefined) return this.#session;
    const attempt = this.#attempt(client);
    const forget = (): void => {
      if (this.#session === attempt) this.#session = undefined;
    };
    this.#session = attempt;
    attempt.then((session) => session.ended).then(forget, forget);
    return attempt;
  }

  async #attempt(client: ClientName | undefined): Promise<WalletSession> {
    const until = performance.now() + (this.#wasThere ? COMES_BACK_MS : 0);
    for (;;) {
      try {
        const key = this.#key();
        const session = await WalletSession.open(socketFor(key, this.#folders).path, key, client);
        this.#wasThere = true;
        return session;
      } catch (error) {
        const mayPass = error instanceof WalletFailure && ['no_browser', 'lost'].includes(error.fields.reason);
        if (!mayPass || performance.now() >= until) {
          this.#wasThere = false; // the next call need not wait for what did not come
          throw told(error);
        }
        await delay(AGAIN_MS);
      }
    }
  }

  /** Read anew each time: the program may be paired while we run. */
  #key(): AgentKey {
    const key = readAgentKey(this.#folders.keys, this.#agent);
    if (key === undefined) throw WalletFailure.of('not_paired');
    return key;
  }
}

/** @throws WalletFailure when the profile that an agent was paired with is not there */
function socketFor({ installation, socket }: AgentKey, folders: BridgeFolders): ProfileSocket {
  const kept = socketAt(socket, installation);
  if (kept !== undefined) return kept;
  const sockets = findSockets(folders);
  const own = sockets.find((found) => found.installation === installation);
  if (own !== undefined) return own;
  throw WalletFailure.of(sockets.length === 0 ? 'no_browser' : 'other_profile');
}

/** What this machine has wrong is told like what the wallet says. */
function told(error: unknown): unknown {
  if (!(error instanceof SignetError)) return error;
  return new WalletFailure({ reason: 'unsafe', message: `${error.message} Nothing was sent to Signet.` }, error);
}
