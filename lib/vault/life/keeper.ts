import { Mutex, SignetError } from '../../core/index.ts';
import { AttemptCounter } from './attempts.ts';
import type { RestoreOrder, RestoreRules, Restored } from '../backup/index.ts';
import { restoreBackup } from '../backup/index.ts';
import type { FoundVault } from './boot.ts';
import { assertVault, findVault } from './boot.ts';
import type { CompartmentName } from './compartment.ts';
import type { CompartmentFacts } from './compartments.ts';
import { eraseCompartment, listCompartments } from './compartments.ts';
import type { NewVault } from './founding.ts';
import { createVault, restoreVault } from './founding.ts';
import type { Grant } from './grant.ts';
import { openGrant } from './grant.ts';
import type { LockedDesk } from './journal.ts';
import type { VaultKeeperOptions } from './keeper-options.ts';
import type { KeeperRoom } from './keeper-room.ts';
import type { LockReason } from './live-session.ts';
import { LiveSession } from './live-session.ts';
import type { Mark } from './mark.ts';
import { decodeMark } from './mark.ts';
import type { MoveOrder } from './move.ts';
import { moveVault } from './move.ts';
import { VaultNotes } from './notes.ts';
import type { OpenVault } from '../blind-db/open-vault.ts';
import { OpenerCheck } from './opener-check.ts';
import type { Opener } from '../keys/opener.ts';
import type { NewPasskey, Passkey, PasskeyHandle } from './passkeys.ts';
import { addPasskey, listPasskeys, passkeyHandles, passkeyOptions, removePasskey } from './passkeys.ts';
import { changePassword, resetPassword, revealPhrase } from './password-life.ts';
import { MARK_KEY } from '../places.ts';
import type { RecoveryReport } from './recovery.ts';
import { dumpRows, reportOnVault } from './recovery.ts';
import type { VaultSettings } from './settings.ts';
import { assertAutoLockMinutes, changeAutoLock, confirmPhrase, readSettings } from './settings.ts';
import { eraseVault, settle, sweep } from './settling.ts';
import { unlockVault } from './unlocking.ts';

/** `newer`: a newer Signet wrote it, and said that this one cannot read it. */
export type VaultState = 'none' | 'locked' | 'unlocked' | 'damaged' | 'newer';

/**
 * Keeps the one vault of this profile: creates, opens, locks and erases it. Everything it does is durable before it is
 * promised, and leaves no half state when the worker dies in between. Operations run one at a time; each is told in
 * the file that it is imported from.
 */
export class VaultKeeper {
  readonly #options: VaultKeeperOptions;
  readonly #room: KeeperRoom;
  readonly #mutex = new Mutex();

  constructor(options: VaultKeeperOptions) {
    const attempts = new AttemptCounter(options.local, options.clock);
    const notes = new VaultNotes(options);
    const check = new OpenerCheck(attempts, notes);
    this.#options = options;
    this.#room = { options, notes, attempts, check, live: new LiveSession(options, notes) };
  }

