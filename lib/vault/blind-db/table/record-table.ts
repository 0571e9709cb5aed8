import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes } from '../../../core/index.ts';
import { toHex } from '../../../core/index.ts';
import type { Tier } from '../address.ts';
import type { BlindStore } from '../blind-store.ts';
import { damaged } from '../../damage.ts';
import { SCHEMA } from '../../keys/header.ts';
import type { Expectation, StorageBackend, Write } from '../storage-backend.ts';
import type { PendingChange, RecordEntry } from './entry.ts';
import { NAME_LENGTH, compareBytes } from './entry.ts';
import type { NodeRef, Position } from './node.ts';
import { POSITION_LENGTH, START, levelOf } from './node.ts';
import type { Root, RootFacts } from './root.ts';
import { ROOT_KEY, decodeRoot, encodeRoot, pendingCapacity, schemaOfRoot } from './root.ts';
import { RowBatch } from './row-batch.ts';
import { TableMemory } from './table-memory.ts';
import type { LeafView, Tree } from './tree.ts';
import { EMPTY_TREE, findInTree, graft, leafAt } from './tree.ts';

const DIGEST = 32;

/**
 * Numbers that an opening leaves out: a worker that died may have used them for rows that never came to be. At 48 bits
 * they last for a thousand million openings.
 */
const SKIPPED = 0x4_0000;

/** A record to write, or to delete where `rows` is undefined. */
export interface RecordChange {
  /** The id of the record's name: 32 bytes. */
  readonly name: Bytes;
  readonly tier: Tier;
  /** The plaintexts of its rows. */
  readonly rows: readonly Bytes[] | undefined;
}

/** What a commit changes beside records. */
export type RootNews = Partial<Pick<RootFacts, 'header' | 'logHead' | 'logState' | 'decoys' | 'cursor'>>;

/** One commit: at most one change for a name. */
export interface TableChange {
  readonly changes: readonly RecordChange[];
  readonly news: RootNews;
  /** What the next table remembers of the log. */
  readonly logTail: Bytes | undefined;
  /** Brings the tree up to date, whether or not the root has room for more. */
  readonly flush: boolean;
}

/** What one transaction writes, and the table that stands when it has. */
export interface Commit {
  readonly writes: readonly Write[];
  readonly expected: readonly Expectation[];
  readonly next: RecordTable;
  /** How many rows it writes, twins not counted. */
  readonly written: number;
}

/**
 * The sealed table of live records (design §5): per record its tier, and number and digest of its rows, in a tree of
 * rows under one root. A row that is older, missing or moved differs from it; one that it does not know is never
 * read. A table is a value: committing makes the next one, and that it still stands is all a commit expects.
 */
export class RecordTable {
  readonly #store: BlindStore;
  readonly #memory: TableMemory;
  readonly #root: Root;
  /** The sealed root; undefined before the first commit. */
  readonly blob: Bytes | undefined;
  /** The record that the log goes on in; known where this worker put it. */
  readonly logTail: Bytes | undefined;

  private constructor(
    store: BlindStore,
    memory: TableMemory,
    { root, blob, logTail }: { readonly root: Root; readonly blob?: Bytes; readonly logTail?: Bytes | undefined },
  ) {
    this.#store = store;
    this.#memory = memory;
    this.#root = root;
    this.blob = blob;
    this.logTail = logTail;
  }

  /** The table of a vault that has no record yet. @param facts of a vault that is carried over from elsewhere */
  static empty(store: BlindStore, facts: Partial<RootFacts> = {}): RecordTable {
    const none = new Uint8Array(DIGEST);
    const root: Root = {
      facts: {
        ...{ schema: SCHEMA, counter: 0, previous: none, header: none, logHead: none, logState: new Uint8Array(0) },
        ...{ nextSerial: 1, rows: 0, records: 0, decoys: true, cursor: START },
        ...facts,
      },
      tree: EMPTY_TREE,
      pending: new Map(),
    };
    return new RecordTable(store, new TableMemory(root.facts.nextSerial), { root });
  }

  /**
   * Reads the root; nodes follow when asked for. Undefined when there is none.
   * @param before a table of the same vault, whose numbers are not used again
   * @throws SignetError vault_damaged
   */
  static async load(
    store: BlindStore,
    backend: StorageBackend,
    before?: RecordTable,
  ): Promise<RecordTable | undefined> {
    const blob = await backend.get('meta', ROOT_KEY);
    if (blob === undefined) return undefined;
    const root = decodeRoot(openRoot(store, blob), toHex);
    const memory = before === undefined ? new TableMemory(root.facts.nextSerial + SKIPPED) : before.#memory;
    return new RecordTable(store, memory, { root, blob });
  }

