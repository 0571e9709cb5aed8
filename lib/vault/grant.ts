import type { SecretBytes } from '../core/index.ts';
import { SignetError } from '../core/index.ts';
import type { CompartmentName } from './compartment.ts';
import { Compartment, compartmentId, readCompartment } from './compartment.ts';
import type { VaultEventKind } from './journal.ts';
import type { OpenVault } from './open-vault.ts';
import type { VaultReader, VaultTx } from './vault-tx.ts';

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
export type GrantNote = (tx: VaultTx, kind: VaultEventKind, subject: string) => Promise<void>;

/** A grant that runs: holds the root, and everything that was opened with it, until it is disposed. */
export class RunningGrant implements Grant, Disposable {
  readonly vault: OpenVault;
  readonly #root: SecretBytes;
  readonly #note: GrantNote;
  readonly #now: () => number;
  readonly #opened: Compartment[] = [];

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
    const compartment = this.#keep(Compartment.make(this.#root, tx, name, this.#now()));
    await this.#note(tx, 'compartment.made', compartmentId(compartment));
    return compartment;
  }

  [Symbol.dispose](): void {
    this.#root.dispose();
    for (const compartment of this.#opened) compartment[Symbol.dispose]();
  }

  #keep(compartment: Compartment): Compartment {
    this.#opened.push(compartment);
    return compartment;
  }
}

const isTx = (reader: VaultReader): reader is VaultTx => 'put' in reader;
