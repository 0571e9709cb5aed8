import type { Position, RecordEntry, RecordTable } from './table/index.ts';
import { START } from './table/index.ts';

/** A leaf's worth of a table. */
export type Leaf = Awaited<ReturnType<RecordTable['leafAt']>>;

/**
 * Goes through a table leaf by leaf, in the order of name ids; what is held is one leaf.
 * @param read the leaf at a position: of one table, or of whichever stands at the time
 */
export async function* leavesOf(read: (position: Position) => Promise<Leaf>): AsyncGenerator<Leaf> {
  for (let position: Position | undefined = START; position !== undefined;) {
    const leaf: Leaf = await read(position);
    yield leaf;
    position = leaf.end;
  }
}

/** Every entry of a table. */
export async function* entriesOf(table: RecordTable): AsyncGenerator<RecordEntry> {
  for await (const { entries } of leavesOf((position) => table.leafAt(position))) yield* entries;
}
