import { sha256 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import type { Bytes } from '../../../core/index.ts';
import { concatBytes, equalBytes, fromUtf8, le64, toHex } from '../../../core/index.ts';
import type { Address, Tier } from '../address.ts';
import type { AnchoredTable } from '../anchor.ts';
import { damaged } from '../../damage.ts';
import type { VaultKeys } from '../../keys/key-tree.ts';
import { deriveRecordKey } from '../../keys/key-tree.ts';
import { unpad } from '../padding.ts';
import { recordId } from '../record-id.ts';
import { openBox } from '../../keys/sealed-box.ts';
import type { StorageBackend } from '../storage-backend.ts';

/*
 * The first format: each record one row under the id of its name, padded to a size class; a table of 256 shards by the
 * first byte of that id, and their root, among the records.
 */
const FORMAT_VERSION = Uint8Array.of(1);
const SHARDS = 256;
const DIGEST = 32;
const MARK = 8 + DIGEST;
const SHARD_ENTRY = DIGEST + 1 + MARK;
const ROOT_HEAD = 8 + 3 * DIGEST;
const ROOT: Address = { label: 'sys/root', index: 0 };

interface Mark {
  readonly generation: number;
  readonly digest: Bytes;
}

interface TableEntry extends Mark {
  readonly tier: 1 | 2;
}

/** A record with the name that the first format did not keep beside it. */
export interface FirstRecord {
  readonly address: Address;
  readonly tier: Tier;
  readonly bytes: Bytes;
}

/** A vault of the first format, for reading. */
export interface FirstVault extends AnchoredTable {
  readonly facts: AnchoredTable['facts'] & { readonly header: Bytes };
  readonly root: { readonly key: Bytes; readonly value: Bytes };
  readonly records: readonly FirstRecord[];
}

/** Whether there is a vault of the first format under these keys. */
export const isSchema1 = async (backend: StorageBackend, keys: Pick<VaultKeys, 'addressing'>): Promise<boolean> =>
  (await backend.get('records', recordId(keys.addressing, ROOT))) !== undefined;

/**
 * Reads a vault of the first format whole, or undefined when there is none. After a forgotten password the key of
 * Tier 2 is another one, and its records are lost.
 * @throws SignetError vault_damaged
 */
export async function readSchema1(backend: StorageBackend, keys: VaultKeys): Promise<FirstVault | undefined> {
  const key = recordId(keys.addressing, ROOT);
  const value = await backend.get('records', key);
  if (value === undefined) return undefined;
  const reader = new FirstReader(backend, keys);
  const { facts, marks } = decodeRoot(reader.open(key, 0, value));
  await reader.readTable(marks);
  return { facts, digest: sha256(value), root: { key, value }, records: await listRecords(reader) };
}

class FirstReader {
  readonly #backend: StorageBackend;
  readonly #keys: VaultKeys;
  readonly #entries = new Map<string, TableEntry>();

  constructor(backend: StorageBackend, keys: VaultKeys) {
    this.#backend = backend;
    this.#keys = keys;
  }

  async readTable(marks: ReadonlyMap<number, Mark>): Promise<void> {
    for (const [index, mark] of marks) {
      const id = recordId(this.#keys.addressing, { label: 'sys/table', index });
      const shard = decodeShard(this.open(id, mark.generation, await this.#blob(id, mark)));
      for (const [name, entry] of shard) this.#entries.set(name, entry);
    }
  }

  /** The record, or undefined when there is none, or none that these keys open. */
  async get(address: Address): Promise<FirstRecord | undefined> {
    const id = recordId(this.#keys.addressing, address);
    const entry = this.#entries.get(toHex(id));
    if (entry === undefined) return undefined;
    const bytes = this.#open(id, entry, await this.#blob(id, entry));
    if (bytes === undefined && entry.tier === 1) throw unopened();
    return bytes === undefined ? undefined : { address, tier: entry.tier, bytes };
  }

  /** @throws SignetError vault_damaged */
  open(id: Bytes, generation: number, blob: Bytes): Bytes {
    const plaintext = this.#open(id, { tier: 1, generation }, blob);
    if (plaintext === undefined) throw unopened();
    return plaintext;
  }

  #open(id: Bytes, { tier, generation }: Omit<TableEntry, 'digest'>, blob: Bytes): Bytes | undefined {
    if (blob[0] !== FORMAT_VERSION[0]) return undefined;
    using key = deriveRecordKey(tier === 1 ? this.#keys.sealing : this.#keys.tier2, id);
    const padded = openBox(key, concatBytes(FORMAT_VERSION, id, le64(generation)), blob.subarray(1));
    return padded === undefined ? undefined : unpad(padded);
  }

  async #blob(id: Bytes, { digest }: Mark): Promise<Bytes> {
    const blob = await this.#backend.get('records', id);
    if (blob === undefined) throw damaged('A record is missing: it was removed behind Signet’s back.');
    if (equalBytes(sha256(blob), digest)) return blob;
    throw damaged('A record is not the one Signet last wrote: an older or altered one was put in its place.');
  }
}

const unopened = () => damaged('A record does not open with the keys of this vault.');

const CollectionHead = v.object({ pages: v.number() });
const CollectionPage = v.object({ ids: v.array(v.string()) });
const LogHead = v.object({ seq: v.number() });
const Credential = v.object({ instances: v.array(v.number()), rowTiers: v.array(v.number()) });
const DISCLOSURES = 1024;

const parse = <T>(schema: v.GenericSchema<unknown, T>, { bytes }: FirstRecord): T =>
  v.parse(schema, JSON.parse(fromUtf8(bytes)));

/** Every record that code of the first format could ever ask for, by the names it asked with. */
async function listRecords(reader: FirstReader): Promise<readonly FirstRecord[]> {
  const found: FirstRecord[] = [];
  const take = async (label: Address['label'], index = 0): Promise<FirstRecord | undefined> => {
    const record = await reader.get({ label, index });
    if (record !== undefined) found.push(record);
    return record;
  };
  const collection = async (label: Address['label']): Promise<readonly string[]> => {
    const head = await take(label);
    const ids: string[] = [];
    for (let page = 1; head !== undefined && page <= parse(CollectionHead, head).pages; page++) {
      const record = await take(label, page);
      if (record !== undefined) ids.push(...parse(CollectionPage, record).ids);
    }
    return ids;
  };

  await take('sys/settings');
  const log = await take('sys/audit/head');
  const entries = log === undefined ? 0 : parse(LogHead, log).seq + 1;
  for (let seq = 0; seq < entries; seq++) await take('sys/audit/entry', seq);
  for (const id of await collection('data/attributes')) await take(`data/attribute/${id}`);
  for (const id of await collection('data/credentials')) {
    const credential = await take(`data/credential/${id}`);
    if (credential === undefined) continue;
    const { instances, rowTiers } = parse(Credential, credential);
    for (const instance of instances) {
      await take(`data/credential/${id}/instance`, instance);
      for (const row of rowTiers.keys()) {
        await take(`data/credential/${id}/disclosure`, instance * DISCLOSURES + row);
      }
    }
  }
  return found;
}

function decodeMark(bytes: Bytes, offset: number): Mark {
  const generation = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(offset, true));
  return { generation, digest: bytes.slice(offset + 8, offset + MARK) };
}

/** Per record: id (32) ‖ tier (1) ‖ le64(generation) ‖ digest (32). */
function decodeShard(bytes: Bytes): ReadonlyMap<string, TableEntry> {
  const shard = new Map<string, TableEntry>();
  for (let offset = 0; offset + SHARD_ENTRY <= bytes.length; offset += SHARD_ENTRY) {
    const tier = bytes[offset + DIGEST];
    if (tier !== 1 && tier !== 2) throw damaged('The vault’s table of records cannot be read.');
    shard.set(toHex(bytes.slice(offset, offset + DIGEST)), { tier, ...decodeMark(bytes, offset + DIGEST + 1) });
  }
  return shard;
}

/** le64(counter) ‖ digest of the root before ‖ of the header ‖ hash of the newest log entry ‖ 256 marks. */
function decodeRoot(bytes: Bytes): { facts: FirstVault['facts']; marks: ReadonlyMap<number, Mark> } {
  if (bytes.length !== ROOT_HEAD + SHARDS * MARK) throw damaged('The vault’s table of records cannot be read.');
  const { generation: counter, digest: previous } = decodeMark(bytes, 0);
  const header = bytes.slice(MARK, MARK + DIGEST);
  const logHead = bytes.slice(MARK + DIGEST, ROOT_HEAD);
  const marks = new Map<number, Mark>();
  for (let index = 0; index < SHARDS; index++) {
    const mark = decodeMark(bytes, ROOT_HEAD + index * MARK);
    if (mark.generation !== 0) marks.set(index, mark);
  }
  return { facts: { counter, previous, header, logHead }, marks };
}
