import type { HostView } from '../../messaging/contract.ts';
import type { PairingDesk } from './pairing-desk.ts';

/** What the stories of agents need of the worker that they run in. */
export interface AgentDoor {
  readonly pairing: PairingDesk;
  /** How the way to programs on this machine stands. */
  host(): HostView;
  /** Whether an agent is connected now. */
  isConnected(agent: string): boolean;
  /** An agent is none any more: its connections end. */
  end(agent: string): void;
  /** Something that waits for the person has changed: whoever polls looks again. */
  settled(): void;
  /** To be called after an agent was paired or revoked, or the pairing opened or closed: whether anybody has to be listened to. */
  changed(): Promise<void>;
  /** Starts the extension anew, and the pairing goes on then. */
  reload(): Promise<void>;
}
