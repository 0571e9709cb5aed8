import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes, SecretBytes } from '../../core/index.ts';
import { concatBytes, equalBytes, utf8 } from '../../core/index.ts';
import type { Address, Tier } from './address.ts';
import { damaged } from '../damage.ts';
import { openRow, sealRow } from './envelope.ts';
import type { VaultKeys } from '../keys/key-tree.ts';
import { deriveRecordKey } from '../keys/key-tree.ts';
import { recordId } from './record-id.ts';
import { RecentRows } from './recent-rows.ts';
import { openBox, sealBoxAside } from '../keys/sealed-box.ts';
import type { StorageBackend } from './storage-backend.ts';

/** SHA-256 over the blobs of a span, cut to this many bytes. */
export const DIGEST_LENGTH = 16;

const ROOT_PURPOSE = concatBytes(utf8('signet-root'), Uint8Array.of(2));

/** Rows that were written together and hold one thing: a record, or a node of the table. */
export interface RowSpan {
  /** The number of the first row; the others follow. No number is ever used twice. */
  readonly serial: number;
  /** How many rows. */
  readonly parts: number;
  /** Whether each row has a decoy for a twin. */
  readonly twins: boolean;
  readonly digest: Bytes;
}

/** The one wrapper between the vault and a backend: blinds addresses, seals and opens rows, and refuses strange ones. */
export class BlindStore {
  readonly #backend: StorageBackend;
  readonly #keys: VaultKeys;
  readonly #recent = new RecentRows();

  constructor(backend: StorageBackend, keys: VaultKeys) {
    this.#backend = backend;
    this.#keys = keys;
  }

  /** The id of a record's name: what the table is keyed by, wherever the record's rows lie at the moment. 32 bytes. */
  nameOf(address: Address): Bytes {
    return recordId(this.#keys.addressing, address);
  }

  /** Where the row of this number is kept: 32 bytes. */
  rowId(serial: number): Bytes {
    return this.nameOf({ label: 'sys/row', index: serial });
  }

  /** Where the decoy beside the row of this number is kept: 32 bytes. */
  twinId(serial: number): Bytes {
    return this.nameOf({ label: 'sys/decoy', index: serial });
  }

  /** Where the rows of a span are kept, twins not counted. */
  rowIds({ serial, parts }: RowSpan): readonly Bytes[] {
    return Array.from({ length: parts }, (_, part) => this.rowId(serial + part));
  }

  /** Where the twins of a span are kept. */
  twinIds({ serial, parts, twins }: RowSpan): readonly Bytes[] {
    return Array.from({ length: twins ? parts : 0 }, (_, part) => this.twinId(serial + part));
  }

  /** @param plaintext ROW_CAPACITY bytes */
  seal(tier: Tier, serial: number, plaintext: Uint8Array): { readonly id: Bytes; readonly blob: Bytes } {
    const id = this.rowId(serial);
    return { id, blob: sealRow(this.#tierKey(tier), { rowId: id, serial }, plaintext) };
  }

  /** A row that was just written or read, and is likely to be read soon. */
  remember(id: Bytes, blob: Bytes): void {
    this.#recent.keep(id, blob);
  }

  /**
   * The plaintexts of the rows that the table says must be there.
   * @param from `memory` takes rows that were read or written lately without asking whether they are still stored
   * @throws SignetError vault_damaged when one is missing, or another than the table's; `locked` when the keys are gone
   */
  async read(tier: Tier, span: RowSpan, from: 'backend' | 'memory' = 'backend'): Promise<readonly Bytes[]> {
    const ids = this.rowIds(span);
    const blobs = (from === 'memory' && this.#remembered(ids, span)) || (await this.#stored(ids, span));
    if (from === 'memory') blobs.forEach((blob, part) => this.remember(ids[part] ?? blob, blob));
    const opened = blobs.map(async (blob, part) => {
      const rowId = ids[part] ?? blob;
      const plaintext = await openRow(this.#tierKey(tier), { rowId, serial: span.serial + part }, blob);
      if (plaintext === undefined) throw damaged('A record does not open with the keys of this vault.');
      return plaintext;
    });
    const plaintexts = await Promise.all(opened);
    this.#tierKey(tier).expose(); // locked meanwhile: nothing is handed out any more
    return plaintexts;
  }

  /** Seals the root of the table: nonce ‖ AES-256-GCM under a key of its own. */
  async sealRoot(plaintext: Bytes): Promise<Bytes> {
    using key = rootKey(this.#keys);
    return await sealBoxAside(key, ROOT_PURPOSE, plaintext);
  }

  /** The plaintext of the root, or undefined when it is not this vault's. */
  openRoot(blob: Uint8Array): Bytes | undefined {
    return openRoot(this.#keys, blob);
  }

  #remembered(ids: readonly Bytes[], { digest }: RowSpan): readonly Bytes[] | undefined {
    const blobs = ids.map((id) => this.#recent.get(id)).filter((blob) => blob !== undefined);
    return blobs.length === ids.length && equalBytes(digestOf(blobs), digest) ? blobs : undefined;
  }

  async #stored(ids: readonly Bytes[], { digest }: RowSpan): Promise<readonly Bytes[]> {
    const blobs = await Promise.all(ids.map((id) => this.#mustGet(id)));
    if (equalBytes(digestOf(blobs), digest)) return blobs;
    throw damaged('A record is not the one Signet last wrote: an older or altered one was put in its place.');
  }

  async #mustGet(id: Bytes): Promise<Bytes> {
    const blob = await this.#backend.get('records', id);
    if (blob === undefined) throw damaged('A record is missing: it was removed behind Signet’s back.');
    return blob;
  }

  /** A Tier 3 record is a box under its compartment's key by itself; what goes around it hides it like any other. */
  #tierKey(tier: Tier): SecretBytes {
    return tier === 2 ? this.#keys.tier2 : this.#keys.sealing;
  }
}

type RootKeys = Pick<VaultKeys, 'addressing' | 'sealing'>;

const rootKey = ({ addressing, sealing }: RootKeys): SecretBytes =>
  deriveRecordKey(sealing, recordId(addressing, { label: 'sys/root', index: 0 }));

/** The plaintext of a sealed root, or undefined when it is another vault's. */
export function openRoot(keys: RootKeys, blob: Uint8Array): Bytes | undefined {
  using key = rootKey(keys);
  return openBox(key, ROOT_PURPOSE, blob);
}

/** What the table remembers of the blobs of a span. */
export function digestOf(blobs: readonly Bytes[]): Bytes {
  const hash = sha256.create();
  for (const blob of blobs) hash.update(blob);
  return hash.digest().slice(0, DIGEST_LENGTH);
}
