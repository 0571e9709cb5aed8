import type { Bytes, Clock, SecretBytes } from '../../core/index.ts';
import type { AttemptCounter } from '../attempts.ts';
import type { Found } from '../boot.ts';
import type { VaultJournal } from '../journal.ts';
import type { PhraseKeys } from '../key-tree.ts';
import type { OpenVault, VaultStores } from '../open-vault.ts';
import type { VaultTx } from '../vault-tx.ts';

/** The transaction that opens a vault, and what it does beside. */
export interface SiteEntrance {
  readonly vault: OpenVault;
  /** The header that stands when the transaction is written. */
  readonly header: Bytes;
  readonly autoLockMinutes: number;
  readonly work: (tx: VaultTx) => Promise<void>;
}

/** What the keeper lends to whoever puts a whole vault in the place of what is here. Nothing else happens meanwhile. */
export interface BuildingSite {
  readonly stores: VaultStores;
  readonly attempts: AttemptCounter;
  readonly clock: Clock;
  readonly journal: VaultJournal;
  /** What is here now, once what died half-way is finished. */
  readonly found: Exclude<Found, { kind: 'clearing' }>;
  /** Erases what is here, readable or not: wraps first, then rows, session, anchor and mirror. */
  erase(): Promise<void>;
  /** A header for these secrets under a new password, without a passkey. Takes about half a second. */
  newHeader(entropy: SecretBytes, keys: PhraseKeys, tier2: SecretBytes, password: string): Promise<Bytes>;
  /** Writes the last transaction and leaves the vault unlocked; closes the vault when it fails. */
  enter(entrance: SiteEntrance): Promise<void>;
}
