import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes, SecretBytes } from '../core/index.ts';
import { concatBytes, fromHex, le64, toHex } from '../core/index.ts';
import type { Address, Tier } from './address.ts';
import type { BlindStore, RecordMark } from './blind-store.ts';
import { damaged } from './damage.ts';
import { recordId } from './record-id.ts';
import type { Expectation, StorageBackend, Write } from './storage-backend.ts';

const SHARDS = 256;
const DIGEST = 32;
const MARK = 8 + DIGEST;
const SHARD_ENTRY = DIGEST + 1 + MARK;
const ROOT_HEAD = 8 + 3 * DIGEST;

/** The root's own version is inside it (its counter), so its envelope says 0. */
const ROOT_GENERATION = 0;

const ROOT: Address = { label: 'sys/root', index: 0 };
const shardAddress = (index: number): Address => ({ label: 'sys/table', index });

/** Labels that only the table itself writes. */
export const isTableLabel = (label: string): boolean => label === 'sys/root' || label === 'sys/table';

export interface TableEntry extends RecordMark {
  readonly tier: Tier;
}

/** What the root says beside the shards. Digests are SHA-256, 32 bytes, all zero where there is nothing yet. */
export interface RootFacts {
  /** Transactions so far. */
  readonly counter: number;
  /** Digest of the sealed root before this one. */
  readonly previous: Bytes;
  /** Digest of the vault's header. */
  readonly header: Bytes;
  /** Hash of the newest audit entry. */
  readonly logHead: Bytes;
}

/** A record to write, or to delete where `bytes` is undefined. */
export interface Change {
  readonly id: Bytes;
  readonly tier: Tier;
  readonly bytes: Bytes | undefined;
}

/** What one transaction writes, and the table that stands when it has. */
export interface Commit {
  readonly writes: readonly Write[];
  readonly expected: readonly Expectation[];
  readonly next: RecordTable;
}

type Shard = ReadonlyMap<string, TableEntry>;

interface Parts {
  readonly facts: RootFacts;
  readonly rootBlob: Bytes | undefined;
  readonly marks: ReadonlyMap<number, RecordMark>;
  readonly shards: Map<number, Shard>;
}

/**
 * The sealed table of live records (design §5): per record its tier, generation and digest, in 256 shards by the
 * first byte of the record id, under one root. A row that is older, missing, moved or back from the dead differs
 * from it. A table is a value: committing makes the next one.
 */
export class RecordTable {
  readonly #store: BlindStore;
  readonly #parts: Parts;

  private constructor(store: BlindStore, parts: Parts) {
    this.#store = store;
    this.#parts = parts;
  }

  /** The table of a vault that has no record yet. */
  static empty(store: BlindStore): RecordTable {
    const none = new Uint8Array(DIGEST);
    const facts = { counter: 0, previous: none, header: none, logHead: none };
    return new RecordTable(store, { facts, rootBlob: undefined, marks: new Map(), shards: new Map() });
  }

  /** Reads the root; shards follow when asked for. @throws SignetError vault_damaged */
  static async load(store: BlindStore, backend: StorageBackend): Promise<RecordTable> {
    const id = store.locate(ROOT);
    const rootBlob = await backend.get('records', id);
    if (rootBlob === undefined) throw damaged('The vault’s table of records is missing.');
    const { facts, marks } = decodeRoot(store.open(id, 1, ROOT_GENERATION, rootBlob));
    return new RecordTable(store, { facts, rootBlob, marks, shards: new Map() });
  }

  /** Whether there is a root under this addressing key. */
  static async exists(backend: StorageBackend, addressing: SecretBytes): Promise<boolean> {
    return (await backend.get('records', recordId(addressing, ROOT))) !== undefined;
  }

  get facts(): RootFacts {
    return this.#parts.facts;
  }

