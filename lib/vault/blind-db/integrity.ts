import type { Bytes } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import type { BlindStore, RowSpan } from './blind-store.ts';
import { damaged } from '../damage.ts';
import { ROW_FORMAT, ROW_LENGTH } from './envelope.ts';
import { RowIdSet } from './row-id-set.ts';
import type { StorageBackend } from './storage-backend.ts';
import type { Position, RecordEntry, RecordTable } from './table/index.ts';
import { leavesOf } from './walk.ts';

const PAGE = 512;

/** What walking every row found. */
export interface IntegrityReport {
  /** Rows that there are, strangers included. */
  readonly rows: number;
  /** Rows that should be there and are not. */
  readonly missing: number;
  /** Rows that are not what Signet last wrote. */
  readonly altered: number;
  /** Rows that this vault did not write, or had deleted. Not told, and 0, where the table itself is damaged. */
  readonly strangers: number;
}

/** @param done rows looked at @param total rows that there were at the start */
export type OnProgress = (done: number, total: number) => void;

/** What an open vault lends to a walk over all its rows, beside which it goes on working. */
export interface WalkedVault {
  readonly store: BlindStore;
  readonly backend: StorageBackend;
  /** Notes from now on each row that is written or deleted, until disposed. */
  readonly watch: () => Promise<{ readonly touched: RowIdSet } & Disposable>;
  /** Reads with the table that stands. */
  readonly read: <T>(question: (table: RecordTable) => Promise<T>) => Promise<T>;
  /** Runs while nothing is written. */
  readonly still: <T>(work: () => Promise<T>) => Promise<T>;
}

/**
 * Compares every row with the table, and removes strangers where asked to.
 * @throws SignetError vault_damaged when strangers are to be removed and the table is too damaged to tell them
 */
export async function walkRows(
  vault: WalkedVault,
  { remove, onProgress }: { readonly remove: boolean; readonly onProgress?: OnProgress | undefined },
): Promise<IntegrityReport> {
  using watch = await vault.watch();
  const total = await vault.backend.count('records');
  const known = await listKnown(vault, (done) => onProgress?.(done, total));
  if (remove && !known.whole) throw damaged('The vault’s table of records is damaged: nothing was removed.');
  const seen = await compareStored(vault, { known, touched: watch.touched, remove });
  onProgress?.(total, total);
  return {
    rows: await vault.backend.count('records'),
    missing: seen.missing,
    altered: known.altered + seen.altered,
    strangers: known.whole && !remove ? seen.strangers : 0,
  };
}

interface Known {
  readonly rows: RowIdSet;
  readonly twins: RowIdSet;
  readonly altered: number;
  /** Whether every node could be read. */
  readonly whole: boolean;
}

/** The ids that the table names, each record opened on the way. */
async function listKnown(vault: WalkedVault, onProgress: (done: number) => void): Promise<Known> {
  const [rows, twins] = [new RowIdSet(), new RowIdSet()];
  let altered = 0;
  const note = (span: RowSpan): void => {
    for (const id of vault.store.rowIds(span)) rows.add(id);
    for (const id of vault.store.twinIds(span)) twins.add(id);
  };
  try {
    const read = (position: Position) => vault.read((table) => table.leafAt(position));
    for await (const { entries, nodes } of leavesOf(read)) {
      nodes.forEach(note);
      for (const entry of entries) {
        note(entry);
        altered += await alteredRows(vault, entry);
      }
      onProgress(rows.size + twins.size);
    }
  } catch (error) {
    if (SignetError.from(error).reason !== 'vault_damaged') throw error;
    return { rows, twins, altered: altered + 1, whole: false };
  }
  return { rows, twins, altered, whole: true };
}

/** How many of a record's rows do not open; those that are not there are counted elsewhere. */
async function alteredRows(vault: WalkedVault, { name }: RecordEntry): Promise<number> {
  return vault.read(async (table) => {
    const entry = await table.entry(name);
    if (entry === undefined) return 0;
    try {
      await vault.store.read(entry.tier, entry);
      return 0;
    } catch (error) {
      if (SignetError.from(error).reason !== 'vault_damaged') throw error;
      const there = await Promise.all(vault.store.rowIds(entry).map((id) => vault.backend.get('records', id)));
      return there.includes(undefined) ? 0 : 1;
    }
  });
}

interface Seen {
  readonly missing: number;
  readonly altered: number;
  readonly strangers: number;
}

async function compareStored(
  { backend, still }: WalkedVault,
  { known, touched, remove }: { readonly known: Known; readonly touched: RowIdSet; readonly remove: boolean },
): Promise<Seen> {
  const found = new RowIdSet();
  let [altered, strangers] = [0, 0];
  for (let after: Bytes | undefined, more = true; more;) {
    const page = await backend.page('records', { ...(after === undefined ? {} : { after }), limit: PAGE });
    const unknown: Bytes[] = [];
    for (const [id, row] of page) {
      if (known.rows.has(id)) found.add(id);
      else if (known.twins.has(id)) {
        found.add(id);
        altered += looksLikeARow(row) ? 0 : 1;
      } else unknown.push(id);
    }
    // what was written since the start is known here, because nothing is written now
    strangers += unknown.length === 0 ? 0 : await still(() => judge(backend, unknown, { touched, remove }));
    after = page.at(-1)?.[0];
    more = page.length === PAGE;
  }
  return still(() => {
    let missing = 0;
    for (const set of [known.rows, known.twins]) {
      for (const id of set) if (!found.has(id) && !touched.has(id)) missing += 1;
    }
    return Promise.resolve({ missing, altered, strangers });
  });
}

const looksLikeARow = (row: Bytes): boolean => row.length === ROW_LENGTH && row[0] === ROW_FORMAT;

async function judge(
  backend: StorageBackend,
  ids: readonly Bytes[],
  { touched, remove }: { readonly touched: RowIdSet; readonly remove: boolean },
): Promise<number> {
  const strangers = ids.filter((id) => !touched.has(id));
  if (remove && strangers.length > 0) {
    await backend.batch(
      strangers.map((key) => ({ store: 'records', key, value: undefined })),
      [],
    );
  }
  return strangers.length;
}
