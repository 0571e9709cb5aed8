import { equalBytes } from '../../../core/index.ts';
import { anchorOf, checkAnchor } from '../anchor.ts';
import { damaged } from '../../damage.ts';
import { headerDigest, upgradeHeader } from '../../keys/header.ts';
import { ANCHOR_KEY, HEADER_KEY } from '../../places.ts';
import { toRows } from '../rows.ts';
import type { Write } from '../storage-backend.ts';
import { RecordTable } from '../table/index.ts';
import type { Migrated, Migrating } from './migration.ts';
import { readSchema1 } from './schema-1.ts';

/**
 * From rows that stay under the id of their name to rows that are written once, all alike: every record is sealed
 * anew and every old row deleted in one batch, which stands or does not. The log's records go along as they are.
 */
export async function from1To2({ stores, keys, store, header }: Migrating): Promise<Migrated | undefined> {
  const { backend, local } = stores;
  const first = await readSchema1(backend, keys);
  if (first === undefined) return undefined;
  const anchor = checkAnchor(keys.audit, await local.get(ANCHOR_KEY), first);
  if (header !== undefined && !equalBytes(headerDigest(header), first.facts.header)) {
    throw damaged('The vault’s header is not the one Signet last wrote: an older or altered one was put in its place.');
  }
  const upgraded = header === undefined ? undefined : upgradeHeader(header);
  const table = RecordTable.empty(store, {
    ...first.facts,
    previous: first.digest,
    ...(upgraded === undefined ? {} : { header: headerDigest(upgraded) }),
  });
  const { writes, expected, next } = await table.commit({
    changes: first.records.map(({ address, tier, bytes }) => ({
      ...{ name: store.nameOf(address), tier, rows: toRows(address, bytes) },
    })),
    news: {},
    logTail: undefined,
    flush: true,
  });
  const old = await oldRows(backend);
  const stored = await backend.get('meta', HEADER_KEY);
  if (anchor !== 'stands') await local.set(ANCHOR_KEY, anchorOf(keys.audit, first));
  await backend.batch(
    [
      ...old,
      ...writes,
      ...(upgraded === undefined ? [] : [{ store: 'meta', key: HEADER_KEY, value: upgraded } as const]),
    ],
    [...expected, { store: 'records', ...first.root }, { store: 'meta', key: HEADER_KEY, value: stored }],
  );
  await local.set(ANCHOR_KEY, anchorOf(keys.audit, next));
  return { anchor, header: upgraded };
}

async function oldRows(backend: Migrating['stores']['backend']): Promise<readonly Write[]> {
  const rows = await backend.entries('records');
  return rows.map(([key]) => ({ store: 'records', key, value: undefined }));
}