  /** SHA-256 of the sealed root: what the anchor remembers. */
  get digest(): Bytes {
    return digestOf(this.#parts.rootBlob);
  }

  /** @param id 32 bytes @throws SignetError vault_damaged when the shard is not the root's */
  async entry(id: Bytes): Promise<TableEntry | undefined> {
    return (await this.#shard(shardOf(id))).get(toHex(id));
  }

  /** The ids of every record of a tier. */
  async idsOfTier(tier: Tier): Promise<readonly Bytes[]> {
    const found: Bytes[] = [];
    for (const index of this.#parts.marks.keys()) {
      for (const [id, entry] of await this.#shard(index)) if (entry.tier === tier) found.push(fromHex(id));
    }
    return found;
  }

  /** Seals the changed records, their shards and the next root. Writes nothing itself. */
  async commit(changes: readonly Change[], news: Partial<Pick<RootFacts, 'header' | 'logHead'>>): Promise<Commit> {
    const counter = this.facts.counter + 1;
    const writes: Write[] = [];
    const touched = new Map<number, Map<string, TableEntry>>();
    for (const { id, tier, bytes } of changes) {
      const index = shardOf(id);
      const shard = touched.get(index) ?? new Map(await this.#shard(index));
      touched.set(index, shard);
      if (bytes === undefined) {
        shard.delete(toHex(id));
        writes.push({ store: 'records', key: id, value: undefined });
      } else {
        const { blob, generation, digest } = this.#store.seal(id, tier, counter, bytes);
        shard.set(toHex(id), { tier, generation, digest });
        writes.push({ store: 'records', key: id, value: blob });
      }
    }
    const marks = new Map(this.#parts.marks);
    for (const [index, shard] of touched) {
      const id = this.#store.locate(shardAddress(index));
      const { blob, generation, digest } = this.#store.seal(id, 1, counter, encodeShard(shard));
      marks.set(index, { generation, digest });
      writes.push({ store: 'records', key: id, value: blob });
    }
    const facts: RootFacts = { ...this.facts, ...news, counter, previous: this.digest };
    const rootId = this.#store.locate(ROOT);
    const { blob: rootBlob } = this.#store.seal(rootId, 1, ROOT_GENERATION, encodeRoot(facts, marks));
    writes.push({ store: 'records', key: rootId, value: rootBlob });
    const shards = new Map<number, Shard>([...this.#parts.shards, ...touched]);
    return {
      writes,
      expected: [{ store: 'records', key: rootId, value: this.#parts.rootBlob }],
      next: new RecordTable(this.#store, { facts, rootBlob, marks, shards }),
    };
  }

  async #shard(index: number): Promise<Shard> {
    const known = this.#parts.shards.get(index);
    if (known !== undefined) return known;
    const mark = this.#parts.marks.get(index);
    const id = this.#store.locate(shardAddress(index));
    const shard = mark === undefined ? new Map<string, TableEntry>() : decodeShard(await this.#store.read(id, 1, mark));
    this.#parts.shards.set(index, shard);
    return shard;
  }
}

const shardOf = (id: Bytes): number => id[0] ?? 0;

const digestOf = (blob: Bytes | undefined): Bytes => (blob === undefined ? new Uint8Array(DIGEST) : sha256(blob));

function encodeMark({ generation, digest }: RecordMark): Bytes {
  return concatBytes(le64(generation), digest);
}

function decodeMark(bytes: Bytes, offset: number): RecordMark {
  const generation = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(offset, true));
  return { generation, digest: bytes.slice(offset + 8, offset + MARK) };
}

/** Per record: id (32) ‖ tier (1) ‖ le64(generation) ‖ digest (32). */
function encodeShard(shard: Shard): Bytes {
  const entries = [...shard].map(([id, entry]) =>
    concatBytes(fromHex(id), Uint8Array.of(entry.tier), encodeMark(entry)),
  );
  return concatBytes(...entries);
}

function decodeShard(bytes: Bytes): Shard {
  if (bytes.length % SHARD_ENTRY !== 0) throw damaged('The vault’s table of records cannot be read.');
  const shard = new Map<string, TableEntry>();
  for (let offset = 0; offset < bytes.length; offset += SHARD_ENTRY) {
    const tier = bytes[offset + DIGEST];
    if (tier !== 1 && tier !== 2) throw damaged('The vault’s table of records names a tier this Signet does not know.');
    shard.set(toHex(bytes.slice(offset, offset + DIGEST)), { tier, ...decodeMark(bytes, offset + DIGEST + 1) });
  }
  return shard;
}

/** le64(counter) ‖ previous ‖ header ‖ log head ‖ 256 marks; always the same length, a shard that is not yet: zeros. */
function encodeRoot(facts: RootFacts, marks: ReadonlyMap<number, RecordMark>): Bytes {
  const bytes = new Uint8Array(ROOT_HEAD + SHARDS * MARK);
  bytes.set(concatBytes(le64(facts.counter), facts.previous, facts.header, facts.logHead));
  for (const [index, mark] of marks) bytes.set(encodeMark(mark), ROOT_HEAD + index * MARK);
  return bytes;
}

function decodeRoot(bytes: Bytes): { facts: RootFacts; marks: Map<number, RecordMark> } {
  if (bytes.length !== ROOT_HEAD + SHARDS * MARK) throw damaged('The vault’s table of records cannot be read.');
  const { generation: counter, digest: previous } = decodeMark(bytes, 0);
  const header = bytes.slice(MARK, MARK + DIGEST);
  const logHead = bytes.slice(MARK + DIGEST, ROOT_HEAD);
  const marks = new Map<number, RecordMark>();
  for (let index = 0; index < SHARDS; index++) {
    const mark = decodeMark(bytes, ROOT_HEAD + index * MARK);
    if (mark.generation !== 0) marks.set(index, mark);
  }
  return { facts: { counter, previous, header, logHead }, marks };
}