  get facts(): RootFacts {
    return this.#root.facts;
  }

  /** SHA-256 of the sealed root: what the anchor remembers. */
  get digest(): Bytes {
    return this.blob === undefined ? this.facts.previous : sha256(this.blob);
  }

  /** @param name 32 bytes @throws SignetError vault_damaged when a node is not the table's */
  async entry(name: Bytes): Promise<RecordEntry | undefined> {
    const pending = this.#root.pending.get(toHex(name));
    return pending === undefined ? findInTree(this.#root.tree, name, this.#load) : pending.entry;
  }

  /** A leaf's worth of entries from a position on. @throws SignetError vault_damaged */
  async leafAt(position: Position): Promise<LeafView> {
    const leaf = await leafAt(this.#root.tree, position, this.#load);
    const { end } = leaf;
    const pending = [...this.#root.pending.values()].filter(
      ({ name }) =>
        compareBytes(name, position, POSITION_LENGTH) >= 0 &&
        (end === undefined || compareBytes(name, end, POSITION_LENGTH) < 0),
    );
    const kept = leaf.entries.filter(({ name }) => !this.#root.pending.has(toHex(name)));
    const added = pending.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
    const entries = [...kept, ...added].sort((a, b) => compareBytes(a.name, b.name, NAME_LENGTH));
    return { ...leaf, entries };
  }

  /** Seals the changed records, the nodes this calls for, and the next root. Writes nothing itself. */
  async commit({ changes, news, logTail, flush }: TableChange): Promise<Commit> {
    const serial = Math.max(this.facts.nextSerial, this.#memory.spent);
    const rows = new RowBatch(this.#store, { twins: news.decoys ?? this.facts.decoys, serial });
    const pending = new Map(this.#root.pending);
    let { records } = this.facts;
    for (const change of changes) records += await this.#apply(change, pending, rows);
    const { tree } = this.#root;
    const full = flush || pending.size > pendingCapacity(tree);
    const grown = full ? await this.#graft([...pending.values()], rows) : tree;
    this.#memory.spent = rows.nextSerial;
    const facts: RootFacts = {
      ...this.facts,
      ...news,
      ...{ counter: this.facts.counter + 1, previous: this.digest, nextSerial: rows.nextSerial, records },
      rows: this.facts.rows + rows.growth,
    };
    const root: Root = { facts, tree: grown, pending: full ? new Map() : pending };
    const blob = await this.#store.sealRoot(encodeRoot(root));
    return {
      writes: [...rows.writes(), { store: 'meta', key: ROOT_KEY, value: blob }],
      expected: [{ store: 'meta', key: ROOT_KEY, value: this.blob }],
      next: new RecordTable(this.#store, this.#memory, { root, blob, logTail }),
      written: rows.written,
    };
  }

  /** How many records there are more. */
  async #apply(
    { name, tier, rows: plaintexts }: RecordChange,
    pending: Map<string, PendingChange>,
    rows: RowBatch,
  ): Promise<number> {
    const key = toHex(name);
    const inTree = await findInTree(this.#root.tree, name, this.#load);
    const known = pending.get(key);
    const old = known === undefined ? inTree : known.entry;
    if (old !== undefined) rows.drop(old);
    if (plaintexts !== undefined) pending.set(key, { name, entry: { name, tier, ...rows.add(tier, plaintexts) } });
    else if (inTree !== undefined) pending.set(key, { name, entry: undefined });
    else pending.delete(key);
    return (plaintexts === undefined ? 0 : 1) - (old === undefined ? 0 : 1);
  }

  #graft(changes: readonly PendingChange[], rows: RowBatch): Promise<Tree> {
    const wrote = (ref: NodeRef, node: Bytes): void => this.#memory.keep(ref, node);
    return graft(this.#root.tree, changes, { rows, load: this.#load, wrote });
  }

  readonly #load = async (ref: NodeRef, level: number): Promise<Bytes> => {
    const known = this.#memory.node(ref);
    if (known !== undefined) return known;
    const [node] = await this.#store.read(1, ref);
    if (node === undefined || levelOf(node) !== level) throw damaged('The vault’s table of records cannot be read.');
    this.#memory.keep(ref, node);
    return node;
  };
}

/** The format of the vault that this sealed root is of. @throws SignetError vault_damaged */
export const schemaOf = (store: BlindStore, blob: Bytes): number => schemaOfRoot(openRoot(store, blob));

function openRoot(store: BlindStore, blob: Bytes): Bytes {
  const plaintext = store.openRoot(blob);
  if (plaintext === undefined) throw damaged('The vault’s table of records does not open with the keys of this vault.');
  return plaintext;
}
