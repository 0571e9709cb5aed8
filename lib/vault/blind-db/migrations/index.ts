import { SCHEMA } from '../../keys/header.ts';
import { ROOT_KEY, schemaOf } from '../table/index.ts';
import { from1To2 } from './from-1-to-2.ts';
import type { Migrated, Migrating, Migration } from './migration.ts';

export { isSchema1 } from './schema-1.ts';

/** The step that leaves each format, by its number. */
const STEPS: ReadonlyMap<number, Migration> = new Map([[1, from1To2]]);

/**
 * Brings a vault to the format of this code, step by step; a worker that died on the way goes on where it was. What a
 * newer Signet wrote is left as it is.
 * @returns undefined when there was nothing to do
 * @throws SignetError `vault_damaged`, `storage_failed`
 */
export async function migrate(vault: Migrating): Promise<Migrated | undefined> {
  let done: Migrated | undefined;
  for (let schema = await storedSchema(vault); schema < SCHEMA; schema++) {
    const { header } = done ?? vault;
    const step = await STEPS.get(schema)?.({ ...vault, header });
    if (step !== undefined) done = { anchor: done?.anchor ?? step.anchor, header: step.header };
  }
  return done;
}

async function storedSchema({ stores, store }: Migrating): Promise<number> {
  const root = await stores.backend.get('meta', ROOT_KEY);
  return root === undefined ? 1 : schemaOf(store, root);
}
