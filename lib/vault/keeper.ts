import { SecretBytes, SignetError, randomBytes } from '../core/index.ts';
import { AttemptCounter } from './attempts.ts';
import type { RestoreOrder, RestoreRules, Restored } from './backup/index.ts';
import { restoreBackup } from './backup/index.ts';
import type { Found, FoundVault } from './boot.ts';
import { assertVault, findVault } from './boot.ts';
import { damaged, isFull } from './damage.ts';
import { eraseKeys, finishClearing } from './erase.ts';
import { foundVault } from './founding.ts';
import type { Grant } from './grant.ts';
import { RunningGrant } from './grant.ts';
import type { LockedDesk } from './journal.ts';
import type { VaultKeeperOptions } from './keeper-options.ts';
import type { KeeperRoom } from './keeper-room.ts';
import { keysOf, rootOfEntropy } from './keeper-room.ts';
import type { LockReason } from './live-session.ts';
import { LiveSession } from './live-session.ts';
import type { Mark } from './mark.ts';
import { decodeMark, encodeMark } from './mark.ts';
import { Mutex } from './mutex.ts';
import { VaultNotes } from './notes.ts';
import type { OpenVault } from './open-vault.ts';
import type { Opener } from './opener.ts';
import { OpenerCheck } from './opener-check.ts';
import type { NewPasskey, Passkey, PasskeyHandle } from './passkeys.ts';
import { addPasskey, listPasskeys, passkeyHandles, passkeyOptions, removePasskey } from './passkeys.ts';
import { assertNewPassword } from './password.ts';
import { changePassword, resetPassword, revealPhrase } from './password-life.ts';
import { entropyOfPhrase, phraseOfEntropy } from './phrase.ts';
import { MARK_KEY } from './places.ts';
import type { RecoveryReport } from './recovery.ts';
import { dumpRows, reportOnVault } from './recovery.ts';
import type { VaultSettings } from './settings.ts';
import { assertAutoLockMinutes, readSettings, writeSettings } from './settings.ts';

/** `newer`: a newer Signet wrote it, and said that this one cannot read it. */
export type VaultState = 'none' | 'locked' | 'unlocked' | 'damaged' | 'newer';

type Settled = Exclude<Found, { kind: 'clearing' }>;

