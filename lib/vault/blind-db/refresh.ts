import type { Bytes } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import type { BlindStore } from './blind-store.ts';
import type { Position, RecordChange, RecordEntry, RecordTable } from './table/index.ts';
import { POSITION_LENGTH, START, compareBytes } from './table/index.ts';

/** How many rows one pass moves at most: in a vault of fewer, all of them. */
export const REFRESH_BUDGET = 2048;

/** How many rows of records one transaction of a pass moves, but for a single record of more. */
const ROWS_AT_ONCE = 128;

/** What one transaction of a pass does. */
export interface Move {
  readonly changes: readonly RecordChange[];
  /** False when everything here is new already. */
  readonly due: boolean;
  /** Where the pass goes on; undefined at the end of the table. */
  readonly end: Position | undefined;
}

/**
 * Takes up records from a position on, to be written into new rows: the owner's own hand, so that copies of the
 * database taken before and after have no row in common. A record that is damaged stays where it is.
 * @param before moves rows of lower numbers alone
 */
export async function takeUp(
  store: BlindStore,
  table: RecordTable,
  { position, before }: { readonly position: Position; readonly before: number },
): Promise<Move> {
  const { entries, nodes, end } = await table.leafAt(position);
  const changes: RecordChange[] = [];
  let rows = 0;
  for (const entry of entries) {
    if (entry.serial >= before) continue;
    if (rows > 0 && rows + entry.parts > ROWS_AT_ONCE) {
      return { changes, due: true, end: entry.name.slice(0, POSITION_LENGTH) };
    }
    const plaintexts = await readUnlessDamaged(store, entry);
    if (plaintexts === undefined) continue;
    changes.push({ name: entry.name, tier: entry.tier, rows: plaintexts });
    rows += entry.parts;
  }
  return { changes, due: changes.length > 0 || nodes.some(({ serial }) => serial < before), end };
}

async function readUnlessDamaged(store: BlindStore, entry: RecordEntry): Promise<readonly Bytes[] | undefined> {
  try {
    return await store.read(entry.tier, entry);
  } catch (error) {
    if (SignetError.from(error).reason === 'vault_damaged') return undefined; // reading it says so, and `check`
    throw error;
  }
}

/** Once round the table, from where the pass before stopped: the positions to go on from, until it is round. */
export class Round {
  readonly #start: Position;
  #wrapped = false;
  position: Position;

  constructor(start: Position) {
    this.#start = start;
    this.position = start;
  }

  /** Whether the round is over once what ends here was moved. */
  advance(end: Position | undefined): boolean {
    this.#wrapped ||= end === undefined;
    this.position = end ?? START;
    return this.#wrapped && compareBytes(this.position, this.#start, POSITION_LENGTH) >= 0;
  }
}
