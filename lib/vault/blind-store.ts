import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes, SecretBytes } from '../core/index.ts';
import { equalBytes } from '../core/index.ts';
import type { Address, Tier } from './address.ts';
import { damaged } from './damage.ts';
import { openRecord, sealRecord } from './envelope.ts';
import type { VaultKeys } from './key-tree.ts';
import { recordId } from './record-id.ts';
import type { StorageBackend } from './storage-backend.ts';

/** What the table knows of a live record. */
export interface RecordMark {
  readonly generation: number;
  /** SHA-256 of the sealed blob. */
  readonly digest: Bytes;
}

/** A sealed row and what the table has to remember of it. */
export interface SealedRow extends RecordMark {
  readonly blob: Bytes;
}

/** The one wrapper between the vault and a backend: blinds addresses, seals and opens rows, and refuses strange ones. */
export class BlindStore {
  readonly #backend: StorageBackend;
  readonly #keys: VaultKeys;

  constructor(backend: StorageBackend, keys: VaultKeys) {
    this.#backend = backend;
    this.#keys = keys;
  }

  locate(address: Address): Bytes {
    return recordId(this.#keys.addressing, address);
  }

  seal(id: Bytes, tier: Tier, generation: number, plaintext: Uint8Array): SealedRow {
    const blob = sealRecord(this.#tierKey(tier), { recordId: id, generation }, plaintext);
    return { blob, generation, digest: sha256(blob) };
  }

  /**
   * Opens the row that the table says must be there.
   * @throws SignetError vault_damaged when it is missing, or another one than the table's
   */
  async read(id: Bytes, tier: Tier, mark: RecordMark): Promise<Bytes> {
    const blob = await this.#backend.get('records', id);
    if (blob === undefined) throw damaged('A record is missing: it was removed behind Signet’s back.');
    if (!equalBytes(sha256(blob), mark.digest)) {
      throw damaged('A record is not the one Signet last wrote: an older or altered one was put in its place.');
    }
    return this.open(id, tier, mark.generation, blob);
  }

  /** @throws SignetError vault_damaged when the row is there although the table knows no such record */
  async assertAbsent(id: Bytes): Promise<void> {
    if ((await this.#backend.get('records', id)) !== undefined) {
      throw damaged('A record that Signet had deleted is back: it was put there behind Signet’s back.');
    }
  }

  /** @throws SignetError vault_damaged when the blob does not open */
  open(id: Bytes, tier: Tier, generation: number, blob: Uint8Array): Bytes {
    const plaintext = openRecord(this.#tierKey(tier), { recordId: id, generation }, blob);
    if (plaintext === undefined) throw damaged('A record does not open with the keys of this vault.');
    return plaintext;
  }

  #tierKey(tier: Tier): SecretBytes {
    return tier === 1 ? this.#keys.sealing : this.#keys.tier2;
  }
}
