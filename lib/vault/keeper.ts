import type { Bytes, Clock } from '../core/index.ts';
import { SecretBytes, SignetError, equalBytes, randomBytes, toBase64 } from '../core/index.ts';
import { AttemptCounter } from './attempts.ts';
import { AutoLock } from './auto-lock.ts';
import { damaged } from './damage.ts';
import type { Header } from './header.ts';
import { encodeHeader, headerDigest, newTier2Key, unwrapEntropy, unwrapTier2, wrapHeader } from './header.ts';
import type { LockedDesk, VaultEventKind, VaultJournal } from './journal.ts';
import type { PhraseKeys } from './key-tree.ts';
import { deriveVaultKeys, disposeKeys, inboxPublicKey, rootOfPhrase } from './key-tree.ts';
import type { KeyValue } from './key-value.ts';
import type { Mark } from './mark.ts';
import { decodeMark, encodeMark } from './mark.ts';
import { Mutex } from './mutex.ts';
import { OpenVault } from './open-vault.ts';
import type { KdfCost, StretchedPassword } from './password.ts';
import { KDF_FLOOR, assertNewPassword, isBearableCost, newKdfParameters, stretchPassword } from './password.ts';
import { entropyOfPhrase, phraseOfEntropy } from './phrase.ts';
import { HEADER_KEY, MARK_KEY, SESSION_BLOB_KEY, SESSION_SECRET_KEY } from './places.ts';
import { openSession, readSessionSecret, sealSession } from './session.ts';
import { DEFAULT_AUTO_LOCK_MINUTES, assertAutoLockMinutes, readSettings, writeSettings } from './settings.ts';
import type { StorageBackend } from './storage-backend.ts';
import type { Found, RecoveryReport } from './vault-shelf.ts';
import {
  assertVault,
  beginErasing,
  dumpRows,
  findVault,
  finishErasing,
  mirrorHeader,
  reportOnVault,
} from './vault-shelf.ts';
import type { VaultTx } from './vault-tx.ts';

export type VaultState = 'none' | 'locked' | 'unlocked' | 'damaged';
/** The person asked, the time was up, or the system went to sleep or locked its screen. */
export type LockReason = 'person' | 'timeout' | 'system';

export interface VaultKeeperOptions {
  readonly backend: StorageBackend;
  /** storage.local. */
  readonly local: KeyValue;
  /** storage.session: trusted contexts only. */
  readonly session: KeyValue;
  readonly clock: Clock;
  readonly journal: VaultJournal;
  /** Finds the cost of a new password (see `calibratedCost`); default and least: 19 MiB, two passes. */
  readonly kdfCost?: () => Promise<KdfCost>;
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
 * Keeps the one vault of this profile: creates, opens, locks and erases it. Everything it does is durable before it is
 * promised, and leaves no half state when the worker dies in between. Operations run one at a time.
 */
export class VaultKeeper {
  readonly #options: VaultKeeperOptions;
  readonly #attempts: AttemptCounter;
  readonly #autoLock: AutoLock;
  readonly #mutex = new Mutex();
  #vault: OpenVault | undefined;

  constructor(options: VaultKeeperOptions) {
    this.#options = options;
    this.#attempts = new AttemptCounter(options.local, options.clock);
    this.#autoLock = new AutoLock(options.local, options.clock);
  }

