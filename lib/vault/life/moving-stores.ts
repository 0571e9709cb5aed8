import type { Bytes, Json } from '../../core/index.ts';
import { equalBytes, utf8 } from '../../core/index.ts';
import type { KeyValue } from '../key-value.ts';
import { mirrorHeader } from './mirror.ts';
import type { VaultStores } from '../blind-db/open-vault.ts';
import { ANCHOR_KEY, HEADER_KEY } from '../places.ts';
import type {
  Entry,
  Expectation,
  Location,
  PageOptions,
  StorageBackend,
  StoreKeys,
  StoreName,
  Write,
} from '../blind-db/storage-backend.ts';
import { ROOT_KEY } from '../blind-db/table/index.ts';

/** Where `meta` says how far a move has come. */
const MARKER_KEY = 'moving';

const META_PREFIX = 'moving/';
const LOCAL_PREFIX = 'moving.';

/**
 * `building`: the new vault's rows are being written beside the old one's; the old vault stands. `moved`: the new
 * vault stands; its anchor is still beside. `sweeping`: rows of the vault that does not stand have to go, which takes
 * the keys of the one that does.
 */
export type MoveState = 'building' | 'moved' | 'sweeping';

const MARKERS: Readonly<Record<MoveState, Bytes>> = {
  building: utf8('{"state":"building"}'),
  moved: utf8('{"state":"moved"}'),
  sweeping: utf8('{"state":"sweeping"}'),
};

/** How far a move has come; undefined when there is none. What is no marker of ours is swept: that harms nothing. */
export async function moveState({ backend }: Pick<VaultStores, 'backend'>): Promise<MoveState | undefined> {
  const stored = await backend.get('meta', MARKER_KEY);
  if (stored === undefined) return undefined;
  return (['building', 'moved'] as const).find((state) => equalBytes(stored, MARKERS[state])) ?? 'sweeping';
}

/** A row that says how far a move has come. */
export const markerWrite = (state: MoveState | undefined) =>
  ({ store: 'meta', key: MARKER_KEY, value: state === undefined ? undefined : MARKERS[state] }) as const;

/**
 * The stores as the vault sees them that is being built: the same records, but root, header and anchor in places of
 * its own, so that those of the vault that stands stay as they are.
 */
export const movingStores = ({ backend, local }: VaultStores): VaultStores => ({
  backend: new BesideBackend(backend),
  local: besideKeyValue(local),
});

/** The rows that put the built vault into the place of the one that stands: header and root move over. */
export async function swapWrites(
  { backend }: VaultStores,
  standing: { readonly header: Bytes | undefined },
): Promise<{ writes: readonly Write[]; expected: readonly Expectation[] }> {
  const built = await backend.entries('meta').then((rows) => rows.filter(([key]) => key.startsWith(META_PREFIX)));
  const root = await backend.get('meta', ROOT_KEY);
  return {
    writes: [
      ...built.map(([key, value]) => ({ store: 'meta', key: key.slice(META_PREFIX.length), value }) as const),
      ...built.map(([key]) => ({ store: 'meta', key, value: undefined }) as const),
      markerWrite('moved'),
    ],
    expected: [
      ...built.map(([key, value]) => ({ store: 'meta', key, value }) as const),
      { store: 'meta', key: HEADER_KEY, value: standing.header },
      { store: 'meta', key: ROOT_KEY, value: root },
      markerWrite('building'),
    ],
  };
}

/**
 * Finishes, or undoes, what a move left when its worker died; takes no key. What was being built loses its header
 * and root; what stands gets its anchor and mirror. Rows nobody knows are left for `sweeping`.
 */
export async function settleMove(stores: VaultStores): Promise<void> {
  const { backend, local } = stores;
  const state = await moveState(stores);
  if (state !== 'building' && state !== 'moved') return;
  const beside = (await backend.entries('meta')).filter(([key]) => key.startsWith(META_PREFIX));
  if (state === 'moved') await takeAnchorOver(stores);
  await local.remove(LOCAL_PREFIX + ANCHOR_KEY);
  await backend.batch(
    [...beside.map(([key]) => ({ store: 'meta', key, value: undefined }) as const), markerWrite('sweeping')],
    [markerWrite(state)],
  );
}

async function takeAnchorOver(stores: VaultStores): Promise<void> {
  const anchor = await stores.local.get(LOCAL_PREFIX + ANCHOR_KEY);
  if (anchor !== undefined) await stores.local.set(ANCHOR_KEY, anchor);
  const header = await stores.backend.get('meta', HEADER_KEY);
  if (header !== undefined) await mirrorHeader(stores, header);
}

/** Every key of what is being built, so that erasing takes it too. */
export const BESIDE = { header: META_PREFIX + HEADER_KEY, anchor: LOCAL_PREFIX + ANCHOR_KEY } as const;

function besideKeyValue(local: KeyValue): KeyValue {
  return {
    get: (key) => local.get(LOCAL_PREFIX + key),
    set: (key, value: Json) => local.set(LOCAL_PREFIX + key, value),
    remove: (key) => local.remove(LOCAL_PREFIX + key),
  };
}

/** A backend whose `meta` lies beside that of another; its records lie among the other's. */
class BesideBackend implements StorageBackend {
  readonly #backend: StorageBackend;

  constructor(backend: StorageBackend) {
    this.#backend = backend;
  }

  get<S extends StoreName>(store: S, key: StoreKeys[S]): Promise<Bytes | undefined> {
    return this.#backend.get(store, besideKey(store, key));
  }

  async entries<S extends StoreName>(store: S): Promise<readonly Entry<S>[]> {
    const rows = await this.#backend.entries(store);
    return rows.flatMap(([key, value]) => {
      const own = ownKey(store, key);
      return own === undefined ? [] : [[own, value] as const];
    });
  }

  async page<S extends StoreName>(store: S, { after, limit }: PageOptions<S>): Promise<readonly Entry<S>[]> {
    if (store === 'records') return this.#backend.page(store, { limit, ...(after === undefined ? {} : { after }) });
    const rows = await this.entries(store);
    return rows.filter(([key]) => after === undefined || key > after).slice(0, limit);
  }

  async count(store: StoreName): Promise<number> {
    return store === 'records' ? this.#backend.count(store) : (await this.entries(store)).length;
  }

  batch(writes: readonly Write[], expected: readonly Expectation[]): Promise<void> {
    const beside = <T extends Location>(row: T): T => ({ ...row, key: besideKey(row.store, row.key) });
    return this.#backend.batch(writes.map(beside), expected.map(beside));
  }
}

function besideKey<S extends StoreName>(store: S, key: StoreKeys[S]): StoreKeys[S] {
  return store === 'meta' ? (`${META_PREFIX}${String(key)}` as StoreKeys[S]) : key; // a text is the key of that store
}

function ownKey<S extends StoreName>(store: S, key: StoreKeys[S]): StoreKeys[S] | undefined {
  if (store !== 'meta') return key;
  const text = String(key);
  return text.startsWith(META_PREFIX) ? (text.slice(META_PREFIX.length) as StoreKeys[S]) : undefined; // as above
}
