import type { SecretBytes } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import type { CompartmentName } from './compartment.ts';
import { Compartment, compartmentId, newCompartmentId, readCompartment } from './compartment.ts';
import { clearErasedIn } from './compartments.ts';
import type { FoundVault } from './boot.ts';
import type { KeeperRoom } from './keeper-room.ts';
import { rootOfEntropy } from './keeper-room.ts';
import type { LiveSession } from './live-session.ts';
import type { Opener } from '../keys/opener.ts';
import type { VaultEventKind } from './journal.ts';
import type { OpenVault } from '../blind-db/open-vault.ts';
import type { VaultReader, VaultTx } from '../blind-db/vault-tx.ts';

/**
 * What an opener gave, for the length of one piece of work: the way into Tier 3. It ends with the work, or when the
 * vault locks. Each compartment that it opens or makes is logged, so the story itself need not.
 */
export interface Grant {
  readonly vault: OpenVault;
  /**
   * Opens a compartment. Logged before it is given: within the transaction where a transaction asks, else in one of
   * its own.
   * @param reader a transaction of `vault`, or `vault` itself
   * @throws SignetError `not_found` when there is none of this name, `locked` once the grant is over, `vault_damaged`
   */
  compartment(reader: VaultReader, name: CompartmentName): Promise<Compartment>;
  /** Opens a compartment, or makes it where there is none. @throws SignetError locked, vault_damaged */
  ensureCompartment(tx: VaultTx, name: CompartmentName): Promise<Compartment>;
}

/** How a grant writes down what it opened. */
type GrantNote = (tx: VaultTx, kind: VaultEventKind, subject: string) => Promise<void>;

/** A grant that runs: holds the root, and everything that was opened with it, until it is disposed. */
class RunningGrant implements Grant, Disposable {
  readonly vault: OpenVault;
  readonly #root: SecretBytes;
  readonly #note: GrantNote;
  readonly #now: () => number;
  readonly #opened: Compartment[] = [];
  #untie: (() => void) | undefined;

  /** @param root the root of `vault`'s key tree; taken over */
  constructor(vault: OpenVault, root: SecretBytes, { note, now }: { note: GrantNote; now: () => number }) {
    this.vault = vault;
    this.#root = root;
    this.#note = note;
    this.#now = now;
  }

  async compartment(reader: VaultReader, name: CompartmentName): Promise<Compartment> {
    if (!isTx(reader)) return this.vault.transact((tx) => this.compartment(tx, name));
    const stored = await readCompartment(reader, name);
    if (stored === undefined) throw new SignetError('not_found', 'There is no such compartment any more.');
    const compartment = this.#keep(Compartment.open(this.#root, reader, stored));
    await this.#note(reader, 'compartment.opened', compartmentId(stored));
    return compartment;
  }

  async ensureCompartment(tx: VaultTx, name: CompartmentName): Promise<Compartment> {
    if ((await readCompartment(tx, name)) !== undefined) return this.compartment(tx, name);
    await clearErasedIn(tx, this.vault, name);
    const compartment = this.#keep(
      Compartment.make(this.#root, tx, { name, id: newCompartmentId(), madeAt: this.#now() }),
    );
    await this.#note(tx, 'compartment.made', compartmentId(compartment));
    return compartment;
  }

  /** Ends with the session of the vault at the latest. */
  tieTo(live: LiveSession): this {
    this.#untie = live.tie(this);
    return this;
  }

  [Symbol.dispose](): void {
    this.#untie?.();
    this.#root.dispose();
    for (const compartment of this.#opened) compartment[Symbol.dispose]();
  }

  #keep(compartment: Compartment): Compartment {
    this.#opened.push(compartment);
    return compartment;
  }
}

/** A grant that an opener gives, tied to the session of the open vault: it ends with that at the latest. */
export async function openGrant(
  { check, live, notes, options }: KeeperRoom,
  { found, vault }: { found: FoundVault; vault: OpenVault },
  opener: Opener,
): Promise<Grant & Disposable> {
  using opened = await check.open(found, opener);
  const root = await rootOfEntropy(opened.entropy);
  return new RunningGrant(vault, root, { note: notes.append, now: options.clock }).tieTo(live);
}

const isTx = (reader: VaultReader): reader is VaultTx => 'put' in reader;
