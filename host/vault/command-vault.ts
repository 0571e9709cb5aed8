import type { Clock } from '../../lib/core/index.ts';
import { SignetError, systemClock } from '../../lib/core/index.ts';
import { PolicyBook, leastRoleOf } from '../../lib/policy/index.ts';
import { RequestQueue } from '../../lib/requests/index.ts';
import type { KeyValue, StorageBackend } from '../../lib/vault/index.ts';
import { MemoryKeyValue, VaultKeeper, calibratedCost } from '../../lib/vault/index.ts';
import type { LifeServices, SpendingServices, VaultServices } from '../../lib/wallet/index.ts';
import { forgetLost, unlockVault, walletJournal } from '../../lib/wallet/index.ts';
import { FileKeyValue } from './file-key-value.ts';
import { PassingSession } from './passing-session.ts';
import type { Waiting } from './process-lock.ts';
import { ProcessLock } from './process-lock.ts';
import type { PasswordValues } from './secrets.ts';
import { Secret } from './secrets.ts';
import { SqliteBackend } from './sqlite-backend.ts';
import { Terminal } from './terminal.ts';
import type { VaultFolder } from './vault-folder.ts';
import { assertPrivate, isVaultThere, makeFolder, sessionFile, vaultFolder } from './vault-folder.ts';

const PATIENCE: Waiting = {
  wait: 60_000,
  onWait: () => void process.stderr.write('Another signet command is at work: waiting for it to end.\n'),
};

/** The composition root of the command line: one vault, opened by one command that is alone with it. */
export class CommandVault {
  readonly services: VaultServices & LifeServices;
  readonly password: Secret;
  readonly terminal: Terminal | undefined;
  /** Whether what opens it outlives the command: `unlock` was asked for, and there is a place for it. */
  readonly isKept: boolean;
  readonly #backend: StorageBackend;
  readonly #session: KeyValue;
  #isShown = false;

  constructor(stores: Stores, values: PasswordValues) {
    const { backend, local, session, isKept } = stores;
    const clock = systemClock;
    const book = new PolicyBook({ leastRole: leastRoleOf });
    const journal = walletJournal(book);
    const kdfCost = () => calibratedCost();
    const keeper = new VaultKeeper({ backend, local, session, clock, journal, kdfCost });
    this.#backend = backend;
    this.#session = session;
    this.isKept = isKept;
    this.terminal = Terminal.find();
    this.password = Secret.password(values, this.terminal);
    // No window of ours shows anything that would have to be told.
    this.services = { keeper, clock, book, announce: () => undefined, vaultChanged: () => Promise.resolve() };
  }

  get clock(): Clock {
    return this.services.clock;
  }

  /** Opens the vault, by its password unless a session stands. @throws SignetError what unlocking throws */
  async open(): Promise<void> {
    const { keeper } = this.services;
    if ((await keeper.state()) === 'locked') return this.unlock();
    await keeper.open(); // or says why it cannot be
    if (this.terminal !== undefined) await keeper.touch();
  }

  /** Opens the vault by its password, session or not. @throws SignetError `wrong_password`, `wait`, `no_vault`, … */
  async unlock(): Promise<void> {
    const { services } = this;
    await unlockVault(services, { password: await this.password.ask('Password') });
    this.#isShown = true;
    await services.keeper.finish();
    await forgetLost(services);
  }

  /** The person shows that it is them: by the password, unless this command has asked for it already. */
  async showPerson(): Promise<void> {
    if (!this.#isShown) await this.unlock();
  }

  /** What it takes to look at a request for a token: it waits here for as long as the command runs. */
  async spending(): Promise<SpendingServices> {
    const { clock, services } = this;
    const queue = await RequestQueue.open({ backend: this.#backend, session: this.#session, clock });
    return { ...services, queue, deliver: () => undefined, awaitRefusals: () => undefined };
  }
}

interface Stores {
  readonly backend: StorageBackend;
  readonly local: KeyValue;
  readonly session: KeyValue;
  readonly isKept: boolean;
}

/** What a command does with the vault. */
export interface VaultUse {
  /** Makes the folder where there is none. */
  readonly makes?: true;
  /** Begins a session that outlives the command, where there is a place for one. */
  readonly keepsSession?: true;
  /** How it waits for another command. Default: a minute, and says so. */
  readonly waiting?: Waiting;
}

/**
 * Runs a command alone with the vault. Whoever comes second waits, and is told.
 * @throws SignetError `no_vault`; `storage_failed` when the folder is open to others, or another command is at work for a
 *   minute; whatever `work` throws
 */
export async function withVault<Result>(
  values: PasswordValues,
  work: (vault: CommandVault) => Promise<Result>,
  { makes, keepsSession, waiting = PATIENCE }: VaultUse = {},
): Promise<Result> {
  const folder = vaultFolder();
  if (makes === true) makeFolder(folder);
  else assertVault(folder);
  const lock = ProcessLock.acquire(folder.lock, waiting);
  try {
    using backend = SqliteBackend.open(folder.database);
    return await work(new CommandVault(storesIn(folder, backend, keepsSession === true), values));
  } finally {
    lock[Symbol.dispose]();
  }
}

function storesIn(folder: VaultFolder, backend: StorageBackend, keepsSession: boolean): Stores {
  const file = sessionFile(folder);
  const standing = file === undefined ? undefined : new FileKeyValue(file);
  return {
    backend,
    local: new FileKeyValue(folder.local),
    session: sessionOf(standing, keepsSession),
    isKept: keepsSession && standing !== undefined,
  };
}

function sessionOf(standing: KeyValue | undefined, isKept: boolean): KeyValue {
  if (standing === undefined) return new MemoryKeyValue();
  return isKept ? standing : new PassingSession(standing);
}

function assertVault(folder: VaultFolder): void {
  if (!isVaultThere(folder)) throw new SignetError('no_vault', 'There is no vault yet: `signet init` makes one.');
  assertPrivate(folder);
}
