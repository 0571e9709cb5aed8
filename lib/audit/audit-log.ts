import type { Bytes, Clock } from '../core/index.ts';
import { SignetError, toBase64, toBase64url } from '../core/index.ts';
import type { TreeHead } from '../core/merkle/index.ts';
import { hashLeaf, hashRange, proveConsistency, proveInclusion } from '../core/merkle/index.ts';
import type { OpenVault, VaultTx } from '../vault/index.ts';
import { checkpointIn } from './checkpoint.ts';
import type { AuditDraft } from './entry.ts';
import { EMPTY_POLICY_HASH } from './entry.ts';
import { exportLines } from './export-lines.ts';
import type { AuditFilter } from './filter.ts';
import { EntryMatcher } from './filter.ts';
import { appendEntry, isV1, stateIn } from './ledger.ts';
import type { LogState } from './log-state.ts';
import { SEGMENT } from './places.ts';
import { boundaryBefore, markPruned, sweepBlock } from './prune.ts';
import { prunedTree, readPruned } from './pruned.ts';
import { readCheckpoint, readSegment, readState, writeState } from './records.ts';
import type { Found } from './search.ts';
import { Search } from './search.ts';
import { isReadable, leafBytes } from './segment.ts';
import { signFor, verifierKeyFor } from './signing-key.ts';
import { TreeNodes } from './tree-nodes.ts';
import { LogVerification } from './verification.ts';
import type { AuditEntry, LogProblem, VerifierKey } from './verifying/index.ts';
import { formatEntryProof, formatExportEnd } from './verifying/index.ts';

/** A transaction of the vault that also says what it did. */
export interface LoggedTx extends VaultTx {
  /** Appends an entry to the log, in this transaction. Never put a claim's value into it. */
  log(draft: AuditDraft): Promise<AuditEntry>;
}

/** An entry's place in the log. */
export interface LogPlace {
  readonly sequence: number;
  /** RFC 6962 leaf hash, base64. */
  readonly leaf: string;
  /** The last C2SP checkpoint that was signed, of before the entry or after it; absent where none was. */
  readonly checkpoint?: string;
}

/** What verifying in one go found. */
export type ChainCheck = { readonly ok: true; readonly count: number } | ({ readonly ok: false } & LogProblem);

export interface AuditLogOptions {
  readonly clock: Clock;
  /** base64url hash of the policy set in force; default: of the set without a rule. */
  readonly policy?: string;
}

/** Entries of one stretch of an export, and blocks that one transaction sweeps. */
const STRETCH = { exported: 512, swept: 4 } as const;