  /** What there is. `damaged`: the header is unreadable, or gone while rows or its mirror are there. */
  async state(): Promise<VaultState> {
    const found = await this.#find();
    if (found.kind !== 'vault') return found.kind === 'damaged' ? 'damaged' : 'none';
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
      await this.#found(entropy, input, { kind: 'vault.created', phraseConfirmed: false });
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
      await this.#found(entropy, input, { kind: 'vault.restored', phraseConfirmed: true });
    });
  }

  /**
   * Opens the vault with the password.
   * @throws SignetError `wrong_password`, `wait` (see `retryAt`), `no_vault`, `vault_damaged`
   */
  unlock(password: string): Promise<void> {
    return this.#mutex.run(async () => {
      const { bytes, header } = assertVault(await this.#findSettled());
      using stretched = await this.#stretchKnown(password, header);
      using entropy = await this.#checkPassword(header, stretched);
      if (await this.#isOpen()) {
        await this.#touch();
        return;
      }
      const keys = await keysOfEntropy(entropy);
      const vault = await this.#openWith(keys, header, stretched, bytes);
      await this.#enterExisting(vault, bytes, (tx) => this.#note(tx, 'vault.unlocked'));
    });
  }

  /** Forgets every key and the session. Harmless when it is locked already. */
  lock(reason: LockReason): Promise<void> {
    return this.#mutex.run(() => this.#lock(reason));
  }

  /**
   * Sets a new password with the words of this vault, and unlocks it. Rows stay, but Tier 2 is gone for good: its key
   * hangs on the old password. Works too when the header alone is damaged.
   * @throws SignetError `wrong_phrase` when the words are another vault's, `bad_request`, `no_vault`, `vault_damaged`
   */
  resetPassword(input: { phrase: string; password: string }): Promise<void> {
    return this.#mutex.run(async () => {
      assertNewPassword(input.password);
      using entropy = entropyOfPhrase(input.phrase);
      const found = await this.#findSettled();
      if (found.kind === 'none' || found.kind === 'erasing') return void assertVault(found);
      const keys = await keysOfEntropy(entropy);
      await this.#assertOwnKeys(found, keys);
      const { header, tier2 } = await this.#newHeader(entropy, keys, newTier2Key(), input.password);
      const opened = await OpenVault.open(this.#options, { ...keys, tier2 }, undefined);
      await this.#enterExisting(opened, header, async (tx) => {
        tx.expect({ store: 'meta', key: HEADER_KEY, value: found.bytes });
        tx.raw({ store: 'meta', key: HEADER_KEY, value: header });
        await tx.deleteTier(2);
        await this.#note(tx, 'vault.password_reset');
      });
    });
  }

  /**
   * Replaces the password: re-wraps two keys, touches no record, and stays unlocked.
   * @throws SignetError `locked`, `wrong_password`, `wait`, `bad_request`
   */
  changePassword(input: { current: string; next: string }): Promise<void> {
    return this.#mutex.run(async () => {
      assertNewPassword(input.next);
      const vault = await this.#resume();
      const { bytes, header } = assertVault(await this.#findSettled());
      using stretched = await this.#stretchKnown(input.current, header);
      using entropy = await this.#checkPassword(header, stretched);
      using secret = readSessionSecret(await this.#options.session.get(SESSION_SECRET_KEY));
      if (secret === undefined) throw lockedError();
      const { header: next } = await this.#newHeader(entropy, vault.keys, vault.keys.tier2, input.next);
      await vault.transact(async (tx) => {
        tx.expect({ store: 'meta', key: HEADER_KEY, value: bytes });
        tx.raw({ store: 'meta', key: HEADER_KEY, value: next });
        tx.raw({ store: 'meta', key: SESSION_BLOB_KEY, value: sealSession(secret, headerDigest(next), vault.keys) });
        await this.#note(tx, 'vault.password_changed');
      });
      await this.#afterCommit(next);
    });
  }

  /** The 24 words, after the password. Logged before they are shown. @throws SignetError as `changePassword` */
  revealPhrase(password: string): Promise<{ words: string[] }> {
    return this.#mutex.run(async () => {
      const vault = await this.#resume();
      const { header } = assertVault(await this.#findSettled());
      using stretched = await this.#stretchKnown(password, header);
      using entropy = await this.#checkPassword(header, stretched);
      await vault.transact((tx) => this.#note(tx, 'vault.phrase_shown'));
      return { words: phraseOfEntropy(entropy).split(' ') };
    });
  }

  /** Remembers that the person has proven to have the words. @throws SignetError locked */
  async confirmPhrase(): Promise<void> {
    const vault = await this.open();
    await vault.transact(async (tx) => {
      const settings = await readSettings(tx);
      if (settings.phraseConfirmed) return;
      writeSettings(tx, { ...settings, phraseConfirmed: true });
      await this.#note(tx, 'vault.phrase_confirmed');
    });
  }

  /** Whether the person has yet to prove that they wrote the words down. @throws SignetError locked */
  async phraseUnconfirmed(): Promise<boolean> {
    return !(await readSettings(await this.open())).phraseConfirmed;
  }

  /** Erases the vault, readable or not: the wraps first, so that whatever dies in between leaves nothing that opens. */
  erase(): Promise<void> {
    return this.#mutex.run(() => this.#erase());
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
    const vault = this.#vault;
    if (vault !== undefined && (await this.#autoLock.deadline()) !== undefined && !vault.closed) return vault;
    return this.#mutex.run(() => this.#resume());
  }

  /** When another password may be tried, in milliseconds since the epoch; undefined when now. */
  retryAt(): Promise<number | undefined> {
    return this.#attempts.retryAt();
  }

  /** Puts off the automatic lock: call it when the person does something. Does nothing while locked. */
  touch(): Promise<void> {
    return this.#mutex.run(async () => {
      if (await this.#isOpen()) await this.#touch();
    });
  }

  /** Minutes without use before the vault locks. @throws SignetError locked */
  async autoLockMinutes(): Promise<number> {
    return (await readSettings(await this.open())).autoLockMinutes;
  }

  /** @param minutes a whole number from 1 to 1440 @throws SignetError `bad_request`, `locked` */
  async setAutoLockMinutes(minutes: number): Promise<void> {
    assertAutoLockMinutes(minutes);
    const vault = await this.open();
    await vault.transact(async (tx) => {
      writeSettings(tx, { ...(await readSettings(tx)), autoLockMinutes: minutes });
      await this.#note(tx, 'settings.changed');
    });
    await this.touch();
  }

  /** When the vault locks by itself, in milliseconds since the epoch; undefined while it is locked. */
  async deadline(): Promise<number | undefined> {
    const secret = await this.#options.session.get(SESSION_SECRET_KEY);
    return secret === undefined ? undefined : this.#autoLock.deadline();
  }

  /** What writes audit entries while locked need; undefined without a readable vault. */
  async desk(): Promise<LockedDesk | undefined> {
    const found = await findVault(this.#options);
    return found.kind === 'vault' ? this.#deskOf(found.header) : undefined;
  }

  recoveryReport(): Promise<RecoveryReport> {
    return reportOnVault(this.#options);
  }

  /** Every row as it is stored, still sealed: a JSON document with base64 values, for safe keeping. */
  rawRows(): Promise<string> {
    return dumpRows(this.#options);
  }

  async #find(): Promise<Found> {
    const found = await findVault(this.#options);
    return found.kind === 'erasing' ? this.#mutex.run(() => this.#findSettled()) : found;
  }

  /** What there is, once an erasure that died half-way is finished. */
  async #findSettled(): Promise<Found> {
    const found = await findVault(this.#options);
    if (found.kind !== 'erasing') return found;
    await finishErasing(this.#options);
    return { kind: 'none' };
  }

  async #assertNoVault(): Promise<void> {
    const found = await this.#findSettled();
    if (found.kind === 'vault') throw new SignetError('vault_exists', 'There is a vault already. Nothing was changed.');
    if (found.kind === 'damaged') throw damaged(found.problem);
  }

  async #found(
    entropy: SecretBytes,
    { password, mark }: { password: string; mark: Mark },
    { kind, phraseConfirmed }: { kind: VaultEventKind; phraseConfirmed: boolean },
  ): Promise<void> {
    const markBytes = encodeMark(mark);
    const keys = await keysOfEntropy(entropy);
    const { header, tier2 } = await this.#newHeader(entropy, keys, newTier2Key(), password);
    const vault = OpenVault.empty(this.#options, { ...keys, tier2 });
    const autoLockMinutes = DEFAULT_AUTO_LOCK_MINUTES;
    await this.#enter({
      vault,
      header,
      autoLockMinutes,
      work: async (tx) => {
        tx.expect({ store: 'meta', key: HEADER_KEY, value: undefined });
        tx.raw({ store: 'meta', key: HEADER_KEY, value: header });
        tx.raw({ store: 'meta', key: MARK_KEY, value: markBytes });
        writeSettings(tx, { autoLockMinutes, phraseConfirmed });
        await this.#note(tx, kind);
      },
    });
  }

  async #newHeader(
    entropy: SecretBytes,
    keys: PhraseKeys,
    tier2: SecretBytes,
    password: string,
  ): Promise<{ header: Bytes; tier2: SecretBytes }> {
    const cost = (await this.#options.kdfCost?.()) ?? KDF_FLOOR;
    if (!isBearableCost(cost)) throw new SignetError('internal', 'This password cost is out of bounds.');
    const kdf = newKdfParameters(cost);
    using stretched = await stretchPassword(password, kdf);
    return { header: encodeHeader(wrapHeader({ entropy, keys, tier2 }, kdf, stretched)), tier2 };
  }

  /** Counts the try before the work that tells whether it was right. */
  async #stretchKnown(password: string, header: Header): Promise<StretchedPassword> {
    await this.#attempts.begin();
    return stretchPassword(password, header.kdf);
  }

  async #checkPassword(header: Header, stretched: StretchedPassword): Promise<SecretBytes> {
    const entropy = unwrapEntropy(header, stretched);
    if (entropy !== undefined) {
      await this.#attempts.clear();
      return entropy;
    }
    await this.#noteLocked(header, 'vault.unlock_failed', '');
    throw new SignetError('wrong_password', 'This is not the password. Nothing was changed; please try again.', {
      field: 'password',
    });
  }

  async #openWith(keys: PhraseKeys, header: Header, stretched: StretchedPassword, bytes: Bytes) {
    try {
      if (!equalBytes(inboxPublicKey(keys.audit), header.inboxKey)) {
        throw damaged('The vault’s header was altered: its inbox key is not this vault’s.');
      }
      const tier2 = unwrapTier2(header, keys.sealing, stretched);
      return await OpenVault.open(this.#options, { ...keys, tier2 }, bytes);
    } catch (error) {
      disposeKeys(keys);
      throw error;
    }
  }

  /** Whether the words are this vault's: the header says so, or where it is unreadable the rows do. */
  async #assertOwnKeys(found: Exclude<Found, { kind: 'none' | 'erasing' }>, keys: PhraseKeys): Promise<void> {
    const own =
      found.kind === 'vault'
        ? equalBytes(inboxPublicKey(keys.audit), found.header.inboxKey)
        : await OpenVault.isFiledUnder(this.#options, keys);
    if (own) return;
    disposeKeys(keys);
    throw new SignetError('wrong_phrase', 'These are the words of another vault. Nothing was changed.', {
      field: 'phrase',
    });
  }

  async #enterExisting(
    { vault, anchor }: Awaited<ReturnType<typeof OpenVault.open>>,
    header: Bytes,
    work: Entrance['work'],
  ): Promise<void> {
    const { autoLockMinutes } = await readSettings(vault);
    await this.#enter({
      vault,
      header,
      autoLockMinutes,
      work: async (tx) => {
        await this.#options.journal.collect(tx, this.#options.clock());
        if (anchor === 'missing') await this.#note(tx, 'vault.anchor_missing');
        await work(tx);
      },
    });
  }

  /** The vault is open from the moment the batch with its session blob is durable; the other half stands before. */
  async #enter({ vault, header, autoLockMinutes, work }: Entrance): Promise<void> {
    const { session } = this.#options;
    const before = await session.get(SESSION_SECRET_KEY);
    using secret = SecretBytes.take(randomBytes(32));
    try {
      await this.#autoLock.extend(autoLockMinutes);
      await session.set(SESSION_SECRET_KEY, toBase64(secret.expose()));
      await vault.transact(async (tx) => {
        tx.raw({ store: 'meta', key: SESSION_BLOB_KEY, value: sealSession(secret, headerDigest(header), vault.keys) });
        await work(tx);
      });
    } catch (error) {
      vault.close();
      if (before === undefined) await session.remove(SESSION_SECRET_KEY);
      else await session.set(SESSION_SECRET_KEY, before);
      throw error;
    }
    this.#vault?.close();
    this.#vault = vault;
    await this.#afterCommit(header);
  }

  /** What is written again at the next opening if it fails now: no reason to call a durable success a failure. */
  async #afterCommit(header: Bytes): Promise<void> {
    await Promise.allSettled([this.#attempts.clear(), mirrorHeader(this.#options, header)]);
  }

  async #isOpen(): Promise<boolean> {
    return this.#vault?.closed === false && (await this.#autoLock.deadline()) !== undefined;
  }

  async #resume(): Promise<OpenVault> {
    const { bytes } = assertVault(await this.#findSettled());
    using secret = readSessionSecret(await this.#options.session.get(SESSION_SECRET_KEY));
    if (secret === undefined) return this.#refuseLocked();
    if ((await this.#autoLock.deadline()) === undefined) {
      await this.#lock('timeout');
      throw lockedError();
    }
    if (this.#vault?.closed === false) return this.#vault;
    const blob = await this.#options.backend.get('meta', SESSION_BLOB_KEY);
    const keys = blob === undefined ? undefined : openSession(secret, headerDigest(bytes), blob);
    if (keys === undefined) return this.#refuseLocked();
    const { vault, anchor } = await OpenVault.open(this.#options, keys, bytes);
    if (anchor === 'missing') await vault.transact((tx) => this.#note(tx, 'vault.anchor_missing'));
    await this.#afterResume(bytes);
    this.#vault = vault;
    return vault;
  }

  async #afterResume(header: Bytes): Promise<void> {
    await Promise.allSettled([mirrorHeader(this.#options, header)]);
  }

  #refuseLocked(): never {
    this.#vault?.close();
    this.#vault = undefined;
    throw lockedError();
  }

  async #touch(): Promise<void> {
    if (this.#vault === undefined) return;
    await this.#autoLock.extend((await readSettings(this.#vault)).autoLockMinutes);
  }

  /** Either half of the session alone opens nothing, so one that goes is enough. */
  async #lock(reason: LockReason): Promise<void> {
    const { backend, session } = this.#options;
    const wasOpen = (await session.get(SESSION_SECRET_KEY)) !== undefined;
    this.#vault?.close();
    this.#vault = undefined;
    const halves = await Promise.allSettled([
      session.remove(SESSION_SECRET_KEY),
      backend.batch([{ store: 'meta', key: SESSION_BLOB_KEY, value: undefined }], []),
    ]);
    const failures = halves.filter((half) => half.status === 'rejected').map((half): unknown => half.reason);
    if (failures.length === halves.length) {
      throw new SignetError('storage_failed', 'Signet could not lock: the browser’s storage does not answer.', {
        cause: failures[0],
      });
    }
    await this.#autoLock.clear();
    const found = await findVault(this.#options);
    if (wasOpen && found.kind === 'vault') await this.#noteLocked(found.header, 'vault.locked', reason);
  }

  async #erase(): Promise<void> {
    this.#vault?.close();
    this.#vault = undefined;
    await beginErasing(this.#options);
    await this.#options.session.remove(SESSION_SECRET_KEY);
    await this.#autoLock.clear();
    await this.#attempts.clear();
    await finishErasing(this.#options);
  }

  #note(tx: VaultTx, kind: VaultEventKind): Promise<void> {
    return this.#options.journal.append(tx, { kind, time: this.#options.clock(), subject: '' });
  }

  #noteLocked(header: Header, kind: VaultEventKind, subject: string): Promise<void> {
    return this.#options.journal.appendLocked(this.#deskOf(header), { kind, time: this.#options.clock(), subject });
  }

  #deskOf({ inboxKey }: Header): LockedDesk {
    const { backend, session } = this.#options;
    return { backend, session, inboxKey };
  }
}

async function keysOfEntropy(entropy: SecretBytes): Promise<PhraseKeys> {
  using root = await rootOfPhrase(phraseOfEntropy(entropy));
  return deriveVaultKeys(root);
}

const lockedError = (): SignetError => new SignetError('locked', 'Signet is locked.');

function stateOfRefusal(error: unknown): VaultState {
  const { reason } = SignetError.from(error);
  if (reason === 'locked') return 'locked';
  if (reason === 'no_vault') return 'none';
  if (reason === 'vault_damaged') return 'damaged';
  throw error;
}
