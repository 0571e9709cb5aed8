import type { Bytes } from '../../core/index.ts';
import { equalBytes } from '../../core/index.ts';
import type { AnchorStanding } from '../blind-db/anchor.ts';
import { AutoLock } from './auto-lock.ts';
import type { FoundVault } from './boot.ts';
import { findVault } from './boot.ts';
import { damaged, isFull, isStorageFailure, lockedError } from '../damage.ts';
import { SCHEMA, headerDigest } from '../keys/header.ts';
import type { VaultKeeperOptions } from './keeper-options.ts';
import type { VaultKeys } from '../keys/key-tree.ts';
import { copyKeys } from '../keys/key-tree.ts';
import { mirrorHeader } from './mirror.ts';
import { moveState } from './moving-stores.ts';
import type { VaultNotes } from './notes.ts';
import { OpenVault, readOnlyError } from '../blind-db/open-vault.ts';
import { HEADER_KEY } from '../places.ts';
import { SessionHalves } from './session-halves.ts';
import { readSettings } from './settings.ts';
import type { Write } from '../blind-db/storage-backend.ts';
import type { VaultTx } from '../blind-db/vault-tx.ts';

const MINUTE = 60_000;

/** How long to wait before looking again whether a full disk has room, in milliseconds. */
const ROOM_PAUSE = 5_000;

/** How long a lock waits for the log's last signature, in milliseconds. */
const SIGN_OFF_LIMIT = 1_000;

/** The person asked, the time was up, or the system went to sleep or locked its screen. */
export type LockReason = 'person' | 'timeout' | 'system';

/** A vault whose keys are at hand, before its session stands. */
export interface Opened {
  readonly vault: OpenVault;
  readonly anchor: AnchorStanding;
  /** The header that is to stand over it. */
  readonly header: Bytes;
  /** What stands in the header's place now. */
  readonly stored: Bytes | undefined;
  /** Whether the header came from its mirror, and has to be written back. */
  readonly recovered: boolean;
}

/** What a transaction that opens the vault does beside opening it. */
interface Entrance {
  readonly vault: OpenVault;
  /** The header that stands when the transaction is written. */
  readonly header: Bytes;
  readonly autoLockMinutes: number;
  readonly work: (tx: VaultTx) => Promise<void>;
}

/**
 * The session of the open vault: its keys in memory, a sealed blob in the database that brings them back after a
 * restart of the worker, and the secret in storage.session that opens the blob and ends with the browser (design §4).
 */
export class LiveSession {
  readonly #options: VaultKeeperOptions;
  readonly #notes: VaultNotes;
  readonly #autoLock: AutoLock;
  readonly #halves: SessionHalves;
  readonly #grants = new Set<Disposable>();
  #vault: OpenVault | undefined;
  /** Digest of the header that the root of the open vault vouched for. */
  #digest: Bytes | undefined;
  /** Undefined until they are counted. */
  #rowsDiffer: boolean | undefined;
  /** Whether a difference is still to be logged: once for each unlock. */
  #logsRows = false;
  #roomLookedFor = 0;

  constructor(options: VaultKeeperOptions, notes: VaultNotes) {
    this.#options = options;
    this.#notes = notes;
    this.#halves = new SessionHalves(options);
    this.#autoLock = new AutoLock(options.local, options.clock);
  }

