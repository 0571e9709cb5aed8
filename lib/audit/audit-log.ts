import type { Clock } from '../core/index.ts';
import { SignetError, equalBytes, toBase64url } from '../core/index.ts';
import type { OpenVault, VaultTx } from '../vault/index.ts';
import type { AuditDraft } from './entry.ts';
import { EMPTY_POLICY_HASH } from './entry.ts';
import { appendEntry, headHash, readEntry, readHead } from './ledger.ts';
import type { AuditEntry } from './verifying/index.ts';
import { GENESIS, entryHash } from './verifying/index.ts';

/** A transaction of the vault that also says what it did. */
export interface LoggedTx extends VaultTx {
  /** Appends an entry to the log, in this transaction. Never put a claim's value into it. */
  log(draft: AuditDraft): Promise<AuditEntry>;
}

/** What walking the chain found; `seq` is the first entry that is not what it must be. */
export type ChainCheck =
  | { readonly ok: true; readonly count: number }
  | { readonly ok: false; readonly seq: number; readonly problem: string };

export interface AuditLogOptions {
  readonly clock: Clock;
  /** base64url hash of the policy set in force; default: of the set without a rule. */
  readonly policy?: string;
}

/** The hash-chained log of an open vault (design §9). Light: make one per vault opened, or per use. */
export class AuditLog {
  /** For reading; write through `transact`. */
  readonly vault: OpenVault;
  readonly #clock: Clock;
  readonly #policy: string;

  constructor(vault: OpenVault, { clock, policy = EMPTY_POLICY_HASH }: AuditLogOptions) {
    this.vault = vault;
    this.#clock = clock;
    this.#policy = policy;
  }

  /**
   * A transaction of the vault that is logged. Every operation that writes records must say what it did: one that
   * puts or deletes without calling `log` throws and writes nothing.
   * @throws SignetError `internal` for an unlogged write, and whatever OpenVault's `transact` throws
   */
  transact<T>(work: (tx: LoggedTx) => Promise<T>): Promise<T> {
    return this.vault.transact(async (tx) => {
      const kept = { wrote: false, logged: false };
      const result = await work(this.#watched(tx, kept));
      if (kept.wrote && !kept.logged) throw new SignetError('internal', 'A change of the vault was not logged.');
      return result;
    });
  }

  /**
   * Entries, newest first.
   * @param options.before entries older than this number alone
   */
  async page({ before, limit }: { before?: number; limit: number }): Promise<readonly AuditEntry[]> {
    const end = Math.min(before ?? Number.MAX_SAFE_INTEGER, await this.count());
    const numbers = Array.from({ length: Math.max(0, Math.min(limit, end)) }, (_, i) => end - 1 - i);
    return Promise.all(numbers.map((seq) => readEntry(this.vault, seq)));
  }

  /** How many entries there are. */
  async count(): Promise<number> {
    const head = await readHead(this.vault);
    return head === undefined ? 0 : head.seq + 1;
  }

  /** Walks the whole chain, from the first entry to the one the root of the record table names. */
  async verifyChain(): Promise<ChainCheck> {
    const count = await this.count();
    let prev = GENESIS;
    for (let seq = 0; seq < count; seq++) {
      const step = await this.#follow(seq, prev);
      if (!step.ok) return { ok: false, seq, problem: step.problem };
      prev = step.hash;
    }
    const head = await readHead(this.vault);
    if (toBase64url(headHash(head)) !== prev || !equalBytes(headHash(head), await this.vault.logHead())) {
      return { ok: false, seq: Math.max(0, count - 1), problem: 'The log does not end where the vault says it does.' };
    }
    return { ok: true, count };
  }

  async #follow(seq: number, prev: string): Promise<{ ok: true; hash: string } | { ok: false; problem: string }> {
    try {
      const entry = await readEntry(this.vault, seq);
      if (entry.seq !== seq) return { ok: false, problem: `Entry ${seq} says it is number ${entry.seq}.` };
      if (entry.prev !== prev) return { ok: false, problem: `Entry ${seq} does not follow from the one before.` };
      return { ok: true, hash: toBase64url(entryHash(entry)) };
    } catch (error) {
      const { reason, message } = SignetError.from(error);
      if (reason !== 'vault_damaged') throw error;
      return { ok: false, problem: message };
    }
  }

  #watched(tx: VaultTx, kept: { wrote: boolean; logged: boolean }): LoggedTx {
    return {
      ...tx,
      put: (address, tier, bytes) => {
        kept.wrote = true;
        tx.put(address, tier, bytes);
      },
      insertUnique: (address, tier, bytes) => {
        kept.wrote = true;
        return tx.insertUnique(address, tier, bytes);
      },
      delete: (address) => {
        kept.wrote = true;
        return tx.delete(address);
      },
      deleteTier: (tier) => {
        kept.wrote = true;
        return tx.deleteTier(tier);
      },
      log: (draft) => {
        kept.logged = true;
        return appendEntry(tx, { ...draft, time: draft.time ?? this.#clock() }, this.#policy);
      },
    };
  }
}