/**
 * Keeps the one vault of this profile: creates, opens, locks and erases it. Everything it does is durable before it is
 * promised, and leaves no half state when the worker dies in between. Operations run one at a time.
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

  /**
   * Makes a vault with a fresh phrase, and unlocks it.
   * @param input.password at least 10 characters
   * @returns the 24 words
   * @throws SignetError `vault_exists`, `vault_damaged` when one is there that cannot be read, `bad_request`
   */
  create(input: { password: string; mark: Mark }): Promise<{ words: string[] }> {
    return this.#mutex.run(async () => {
      assertNewPassword(input.password);
      await this.#assertNoVault();
      using entropy = SecretBytes.take(randomBytes(32));
      await foundVault(this.#room, entropy, input, { kind: 'vault.created', phraseConfirmed: false });
      return { words: phraseOfEntropy(entropy).split(' ') };
    });
  }

  /**
   * Makes a vault from a phrase, and unlocks it: keys and identity, no records.
   * @param input.eraseExisting erases the vault that is there, readable or not; without it that is refused
   * @throws SignetError `vault_exists`, `vault_damaged`, `bad_request` (fields `phrase`, `password`, `mark`)
   */
  restore(input: { phrase: string; password: string; mark: Mark; eraseExisting: boolean }): Promise<void> {
    return this.#mutex.run(async () => {
      assertNewPassword(input.password);
      encodeMark(input.mark);
      using entropy = entropyOfPhrase(input.phrase);
      if (input.eraseExisting) await this.#erase();
      await this.#assertNoVault();
      await foundVault(this.#room, entropy, input, { kind: 'vault.restored', phraseConfirmed: true });
    });
  }

  /** Puts a backup in the place of what is here, which is unlocked then. See `restoreBackup`. */
  restoreBackup(order: RestoreOrder, rules: RestoreRules): Promise<Restored> {
    return this.#mutex.run(async () => {
      const found = await this.#findSettled();
      return restoreBackup({ room: this.#room, found }, order, rules);
    });
  }

  /**
   * Opens the vault. When the disk is full, or a newer Signet wrote it, for reading alone (see `OpenVault.readOnly`).
   * @throws SignetError `wrong_password`, `wait` (see `retryAt`), `no_vault`, `vault_damaged`, `read_only`
   */
  unlock(opener: Opener): Promise<void> {
    return this.#mutex.run(async () => {
      const { check, live, notes } = this.#room;
      const found = assertVault(await this.#findSettled());
      using opened = await check.open(found, opener);
      if ((await live.current()) !== undefined) {
        await live.touch();
        return;
      }
      const open = async (readOnly?: 'newer' | 'full') => live.openRows(await keysOf(opened, found), found, readOnly);
      try {
        if (found.readOnly) await live.hold(await open('newer'));
        else await live.enterExisting(await open(), found, (tx) => notes.append(tx, 'vault.unlocked'));
      } catch (error) {
        if (!isFull(error)) throw error;
        await live.hold(await open('full'));
      }
    });
  }

  /** Forgets every key and the session. Harmless when it is locked already. */
  lock(reason: LockReason): Promise<void> {
    return this.#mutex.run(() => this.#room.live.lock(reason));
  }

  /** See `resetPassword`: a new password by the words of this vault, which is open then. */
  resetPassword(input: { phrase: string; password: string }): Promise<void> {
    return this.#mutex.run(async () => resetPassword(this.#room, await this.#findSettled(), input));
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
    const { check, live, notes, options } = this.#room;
    const { grant, untie } = await this.#whileOpen(async ({ found, vault }) => {
      using opened = await check.open(found, opener);
      const root = await rootOfEntropy(opened.entropy);
      const running = new RunningGrant(vault, root, { note: notes.append, now: options.clock });
      return { grant: running, untie: live.tie(running) };
    });
    try {
      return await work(grant);
    } finally {
      untie();
      grant[Symbol.dispose]();
    }
  }

  /** Remembers that the person has proven to have the words. @throws SignetError locked */
  async confirmPhrase(): Promise<void> {
    const vault = await this.open();
    await vault.transact(async (tx) => {
      const settings = await readSettings(tx);
      if (settings.phraseConfirmed) return;
      writeSettings(tx, { ...settings, phraseConfirmed: true });
      await this.#room.notes.append(tx, 'vault.phrase_confirmed');
    });
  }

  /** Whether the person has yet to prove that they wrote the words down. @throws SignetError locked */
  async phraseUnconfirmed(): Promise<boolean> {
    return !(await readSettings(await this.open())).phraseConfirmed;
  }

  /**
   * Erases the vault, readable or not: whatever opens it goes first, and that is looked at. The rows go with `finish`.
   * @throws SignetError storage_failed
   */
  erase(): Promise<void> {
    return this.#mutex.run(() => this.#erase());
  }

  /** Finishes in the background what was begun: clearing the rows of an erased vault. Goes on where a worker died. */
  finish(): Promise<void> {
    return this.#mutex.run(async () => {
      await this.#findSettled();
    });
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
    return (await this.#room.live.current()) ?? this.#whileOpen(({ vault }) => Promise.resolve(vault));
  }

  /** Whether the rows in the database were not those the vault knows, when it was last opened. */
  get rowsDiffer(): boolean {
    return this.#room.live.rowsDiffer;
  }

  /** When another password may be tried, in milliseconds since the epoch; undefined when now. */
  retryAt(): Promise<number | undefined> {
    return this.#room.attempts.retryAt();
  }

  /** Puts off the automatic lock: call it when the person does something. Does nothing while locked. */
  touch(): Promise<void> {
    return this.#mutex.run(() => this.#room.live.touch());
  }

  /** @throws SignetError locked */
  async settings(): Promise<Pick<VaultSettings, 'autoLockMinutes'>> {
    return readSettings(await this.open());
  }

  /** @param minutes a whole number from 1 to 1440 @throws SignetError `bad_request`, `locked` */
  async setAutoLockMinutes(minutes: number): Promise<void> {
    assertAutoLockMinutes(minutes);
    const vault = await this.open();
    await vault.transact(async (tx) => {
      writeSettings(tx, { ...(await readSettings(tx)), autoLockMinutes: minutes });
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
      const found = assertVault(await this.#findSettled());
      return work({ found, vault: await this.#room.live.resume(found) });
    });
  }

  /** What there is, once what died half-way is finished. */
  async #findSettled(): Promise<Settled> {
    const found = await findVault(this.#options);
    if (found.kind !== 'clearing') return found;
    await finishClearing(this.#options, found);
    return { kind: 'none' };
  }

  async #assertNoVault(): Promise<void> {
    const found = await this.#findSettled();
    if (found.kind === 'none') return;
    if (found.kind === 'damaged') throw damaged(found.problem);
    throw new SignetError('vault_exists', 'There is a vault already. Nothing was changed.');
  }

  async #erase(): Promise<void> {
    this.#room.live.close();
    await eraseKeys(this.#options);
    await this.#room.live.forget();
    await this.#room.attempts.clear();
  }
}

function stateOfRefusal(error: unknown): VaultState {
  const { reason } = SignetError.from(error);
  if (reason === 'locked') return 'locked';
  if (reason === 'no_vault') return 'none';
  if (reason === 'vault_damaged') return 'damaged';
  throw error;
}
