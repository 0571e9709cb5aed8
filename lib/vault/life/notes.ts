import type { Header } from '../keys/header.ts';
import type { LockedDesk, VaultEventKind } from './journal.ts';
import type { VaultKeeperOptions } from './keeper-options.ts';
import type { VaultTx } from '../blind-db/vault-tx.ts';

/** How the vault writes down what happens to it: in its log while a transaction is at hand, else in its inbox. */
export class VaultNotes {
  readonly #options: VaultKeeperOptions;

  constructor(options: VaultKeeperOptions) {
    this.#options = options;
  }

  /** Appends an entry in a transaction. */
  append = (tx: VaultTx, kind: VaultEventKind, subject = ''): Promise<void> =>
    this.#options.journal.append(tx, { kind, time: this.#options.clock(), subject });

  /** Keeps an entry while there is no transaction to put it in. */
  keep(header: Header, kind: VaultEventKind, subject = ''): Promise<void> {
    return this.#options.journal.appendLocked(this.deskOf(header), { kind, time: this.#options.clock(), subject });
  }

  /** Moves what was kept into the log, in a transaction. */
  collect(tx: VaultTx): Promise<void> {
    return this.#options.journal.collect(tx, this.#options.clock());
  }

  /** What writing to the inbox takes. */
  deskOf({ inboxKey }: Header): LockedDesk {
    const { backend, session } = this.#options;
    return { backend, session, inboxKey };
  }
}