  /** The open vault, where it is in memory and its time is not up. */
  async current(): Promise<OpenVault | undefined> {
    return (await this.#autoLock.deadline()) === undefined || this.#vault?.closed !== false ? undefined : this.#vault;
  }

  /** The open vault, unless there is something to look after first: see `resume`. */
  async ready(): Promise<OpenVault | undefined> {
    const vault = await this.current();
    return vault !== undefined && this.#isRoomDue(vault) ? undefined : vault;
  }

  /** Whether the rows are not those the vault knows: they were not when they were counted, and still are not. */
  async rowsDiffer(): Promise<boolean> {
    const vault = this.#rowsDiffer === true ? await this.current() : undefined;
    if (vault === undefined) return false;
    this.#rowsDiffer = await vault.rowsDiffer();
    return this.#rowsDiffer;
  }

  /** Counts the rows of the open vault, once after it was opened, and logs where they are not those it knows. */
  async countRows(): Promise<boolean> {
    const vault = await this.current();
    if (vault === undefined) return false;
    if (this.#rowsDiffer !== undefined) return this.rowsDiffer();
    const swept = await moveState(this.#options); // a move left rows that are not the vault's: no one took or put them
    const differ = swept === undefined && (await vault.rowsDiffer());
    if (differ && this.#logsRows && vault.readOnly === undefined) {
      await vault.transact((tx) => this.#notes.append(tx, 'vault.rows_differ'));
    }
    this.#logsRows = false;
    this.#rowsDiffer = differ;
    return differ;
  }

  /** When the session ends by itself, in milliseconds since the epoch; undefined where there is none. */
  async deadline(): Promise<number | undefined> {
    const inMemoryAlone = this.#vault?.readOnly !== undefined && !this.#vault.closed;
    return inMemoryAlone || (await this.#halves.stand()) ? this.#autoLock.deadline() : undefined;
  }

  /** Opens the rows under keys that an opener gave. Takes the keys over. @throws SignetError vault_damaged */
  async openRows(keys: VaultKeys, found: FoundVault, readOnly?: 'newer' | 'full'): Promise<Opened> {
    const opened = await OpenVault.open(this.#options, keys, found.bytes, readOnly === undefined ? {} : { readOnly });
    const migrated = opened.header;
    return {
      ...opened,
      header: migrated ?? found.bytes,
      stored: migrated ?? found.stored,
      recovered: migrated === undefined && found.recovered,
    };
  }

  /**
   * The vault is open from the moment the batch with its session blob is durable; the other half stands before.
   * Closes the vault when that fails.
   */
  async enter({ vault, header, autoLockMinutes, work }: Entrance): Promise<void> {
    let undo = (): Promise<void> => Promise.resolve();
    try {
      await this.#extend(autoLockMinutes);
      undo = await this.#halves.renew();
      const blob = await this.#halves.blobOf(vault.keys, headerDigest(header));
      await vault.transact(async (tx) => {
        tx.raw(blob);
        await work(tx);
      });
    } catch (error) {
      vault.close();
      await undo();
      throw error;
    }
    this.#take(vault, header);
    await this.#mirror(header);
  }

  /** Enters a vault that was there before: what waited is collected, and what was found amiss is logged. */
  async enterExisting(opened: Opened, work: Entrance['work'], minutes?: number): Promise<void> {
    const { vault, header } = opened;
    await this.enter({
      vault,
      header,
      autoLockMinutes: minutes ?? (await minutesOf(vault)),
      work: async (tx) => {
        await this.#notes.collect(tx);
        await this.#noteFindings(tx, opened);
        await work(tx);
      },
    });
    this.#logsRows = true;
  }

  /** Opens a vault for reading, in memory alone: nothing is written, and the session ends with the worker. */
  async hold(opened: Opened): Promise<void> {
    this.#autoLock.hold(await minutesOf(opened.vault));
    this.#take(opened.vault, opened.header);
    this.#roomLookedFor = this.#options.clock();
  }

  /**
   * The open vault: the one in memory, or the session's after a restart of the worker. Locks when the time is up.
   * @throws SignetError `locked`, `vault_damaged`
   */
  async resume(found: FoundVault): Promise<OpenVault> {
    if (this.#vault?.readOnly !== undefined) return this.#resumeHeld(found);
    if (!(await this.#halves.stand()) || found.header.schema !== SCHEMA) return this.#refuse();
    if ((await this.#autoLock.deadline()) === undefined) return this.#timeUp();
    if (this.#vault?.closed === false) return this.#vault;
    const keys = await this.#halves.open(headerDigest(found.bytes));
    if (keys === undefined) return this.#refuse();
    return this.#resumed(await this.openRows(keys, found));
  }

  /**
   * Puts another header in the place of the one that stands, binds the session to it, and does `work`, in one
   * transaction of the open vault.
   * @throws SignetError `changed`, `locked`, `storage_failed`
   */
  async rebind(vault: OpenVault, found: FoundVault, header: Bytes, work: Entrance['work']): Promise<void> {
    if (vault.readOnly !== undefined) throw readOnlyError(vault.readOnly);
    if (!equalBytes(headerDigest(found.bytes), this.#digest ?? new Uint8Array())) throw strangeHeader();
    const blob = await this.#halves.blobOf(vault.keys, headerDigest(header));
    await vault.transact(async (tx) => {
      tx.expect({ store: 'meta', key: HEADER_KEY, value: found.stored });
      tx.raw({ store: 'meta', key: HEADER_KEY, value: header });
      tx.raw(blob);
      await work(tx);
    });
    this.#digest = headerDigest(header);
    await this.#mirror(header);
  }

  /** The blob under which another vault's keys go on in the session that runs. @throws SignetError locked */
  blobOf(keys: VaultKeys, header: Bytes): Promise<Write> {
    return this.#halves.blobOf(keys, headerDigest(header));
  }

  /** Puts off the automatic lock. */
  async touch(): Promise<void> {
    const vault = await this.current();
    if (vault === undefined) return;
    const minutes = await minutesOf(vault);
    if (vault.readOnly === undefined) await this.#extend(minutes);
    else this.#autoLock.hold(minutes);
  }

  /** Ties something that holds keys to the session: it is disposed when that ends. @returns what unties it */
  tie(held: Disposable): () => void {
    this.#grants.add(held);
    return () => void this.#grants.delete(held);
  }

  /** Ends every grant that runs: what was opened with it is forgotten. */
  endGrants(): void {
    for (const grant of this.#grants) grant[Symbol.dispose]();
    this.#grants.clear();
  }

  /** Forgets the keys in memory, and everything that was granted with them. */
  close(): void {
    this.endGrants();
    this.#vault?.close();
    this.#vault = undefined;
    this.#digest = undefined;
    this.#rowsDiffer = undefined;
    this.#logsRows = false;
  }

  /** Ends the session and logs why. Either half of it alone opens nothing, so one that goes is enough. */
  async lock(reason: LockReason): Promise<void> {
    const wasOpen = await this.#halves.stand();
    await this.#signOff();
    this.close();
    if (wasOpen) await this.#halves.end();
    await this.#autoLock.clear();
    const found = await findVault(this.#options);
    if (wasOpen && found.kind === 'vault') await this.#notes.keep(found.header, 'vault.locked', reason);
  }

  /**
   * Lets the log sign where it stands, while there are keys. It must not keep the vault open: where another
   * transaction is under way, which may take its time, or storage fails, it goes without.
   */
  async #signOff(): Promise<void> {
    const { journal, clock } = this.#options;
    const vault = this.#vault;
    if (vault === undefined || vault.closed || vault.readOnly !== undefined || journal.close === undefined) return;
    const begun = Promise.withResolvers<'begun'>();
    const signed = vault.transact(async (tx) => {
      begun.resolve('begun');
      await journal.close?.(tx, clock());
    });
    signed.catch(() => undefined); // closed before its turn came: that is its end
    const turn = new Promise<'busy'>((resolve) => setTimeout(resolve, 0, 'busy'));
    if ((await Promise.race([begun.promise, turn])) === 'busy') return;
    const limit = new Promise((resolve) => setTimeout(resolve, SIGN_OFF_LIMIT));
    await Promise.race([Promise.allSettled([signed]), limit]);
  }

  /** Forgets the session of a vault that is gone. */
  async forget(): Promise<void> {
    this.close();
    await this.#halves.drop();
    await this.#autoLock.clear();
  }

  async #resumed(opened: Opened): Promise<OpenVault> {
    const { vault, anchor, header, recovered } = opened;
    if (anchor === 'missing' || recovered) await vault.transact((tx) => this.#noteFindings(tx, opened));
    await this.#mirror(header);
    this.#take(vault, header);
    return vault;
  }

  async #noteFindings(tx: VaultTx, { anchor, header, stored, recovered }: Opened): Promise<void> {
    if (anchor === 'missing') await this.#notes.append(tx, 'vault.anchor_missing');
    if (!recovered) return;
    tx.expect({ store: 'meta', key: HEADER_KEY, value: stored });
    tx.raw({ store: 'meta', key: HEADER_KEY, value: header });
    await this.#notes.append(tx, 'vault.header_recovered');
  }

  #isRoomDue({ readOnly }: OpenVault): boolean {
    return readOnly === 'full' && this.#options.clock() >= this.#roomLookedFor + ROOM_PAUSE;
  }

  /** A vault in memory alone: while the disk is full, it looks now and then whether there is room again. */
  async #resumeHeld(found: FoundVault): Promise<OpenVault> {
    const held = await this.current();
    if (held === undefined) return this.#timeUp();
    if (!this.#isRoomDue(held)) return held;
    this.#roomLookedFor = this.#options.clock();
    const left = (((await this.#autoLock.deadline()) ?? 0) - this.#options.clock()) / MINUTE;
    try {
      const opened = await this.openRows(copyKeys(held.keys), found);
      await this.enterExisting(opened, (tx) => this.#notes.append(tx, 'vault.unlocked'), left);
      return opened.vault;
    } catch (error) {
      if (!isFull(error)) throw error;
      this.#autoLock.hold(left);
      return held;
    }
  }

  /** Where storage.local has no room the deadline is in memory, and the session ends with the worker at the latest. */
  async #extend(minutes: number): Promise<void> {
    try {
      await this.#autoLock.extend(minutes);
    } catch (error) {
      if (!isStorageFailure(error)) throw error;
      this.#autoLock.hold(minutes);
    }
  }

  #take(vault: OpenVault, header: Bytes): void {
    if (this.#vault !== vault) this.close();
    this.#vault = vault;
    this.#digest = headerDigest(header);
  }

  async #timeUp(): Promise<never> {
    await this.lock('timeout');
    throw lockedError();
  }

  #refuse(): never {
    this.close();
    throw lockedError();
  }

  /** Written again at the next opening if it fails now: no reason to call a durable success a failure. */
  async #mirror(header: Bytes): Promise<void> {
    await Promise.allSettled([mirrorHeader(this.#options, header)]);
  }
}

const strangeHeader = () => damaged('The vault’s header was exchanged while the vault was open. Nothing was changed.');

const minutesOf = async (vault: OpenVault): Promise<number> => (await readSettings(vault)).autoLockMinutes;
