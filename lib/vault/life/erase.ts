import type { Bytes } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import type { Found } from './boot.ts';
import { ERASED, findVault } from './boot.ts';
import { BESIDE } from './moving-stores.ts';
import type { VaultStores } from '../blind-db/open-vault.ts';
import { ANCHOR_KEY, HEADER_KEY, MARK_KEY, MIRROR_KEY, SESSION_BLOB_KEY } from '../places.ts';
import type { Expectation, StoreName, Write } from '../blind-db/storage-backend.ts';

/** Rows that go in one batch: few enough that none takes long. */
const SLICE = 512;

/**
 * Takes everything that opens the vault, wraps first: the header with the wraps of password and passkeys, the blob of
 * the session, the mirror; and with the wraps the requests of until then. When it resolves nothing opens the rows any
 * more, and that was looked at; they themselves go with `finishClearing`, which leaves alone the requests that come
 * meanwhile: somebody waits for them.
 * @throws SignetError storage_failed when something that opens the vault is still there
 */
export async function eraseKeys(stores: VaultStores): Promise<void> {
  const { backend, local } = stores;
  const requests = await backend.entries('requests');
  await backend.batch(
    [
      ...requests.map(([key]) => ({ store: 'requests', key, value: undefined }) as const),
      { store: 'meta', key: HEADER_KEY, value: ERASED },
      { store: 'meta', key: SESSION_BLOB_KEY, value: undefined },
      { store: 'meta', key: BESIDE.header, value: undefined },
      { store: 'meta', key: MARK_KEY, value: undefined },
    ],
    [],
  );
  await local.remove(MIRROR_KEY);
  await assertNothingOpens(stores);
}

async function assertNothingOpens(stores: VaultStores): Promise<void> {
  const { kind } = await findVault(stores);
  const mirror = await stores.local.get(MIRROR_KEY);
  const blob = await stores.backend.get('meta', SESSION_BLOB_KEY);
  if (kind === 'clearing' && mirror === undefined && blob === undefined) return;
  throw new SignetError('storage_failed', 'The keys of the vault are still there. Erasing did not finish: try again.');
}

/**
 * Removes what is left of an erased vault, or of a restore that died; harmless when repeated, and goes on where a
 * worker died. The marker in the header's place goes with the last row.
 */
export async function finishClearing(stores: VaultStores, { stored }: Extract<Found, { kind: 'clearing' }>) {
  await stores.local.remove(MIRROR_KEY);
  await stores.local.remove(ANCHOR_KEY);
  await stores.local.remove(BESIDE.anchor);
  await clearStore(stores, 'records', stored);
  await clearStore(stores, 'meta', stored);
}

async function clearStore({ backend }: VaultStores, store: StoreName, marker: Bytes): Promise<void> {
  const expected: readonly Expectation[] = [{ store: 'meta', key: HEADER_KEY, value: marker }];
  for (;;) {
    const rows = await backend.page(store, { limit: SLICE });
    const rest = rows.filter(([key]) => key !== HEADER_KEY);
    if (rest.length === 0) break;
    await backend.batch(
      rest.map(([key]) => ({ store, key, value: undefined }) as Write),
      expected,
    ); // the store's own keys
  }
  if (store === 'meta') await backend.batch([{ store: 'meta', key: HEADER_KEY, value: undefined }], expected);
}
