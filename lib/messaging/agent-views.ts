import type { Role } from '../policy/engine/index.ts';

/** The most that an agent may spend. Amounts in major units, as decimal strings; days and months begin at midnight UTC. */
export interface AgentBudgetView {
  /** ISO 4217. */
  readonly currency: string;
  readonly per: 'token' | 'day' | 'month';
  readonly amount: string;
}

/** What the person lets an agent do. */
export interface AgentLimitsView {
  /** What it may ask about at all; anything of another tier is denied. What is of Tier 3 is asked about every time. */
  readonly tiers: readonly (1 | 2 | 3)[];
  /**
   * What it is told without asking the person: names of claims in rules (`claimKey`), or whatever its role may learn.
   * They become rules, which can be seen and changed with the others. Whatever else it asks is put before the person.
   */
  readonly claims: readonly string[] | '*';
  /** Nothing in a currency that is not here. The person is asked before each token unless a rule says otherwise. */
  readonly budget: readonly AgentBudgetView[];
}

/** `paused`: by the person, or because a backup was put back since they last said yes. `revoked`: for good. */
export type AgentStateName = 'active' | 'paused' | 'revoked';

export interface AgentView {
  /** What rules, log and requests call it. */
  readonly id: string;
  /** The person's name for it. */
  readonly name: string;
  readonly role: Role;
  readonly limits: AgentLimitsView;
  readonly state: AgentStateName;
  readonly pairedAt: number;
  /** Absent: it never called. */
  readonly lastSeenAt?: number;
  /** How often it called a tool. */
  readonly asked: number;
  /** What it spent of each line of its budget, in the order of `limits.budget`; of `token`: nothing. Major units. */
  readonly spent: readonly string[];
  /** What the program that speaks for it called itself last: cleaned for display, believed by nobody. */
  readonly client?: string;
  /** It is connected now. */
  readonly connected: boolean;
}

/** Who asks, of a request that waits: the person's name for it, and what its program calls itself. */
export interface AgentAsker {
  readonly id: string;
  /** Empty while the vault is locked: it alone knows. */
  readonly name: string;
  readonly client?: string;
}

/**
 * How the pairing of an agent stands. Only one at a time, and each opening is good for one try: whatever goes wrong ends
 * it. `until`: when it ends by itself.
 */
export type PairingView =
  | { readonly step: 'closed'; readonly ended?: 'timed_out' | 'gone' | 'refused' | 'locked' | 'cancelled' }
  /** The person runs the command that pairs; nothing has come yet. */
  | { readonly step: 'open'; readonly until: number }
  /** A program is there. Its name is its own word, cleaned for display; the digits come in a moment. */
  | { readonly step: 'begun'; readonly until: number; readonly name: string }
  /** Both show six digits: the person says whether they are the same. */
  | { readonly step: 'compare'; readonly until: number; readonly name: string; readonly digits: string };

/**
 * How the way to programs on this machine stands. `permission`: the browser has to be asked for it, by a page of ours and
 * a click. `reload`: it was granted, and works once the extension has started anew. `no_host`: the command line is not
 * installed here, or this browser does not know of it. `lost`: it was there, and is tried again.
 */
export type HostView = 'off' | 'permission' | 'reload' | 'connected' | 'connecting' | 'no_host' | 'lost';

/** What an agent wants that is no proof and no token, as the consent window shows it. */
export interface AgentCallView {
  /** base64url SHA-256 of what is shown; allowing names it. */
  readonly digest: string;
  readonly asks:
    | {
        readonly tool: 'query';
        /** As the agent wrote it. */
        readonly query: string;
        readonly label: string;
        /** What it would be told, in words, and whose word that is. */
        readonly conclusion: string;
        readonly source: string;
        /** What it was told of the same before, as names of claims; empty: nothing. */
        readonly told: readonly string[];
      }
    | {
        readonly tool: 'store_data';
        readonly label: string;
        readonly type: 'text' | 'number' | 'date' | 'yes_no';
        readonly value: string;
        readonly tier: 1 | 2 | 3;
        /** Where it would go at Tier 3, by its name; the person may choose another. Allowing takes an opener then. */
        readonly compartment?: 'health' | 'payment' | 'private';
        /** There is something of this name already. */
        readonly replaces: boolean;
      };
}
