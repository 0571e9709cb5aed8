import { equalBytes } from '../../core/index.ts';
import type { AnchorStanding } from './anchor.ts';
import { checkAnchor } from './anchor.ts';
import type { BlindStore } from './blind-store.ts';
import { damaged } from '../damage.ts';
import type { KeyValue } from '../key-value.ts';
import type { VaultKeys } from '../keys/key-tree.ts';
import { ANCHOR_KEY } from '../places.ts';
import type { StorageBackend } from './storage-backend.ts';
import { ROOT_KEY, RecordTable } from './table/index.ts';

interface AnchoredStores {
  readonly backend: StorageBackend;
  readonly local: KeyValue;
}

/** A table, and how the anchor stood to it when it was read. */
export interface Anchored {
  readonly table: RecordTable;
  readonly anchor: AnchorStanding;
}

/**
 * The table and its anchor, which another worker may move up between the one look and the other. Undefined when there
 * is no table.
 * @param before a table of the same vault, whose numbers are not used again
 * @throws SignetError vault_damaged
 */
export async function loadAnchored(
  { backend, local }: AnchoredStores,
  keys: VaultKeys,
  store: BlindStore,
  before?: RecordTable,
): Promise<Anchored | undefined> {
  for (;;) {
    const table = await RecordTable.load(store, backend, before);
    if (table === undefined) return undefined;
    try {
      return { table, anchor: checkAnchor(keys.audit, await local.get(ANCHOR_KEY), table) };
    } catch (error) {
      if (await isStored(table, backend)) throw error;
    }
  }
}

/** @throws SignetError vault_damaged */
export function assertThere(found: Anchored | undefined): Anchored {
  if (found === undefined) throw damaged('The vault’s table of records is missing.');
  return found;
}

/** Whether this is the table that the database holds. */
export async function isStored({ blob }: RecordTable, backend: StorageBackend): Promise<boolean> {
  const stored = await backend.get('meta', ROOT_KEY);
  return stored === undefined || blob === undefined ? stored === blob : equalBytes(stored, blob);
}
