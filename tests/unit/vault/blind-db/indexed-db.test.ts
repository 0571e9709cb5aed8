import 'fake-indexeddb/auto';
import { deleteDB, openDB } from 'idb';
import { describe, expect, test, vi } from 'vitest';
import { utf8 } from '../../../../lib/core/index.ts';
import { indexedDbBackend } from '../../../../lib/platform/indexed-db.ts';
import { describeBackend } from '../../../fixtures/vault/backend-contract.ts';

const names = Array.from({ length: 100 }, (_, i) => `signet-test-${i}`);
const freshName = (): string => names.pop() ?? 'signet-test-last';

describeBackend('IndexedDB', () => indexedDbBackend(freshName()));

describe('IndexedDB', () => {
  test('keeps rows for the next worker', async () => {
    const name = freshName();
    await indexedDbBackend(name).batch([{ store: 'meta', key: 'a', value: utf8('x') }], []);
    expect(await indexedDbBackend(name).get('meta', 'a')).toEqual(utf8('x'));
  });

  test('has three stores and no column, index or key path', async () => {
    const name = freshName();
    await indexedDbBackend(name).count('meta');
    const database = await openDB(name);
    expect([...database.objectStoreNames]).toEqual(['meta', 'records', 'requests']);
    for (const store of database.objectStoreNames) {
      const { keyPath, indexNames } = database.transaction(store).store;
      expect([keyPath, [...indexNames]]).toEqual([null, []]);
    }
    database.close();
  });

  test('opens again when its connection had to make room', async () => {
    const name = freshName();
    const backend = indexedDbBackend(name);
    await backend.batch([{ store: 'meta', key: 'a', value: utf8('x') }], []);
    await deleteDB(name);
    await backend.batch([{ store: 'meta', key: 'b', value: utf8('y') }], []);
    expect(await backend.get('meta', 'b')).toEqual(utf8('y'));
  });

  test('says storage_failed when the database cannot be opened, and writes nothing', async () => {
    const name = freshName();
    (await openDB(name, 2)).close();
    const backend = indexedDbBackend(name);
    const write = backend.batch([{ store: 'meta', key: 'a', value: utf8('x') }], []);
    await expect(write).rejects.toMatchObject({ reason: 'storage_failed' });
    await expect(backend.get('meta', 'a')).rejects.toMatchObject({ reason: 'storage_failed' });
  });

  test('reads rows that are asked for together in one transaction, and each gets its own', async () => {
    const backend = indexedDbBackend(freshName());
    const keys = Array.from({ length: 50 }, (_, i) => Uint8Array.of(i));
    const writes = keys.map((key) => ({ store: 'records' as const, key, value: utf8(`row ${key[0]}`) }));
    await backend.batch([...writes, { store: 'meta', key: 'a', value: utf8('meta') }], []);
    const opened = vi.spyOn(IDBDatabase.prototype, 'transaction');
    const [meta, none, ...rows] = await Promise.all([
      backend.get('meta', 'a'),
      backend.get('records', Uint8Array.of(99)),
      ...keys.map((key) => backend.get('records', key)),
    ]);
    expect(opened).toHaveBeenCalledTimes(1);
    opened.mockRestore();
    expect([meta, none]).toEqual([utf8('meta'), undefined]);
    expect(rows).toEqual(writes.map(({ value }) => value));
  });

  test('a row that is asked for while others are read, or after they could not be, is read too', async () => {
    const backend = indexedDbBackend(freshName());
    await backend.batch([{ store: 'meta', key: 'a', value: utf8('x') }], []);
    const first = backend.get('meta', 'a');
    await Promise.resolve();
    await Promise.resolve();
    expect(await Promise.all([first, backend.get('meta', 'a')])).toEqual([utf8('x'), utf8('x')]);
    const opening = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => {
      throw new DOMException('broken', 'UnknownError');
    });
    await expect(backend.get('meta', 'a')).rejects.toMatchObject({ reason: 'storage_failed' });
    opening.mockRestore();
    expect(await backend.get('meta', 'a')).toEqual(utf8('x'));
  });

  test('a write that the database refuses takes the whole batch with it', async () => {
    const backend = indexedDbBackend(freshName());
    const strange = { store: 'meta', key: {} as string, value: utf8('y') } as const; // a key that no database takes
    const batch = backend.batch([{ store: 'meta', key: 'a', value: utf8('x') }, strange], []);
    await expect(batch).rejects.toMatchObject({ reason: 'storage_failed' });
    expect(await backend.count('meta')).toBe(0);
  });

  test('a full disk in the middle of a batch leaves the state before it, and says that there is no room', async () => {
    const backend = indexedDbBackend(freshName());
    await backend.batch([{ store: 'meta', key: 'a', value: utf8('before') }], []);
    const put = vi.spyOn(IDBObjectStore.prototype, 'put');
    put.mockImplementationOnce(function (this: IDBObjectStore, ...args) {
      put.mockImplementationOnce(() => {
        throw new DOMException('full', 'QuotaExceededError');
      });
      return this.add(...args);
    });
    const writes = ['b', 'c'].map((key) => ({ store: 'meta' as const, key, value: utf8('after') }));
    await expect(backend.batch(writes, [])).rejects.toMatchObject({
      reason: 'storage_failed',
      message: expect.stringContaining('no room') as string,
    });
    put.mockRestore();
    expect(await backend.entries('meta')).toEqual([['a', utf8('before')]]);
  });
});