  /** What there is (see `decideBoot`). */
  async state(): Promise<VaultState> {
    const { kind } = await findVault(this.#options);
    if (kind === 'clearing') return 'none';
    if (kind !== 'vault') return kind;
    try {
      await this.open();
      return 'unlocked';
    } catch (error) {
      return stateOfRefusal(error);
    }
  }

  /** See `createVault`. @returns the 24 words @throws SignetError `vault_exists`, `vault_damaged`, `bad_request` */
  create(input: NewVault): Promise<{ words: string[] }> {
    return this.#mutex.run(() => createVault(this.#room, input));
  }

  /** See `restoreVault`: keys and identity from a phrase. @throws SignetError as `create` */
  restore(input: NewVault & { phrase: string; eraseExisting: boolean }): Promise<void> {
    return this.#mutex.run(() => restoreVault(this.#room, input));
  }

  /** Puts a backup in the place of what is here, which is unlocked then. See `restoreBackup`. */
  restoreBackup(order: RestoreOrder, rules: RestoreRules): Promise<Restored> {
    return this.#mutex.run(async () => {
      const found = await settle(this.#options);
      return restoreBackup({ room: this.#room, found }, order, rules);
    });
  }

  /** See `unlockVault`. @throws SignetError `wrong_password`, `wait`, `no_vault`, `vault_damaged`, `read_only` */
  unlock(opener: Opener): Promise<void> {
    return this.#mutex.run(async () => unlockVault(this.#room, await settle(this.#options), opener));
  }

  /** Forgets every key and the session. Harmless when it is locked already. */
  lock(reason: LockReason): Promise<void> {
    return this.#mutex.run(() => this.#room.live.lock(reason));
  }

  /** See `resetPassword`: a new password by the words of this vault, which is open then. */
  resetPassword(input: { phrase: string; password: string }): Promise<void> {
    return this.#mutex.run(async () => resetPassword(this.#room, await settle(this.#options), input));
  }

  /** See `changePassword`. @throws SignetError `locked`, `wrong_password`, `wait`, `bad_request` */
  changePassword(input: { current: Opener; next: string }): Promise<void> {
    return this.#whileOpen((open) => changePassword(this.#room, open, input));
  }

  /** The 24 words. Logged before they are shown. @throws SignetError `locked`, `wrong_password`, `wait` */
  revealPhrase(opener: Opener): Promise<{ words: string[] }> {
    return this.#whileOpen((open) => revealPhrase(this.#room, open, opener));
  }

  /** What a page needs to ask the passkeys of this vault; empty without one. Needs no key. */
  async passkeyHandles(): Promise<readonly PasskeyHandle[]> {
    return passkeyHandles(await findVault(this.#options));
  }

  /** The passkeys of this vault by their names. @throws SignetError locked */
  passkeys(): Promise<readonly Passkey[]> {
    return this.#whileOpen(({ vault, found }) => listPasskeys(vault, found));
  }

  /** What a page needs to make a passkey for this vault: 32 bytes each, base64url. @throws SignetError locked */
  async preparePasskey(): Promise<{ salt: string; userId: string }> {
    return passkeyOptions(await this.open());
  }

  /** See `addPasskey`. @throws SignetError `locked`, `wrong_password`, `wait`, `bad_request`, `too_many` */
  addPasskey(opener: Opener, passkey: NewPasskey): Promise<void> {
    return this.#whileOpen((open) => addPasskey(this.#room, open, opener, passkey));
  }

  /** See `removePasskey`. @throws SignetError `locked`, `not_found` */
  removePasskey(id: string): Promise<void> {
    return this.#whileOpen((open) => removePasskey(this.#room, open, id));
  }

  /**
   * The way into Tier 3: derives the root, runs `work` with it, and forgets the root and everything opened with it,
   * whatever becomes of the work. Locking ends it too.
   * @throws SignetError `locked`, `wrong_password`, `wait`, and whatever `work` throws
   */
  async grant<T>(opener: Opener, work: (grant: Grant) => Promise<T>): Promise<T> {
    using grant = await this.#whileOpen((open) => openGrant(this.#room, open, opener));
    return await work(grant);
  }

  /** The compartments of Tier 3 that there are. @throws SignetError locked */
  async compartments(): Promise<readonly CompartmentFacts[]> {
    return listCompartments(await this.open());
  }

  /** See `eraseCompartment`; its rows go with `finish`. @throws SignetError `locked`, `not_found`, `storage_failed` */
  eraseCompartment(name: CompartmentName): Promise<void> {
    return this.#whileOpen(({ vault }) => eraseCompartment(this.#room, vault, name));
  }

  /** See `moveVault`. @throws SignetError `locked`, `wrong_password`, `wait`, `bad_request`, `read_only` */
  move(order: MoveOrder): Promise<{ words: string[] }> {
    return this.#whileOpen((open) => moveVault(this.#room, open, order));
  }

  /** See `eraseVault`; its rows go with `finish`. @throws SignetError storage_failed */
  erase(): Promise<void> {
    return this.#mutex.run(() => eraseVault(this.#room));
  }

  /** Finishes in the background what was begun, and goes on where a worker died: see `settle` and `sweep`. */
  async finish(): Promise<void> {
    await this.#mutex.run(() => settle(this.#options));
    if ((await this.state()) === 'unlocked') await sweep(this.#room);
  }

  /** Moves the rows of the open vault, if there is one, into new ones (see `OpenVault.refresh`). */
  async refresh(): Promise<void> {
    const vault = await this.#room.live.current();
    if (vault !== undefined && vault.readOnly === undefined) await vault.refresh();
  }

  /** The person's mark, or undefined without a vault. Needs no key. @throws SignetError vault_damaged */
  async mark(): Promise<Mark | undefined> {
    const bytes = await this.#options.backend.get('meta', MARK_KEY);
    return bytes === undefined ? undefined : decodeMark(bytes);
  }

  /**
   * The open vault: the one in memory, or the session's after a restart of the worker. Locks when the time is up.
   * @throws SignetError `locked`, `no_vault`, `vault_damaged`
   */
  async open(): Promise<OpenVault> {
    return (await this.#room.live.ready()) ?? this.#whileOpen(({ vault }) => Promise.resolve(vault));
  }

  /** Whether the rows in the database are known not to be those of the vault: see `countRows`. */
  rowsDiffer(): Promise<boolean> {
    return this.#room.live.rowsDiffer();
  }

  /** Counts the rows once after the vault was opened: in the background, because large vaults take half a second. */
  countRows(): Promise<boolean> {
    return this.#room.live.countRows();
  }

  /** When another password may be tried, in milliseconds since the epoch; undefined when now. */
  retryAt(): Promise<number | undefined> {
    return this.#room.attempts.retryAt();
  }

  /** Puts off the automatic lock: call it when the person does something. Does nothing while locked. */
  touch(): Promise<void> {
    return this.#mutex.run(() => this.#room.live.touch());
  }

  /** Remembers that the person has proven to have the words. @throws SignetError locked */
  async confirmPhrase(): Promise<void> {
    const vault = await this.open();
    await vault.transact(async (tx) => {
      if (await confirmPhrase(tx)) await this.#room.notes.append(tx, 'vault.phrase_confirmed');
    });
  }

  /** Whether the person has yet to prove that they wrote the words down. @throws SignetError locked */
  async phraseUnconfirmed(): Promise<boolean> {
    return !(await this.settings()).phraseConfirmed;
  }

  /** @throws SignetError locked */
  async settings(): Promise<VaultSettings> {
    return readSettings(await this.open());
  }

  /** @param minutes a whole number from 1 to 1440 @throws SignetError `bad_request`, `locked` */
  async setAutoLockMinutes(minutes: number): Promise<void> {
    assertAutoLockMinutes(minutes);
    const vault = await this.open();
    await vault.transact(async (tx) => {
      await changeAutoLock(tx, minutes);
      await this.#room.notes.append(tx, 'settings.changed');
    });
    await this.touch();
  }

  /** When the vault locks by itself, in milliseconds since the epoch; undefined while it is locked. */
  deadline(): Promise<number | undefined> {
    return this.#room.live.deadline();
  }

  /** What writes audit entries while locked need; undefined without a vault that can be written to. */
  async desk(): Promise<LockedDesk | undefined> {
    const found = await findVault(this.#options);
    return found.kind === 'vault' && !found.readOnly ? this.#room.notes.deskOf(found.header) : undefined;
  }

  recoveryReport(): Promise<RecoveryReport> {
    return reportOnVault(this.#options);
  }

  /** Every row as it is stored, still sealed: a JSON document with base64 values, for safe keeping. */
  rawRows(): Promise<string> {
    return dumpRows(this.#options);
  }

  #whileOpen<T>(work: (open: { found: FoundVault; vault: OpenVault }) => Promise<T>): Promise<T> {
    return this.#mutex.run(async () => {
      const found = assertVault(await settle(this.#options));
      const vault = await this.#room.live.resume(found);
      return work({ vault, found: vault.readOnly === undefined ? { ...found, stored: found.bytes } : found });
    });
  }
}

function stateOfRefusal(error: unknown): VaultState {
  const { reason } = SignetError.from(error);
  if (reason === 'locked') return 'locked';
  if (reason === 'no_vault') return 'none';
  if (reason === 'vault_damaged') return 'damaged';
  throw error;
}