/**
 * The log of an open vault (design §9): hash-chained entries that are the leaves of a Merkle tree, sealed in segments,
 * with a summary and a signed checkpoint for each block. Light: make one per vault opened, or per use.
 */
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

  /** How many entries there ever were, pruned ones among them. */
  async count(): Promise<number> {
    return (await this.#state()).tree.size;
  }

  /** How many entries are kept: those that were pruned are not among them. */
  async kept(): Promise<number> {
    const { tree, pruned } = await this.#state();
    return tree.size - pruned;
  }

  /**
   * Entries, newest first, as far back as there are any.
   * @param options.before entries older than this number alone
   */
  async page({ before, limit }: { before?: number; limit: number }): Promise<readonly AuditEntry[]> {
    const entries: AuditEntry[] = [];
    for (let at: number | undefined = before ?? Number.MAX_SAFE_INTEGER; at !== undefined && entries.length < limit;) {
      const found: Found = await this.search({}, { before: at, limit: limit - entries.length });
      entries.push(...found.entries);
      at = found.next;
    }
    return entries;
  }

  /**
   * Entries that match, newest first: one stretch of looking, a fraction of a second however long the log is. It may
   * end with few entries or none: go on with `next` until there is none.
   * @param options.before entries older than this number alone
   * @throws SignetError `locked`, `storage_failed`
   */
  async search(filter: AuditFilter, { before, limit }: { before?: number; limit: number }): Promise<Found> {
    const state = await this.#state();
    const matcher = new EntryMatcher(filter);
    return new Search(this.vault, { state, matcher, before: before ?? state.tree.size, limit }).run();
  }

  /**
   * Verifies the log, step by step: call `step` until it is done.
   * @param against a checkpoint that was taken of this log earlier: its text, or that of an export or proof with it
   * @throws SignetError `bad_request` when that is no checkpoint of this log, `locked`
   */
  async verify(against?: string): Promise<LogVerification> {
    await this.#state();
    return LogVerification.begin(this.vault, against);
  }

  /** Verifies the log in one go. */
  async verifyChain(): Promise<ChainCheck> {
    const { problem, total } = await (await this.verify()).run();
    return problem === undefined ? { ok: true, count: total } : { ok: false, ...problem };
  }

  /** The key that checkpoints of this log are signed with. */
  verifierKey(): VerifierKey {
    return verifierKeyFor(this.vault.keys.audit);
  }

  /**
   * The text of a signed checkpoint over the log as it stands; it is kept, where the vault takes changes.
   * @throws SignetError `locked`, `storage_failed`
   */
  async checkpoint(): Promise<string> {
    return this.#signed(await this.#state());
  }

  /**
   * One stretch of the log as lines, oldest first, after the last of which comes the checkpoint: `verifyExport` takes
   * them joined. The first stretch is logged.
   * @param range `from`: 0 to begin, then what `next` said; `to`: where to end, if not at the end
   * @throws SignetError `bad_request`, `locked`, `storage_failed`, `vault_damaged`
   */
  async export({ from, to }: { from: number; to?: number }): Promise<{ text: string; next?: number }> {
    if (from === 0) await this.#noteExport('');
    const state = await this.#state();
    const end = Math.min(to ?? state.tree.size, state.tree.size);
    if (end < state.pruned) throw new SignetError('bad_request', 'These entries were pruned.', { field: 'to' });
    const next = Math.min(end, Math.max(from, state.pruned) + STRETCH.exported);
    const lines = await exportLines(this.vault, state, { from, to: next });
    return next < end ? { text: lines, next } : { text: lines + (await this.#exportEnd(state, end)) };
  }

  /**
   * One entry with the proof that it is in the log: a C2SP tlog-proof, under a checkpoint of now. It is logged.
   * @throws SignetError `not_found` when there is no such entry or it was pruned
   */
  async exportEntry(seq: number): Promise<string> {
    await this.#entry(seq);
    await this.#noteExport(String(seq));
    const entry = await this.#entry(seq);
    const state = await this.#state();
    const hashes = await proveInclusion(seq, state.tree.size, new TreeNodes(this.vault, state).rootOf);
    return formatEntryProof({ entry, hashes, checkpoint: await this.#signed(state), key: this.verifierKey() });
  }

  /**
   * Where an entry of this log stands: what whoever caused it can hold the log to later.
   * @throws SignetError vault_damaged
   */
  async placeOf(entry: AuditEntry): Promise<LogPlace> {
    const checkpoint = await readCheckpoint(this.vault);
    const leaf = toBase64(hashLeaf(leafBytes(entry)));
    return { sequence: entry.seq, leaf, ...(checkpoint === undefined ? {} : { checkpoint }) };
  }

  /**
   * The proof that the log of `to` entries begins with that of `from` entries (RFC 9162 §2.1.4.1).
   * @throws SignetError `bad_request` when it never had so many; `not_found` when too much was pruned to tell
   */
  async consistency(from: number, to: number): Promise<readonly Bytes[]> {
    const state = await this.#state();
    if (from > to || to > state.tree.size) throw new SignetError('bad_request', 'The log never had so many entries.');
    return proveConsistency(from, to, new TreeNodes(this.vault, state).rootOf);
  }

  /**
   * Deletes the entries before `before`, down to the end of a block: a checkpoint over all that went takes their
   * place, in the log too. What is kept can be proven and verified as before. When the worker dies on the way, what is
   * left of them goes with the entries that follow.
   * @returns number of the first entry that is kept
   * @throws SignetError not_found when there is nothing that old; vault_damaged
   */
  async prune(before: number): Promise<number> {
    const boundary = await this.transact(async (tx) => {
      const state = await stateIn(tx, this.#clock());
      const end = boundaryBefore(Math.min(before, state.tree.size));
      const { state: marked, checkpoint } = await markPruned(tx, state, end, this.#clock());
      writeState(tx, marked);
      await tx.log({ kind: 'log.pruned', subject: String(end), commitment: toBase64url(checkpoint.root) });
      return end;
    });
    await this.#sweep();
    return boundary;
  }

  async #sweep(): Promise<void> {
    for (let due = true; due;) {
      due = await this.vault.transact(async (tx) => {
        let state = await readState(tx);
        for (let i = 0; i < STRETCH.swept; i++) state = await sweepBlock(tx, state);
        writeState(tx, state);
        return state.swept < state.pruned;
      });
    }
  }

  /** Where the log stands; one of schema 1 is taken over before anyone looks. */
  async #state(): Promise<LogState> {
    if (await isV1(this.vault)) await this.vault.transact((tx) => stateIn(tx, this.#clock()));
    return readState(this.vault);
  }

  async #entry(seq: number): Promise<AuditEntry> {
    const { tree, pruned } = await this.#state();
    const isKept = Number.isSafeInteger(seq) && seq >= pruned && seq < tree.size;
    if (!isKept) throw new SignetError('not_found', `There is no entry ${seq} in the log.`);
    const entry = (await readSegment(this.vault, Math.floor(seq / SEGMENT)))?.[seq % SEGMENT];
    if (entry !== undefined && isReadable(entry)) return entry;
    throw new SignetError('vault_damaged', `Entry ${seq} of the log cannot be read.`);
  }

  /** What leaves is noted, except where nothing can be. */
  async #noteExport(subject: string): Promise<void> {
    if (this.vault.readOnly !== undefined) return;
    await this.transact((tx) => tx.log({ kind: 'log.exported', subject }));
  }

  async #exportEnd(state: LogState, end: number): Promise<string> {
    const pruned = prunedTree(await readPruned(this.vault));
    const root = await hashRange({ start: 0, end }, new TreeNodes(this.vault, state).rootOf);
    const checkpoint = end === state.tree.size ? await this.#signed(state) : this.#sign({ size: end, root });
    return formatExportEnd({ checkpoint, key: this.verifierKey(), pruned });
  }

  /** A checkpoint over the log as a state has it; kept as the last one while the log still stands there. */
  async #signed({ tree }: LogState): Promise<string> {
    const head = { size: tree.size, root: tree.root() };
    if (this.vault.readOnly !== undefined) return this.#sign(head);
    return this.vault.transact(async (tx) => {
      const state = await readState(tx);
      return state.tree.size === head.size ? checkpointIn(tx, state, this.#clock()) : this.#sign(head);
    });
  }

  #sign(head: TreeHead): string {
    return signFor(this.vault.keys.audit, { ...head, time: this.#clock() });
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
