import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Bytes } from '../../../../lib/core/index.ts';
import { SignetError, fromUtf8, utf8 } from '../../../../lib/core/index.ts';
import type { Address, OpenVault, Tier, VaultTx } from '../../../../lib/vault/index.ts';
import { Collection, MAX_RECORD_LENGTH } from '../../../../lib/vault/index.ts';
import { MARK, Machine, PASSWORD, putRecord } from '../../../fixtures/vault/machine.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 20);
const A: Address = { label: 'data/a', index: 0 };

const origin = new Machine();
let machine: Machine;
let vault: OpenVault;

beforeAll(async () => {
  await origin.worker().create({ password: PASSWORD, mark: MARK });
});

beforeEach(async () => {
  machine = await origin.fork();
  vault = await machine.worker().open();
});

const put = (text: string, tier: Tier = 1): Promise<void> => putRecord(vault, A, utf8(text), tier);
const read = async (tier: Tier = 1): Promise<string | undefined> => {
  const bytes = await vault.get(A, tier);
  return bytes && fromUtf8(bytes);
};

describe('a transaction', () => {
  test('writes nothing when its work throws', async () => {
    const rows = await machine.backend.entries('records');
    const work = vault.transact((tx) => {
      tx.put(A, 1, utf8('half'));
      tx.raw({ store: 'requests', key: 'r', value: utf8('half') });
      return Promise.reject(new Error('no'));
    });
    await expect(work).rejects.toThrow('no');
    expect(await machine.backend.entries('records')).toEqual(rows);
    expect(await machine.backend.count('requests')).toBe(0);
    expect(await read()).toBeUndefined();
  });

  test('sees what it staged itself, and others do not before it is done', async () => {
    await vault.transact(async (tx) => {
      tx.put(A, 1, utf8('staged'));
      expect(await tx.get(A, 1)).toEqual(utf8('staged'));
      expect(await tx.tierOf(A)).toBe(1);
      expect(await vault.get(A, 1)).toBeUndefined();
      await tx.delete(A);
      expect(await tx.get(A, 1)).toBeUndefined();
      tx.put(A, 1, utf8('final'));
    });
    expect(await read()).toBe('final');
  });

  test('two at once run one after the other and lose nothing', async () => {
    await put('0');
    const increment = (): Promise<void> =>
      vault.transact(async (tx) => {
        const count = Number(fromUtf8((await tx.get(A, 1)) ?? utf8('')));
        tx.put(A, 1, utf8(String(count + 1)));
      });
    await Promise.all(Array.from({ length: 20 }, increment));
    expect(await read()).toBe('20');
  });

  test('goes on after one that failed', async () => {
    const failing = vault.transact(() => Promise.reject(new Error('no')));
    const following = put('after');
    await expect(failing).rejects.toThrow('no');
    await following;
    expect(await read()).toBe('after');
  });

  test('reads beside it find the old value or the new one, and no damage', async () => {
    await put('0');
    const writes = Array.from({ length: 30 }, (_, i) => put(String(i)));
    const reads = Array.from({ length: 100 }, () => read());
    expect((await Promise.all(reads)).every((text) => Number.isInteger(Number(text)))).toBe(true);
    await Promise.all(writes);
  });

  test('writes rows of other stores with it, or not at all when one of them changed', async () => {
    const key = 'request-1';
    await vault.transact((tx) => {
      tx.raw({ store: 'requests', key, value: utf8('waiting') });
      return Promise.resolve();
    });
    const stale = vault.transact((tx) => {
      tx.put(A, 1, utf8('answered'));
      tx.expect({ store: 'requests', key, value: utf8('other') });
      tx.raw({ store: 'requests', key, value: undefined });
      return Promise.resolve();
    });
    await expect(stale).rejects.toMatchObject({ reason: 'changed' });
    expect(await read()).toBeUndefined();
    expect(await machine.backend.get('requests', key)).toEqual(utf8('waiting'));
    await put('works on');
    expect(await read()).toBe('works on');
  });

  test('of a second worker that wrote meanwhile makes the first fail, and then see', async () => {
    const second = await machine.worker().open();
    await putRecord(second, A, utf8('theirs'));
    await expect(put('mine')).rejects.toMatchObject({ reason: 'changed' });
    expect(await read()).toBe('theirs');
  });

  test('moves a record to another tier, and reads it at that tier alone', async () => {
    await put('one');
    await put('two', 2);
    expect(await vault.tierOf(A)).toBe(2);
    expect(await read(2)).toBe('two');
    await expect(read(1)).rejects.toMatchObject({ reason: 'internal' });
  });

  test('inserts a record where there is none, and nowhere else', async () => {
    const insert = (text: string): Promise<void> => vault.transact((tx) => tx.insertUnique(A, 1, utf8(text)));
    await insert('first');
    await expect(insert('second')).rejects.toMatchObject({ reason: 'changed' });
    const twice = vault.transact(async (tx) => {
      await tx.insertUnique({ ...A, index: 1 }, 1, utf8('x'));
      await tx.insertUnique({ ...A, index: 1 }, 2, utf8('y'));
    });
    await expect(twice).rejects.toMatchObject({ reason: 'changed' });
    await vault.transact(async (tx) => {
      await tx.delete(A);
      await tx.insertUnique(A, 2, utf8('again'));
    });
    expect(await read(2)).toBe('again');
  });

  test('swaps a record while it is what was expected: inserts, updates, deletes, and refuses', async () => {
    const swap = (from: string | undefined, to: string | undefined): Promise<void> =>
      vault.compareAndSwap(A, 1, from === undefined ? from : utf8(from), to === undefined ? to : utf8(to));
    await swap(undefined, 'one');
    await expect(swap(undefined, 'two')).rejects.toMatchObject({ reason: 'changed' });
    await expect(swap('other', 'two')).rejects.toMatchObject({ reason: 'changed' });
    await swap('one', 'two');
    expect(await read()).toBe('two');
    await Promise.allSettled([swap('two', 'left'), swap('two', 'right')]);
    expect(await read()).toBe('left');
    await swap('left', undefined);
    expect(await read()).toBeUndefined();
    await expect(swap('left', 'three')).rejects.toMatchObject({ reason: 'changed' });
  });

  test('that another worker outran while it read says that the data changed, and the next one sees it', async () => {
    await put('before');
    const other = await machine.worker().open();
    const outrun = vault.transact(async (tx) => {
      await putRecord(other, A, utf8('theirs'));
      tx.put(A, 1, utf8(`${fromUtf8((await tx.get(A, 1)) ?? utf8(''))} and mine`));
    });
    await expect(outrun).rejects.toMatchObject({ reason: 'changed' });
    expect(await read()).toBe('theirs');
  });

  test('that finds damage, and was outrun by nobody, says damage', async () => {
    await put('before');
    const { rows } = await vault.locate(A);
    await machine.backend.batch(
      rows.map((key) => ({ store: 'records', key, value: undefined })),
      [],
    );
    const other = await machine.worker().open(); // the first still has the row in memory
    await expect(other.transact((tx) => tx.get(A, 1))).rejects.toMatchObject({ reason: 'vault_damaged' });
    await expect(vault.get(A, 1)).rejects.toMatchObject({ reason: 'vault_damaged' });
  });

  describe('that rests on rows in memory, while another worker wrote others', () => {
    const side = { store: 'requests', key: 'request-1', value: utf8('waiting') } as const;

    beforeEach(async () => {
      await put('mine');
      await putRecord(await machine.worker().open(), A, utf8('theirs'));
    });

    test.each<[string, (tx: VaultTx) => unknown]>([
      ['and writes nothing', () => undefined],
      ['and writes a record', (tx) => tx.put({ ...A, index: 1 }, 1, utf8('other'))],
      ['and writes to another store', (tx) => tx.raw(side)],
      ['and throws', () => Promise.reject(new SignetError('denied', 'It says mine.'))],
    ])('%s, says that the data changed, and the next one sees it', async (_, act) => {
      const stale = vault.transact(async (tx) => {
        expect(fromUtf8((await tx.get(A, 1)) ?? utf8(''))).toBe('mine');
        await act(tx);
      });
      await expect(stale).rejects.toMatchObject({ reason: 'changed' });
      expect(await machine.backend.get('requests', side.key)).toBeUndefined();
      expect(await vault.transact(async (tx) => fromUtf8((await tx.get(A, 1)) ?? utf8('')))).toBe('theirs');
    });

    test('is what the recent reader is for: it sees the other’s once this worker has looked again', async () => {
      const recent = async () => fromUtf8((await vault.recent.get(A, 1)) ?? utf8(''));
      expect([await recent(), await read()]).toEqual(['mine', 'theirs']);
      expect(await recent()).toBe('theirs');
      await put('mine again');
      expect(await recent()).toBe('mine again');
    });
  });

  test('remembers the log’s tail with the table that it was given for, and in no other worker', async () => {
    const log = { head: new Uint8Array(32).fill(9), state: utf8('as it stands') };
    const set = (mark: { head: Bytes; state: Bytes; tail?: Bytes }) =>
      vault.transact((tx) => {
        tx.setLog(mark);
        return tx.logTail();
      });
    expect(await set({ ...log, tail: utf8('tail') })).toEqual(utf8('tail'));
    expect(await vault.logTail()).toEqual(utf8('tail'));
    await put('something else');
    expect(await vault.logTail()).toEqual(utf8('tail'));
    const failing = vault.transact((tx) => {
      tx.setLog({ ...log, tail: utf8('never') });
      return Promise.reject(new Error('no'));
    });
    await expect(failing).rejects.toThrow('no');
    expect(await vault.logTail()).toEqual(utf8('tail'));
    expect(await (await machine.worker().open()).logTail()).toBeUndefined();
    expect(await set(log)).toBeUndefined();
    expect(await vault.logTail()).toBeUndefined();
  });

  test('keeps what the log gives it, within bounds, and shows a transaction its own', async () => {
    const log = { head: new Uint8Array(32).fill(9), state: utf8('as it stands') };
    const before = await vault.logState();
    await vault.transact(async (tx) => {
      expect(await tx.logState()).toEqual(before);
      tx.setLog(log);
      expect(await tx.logState()).toEqual(log.state);
    });
    expect([await vault.logHead(), await vault.logState()]).toEqual([log.head, log.state]);
    const again = await machine.worker().open();
    expect([await again.logHead(), await again.logState()]).toEqual([log.head, log.state]);
    for (const wrong of [
      { ...log, head: new Uint8Array(31) },
      { ...log, state: new Uint8Array(1025) },
    ]) {
      const set = vault.transact((tx) => {
        tx.setLog(wrong);
        return Promise.resolve();
      });
      await expect(set).rejects.toMatchObject({ reason: 'internal' });
    }
  });

  test('keeps a box of the third tier as it is, for whoever can open it', async () => {
    await put('a box', 3);
    expect([await vault.tierOf(A), await read(3)]).toEqual([3, 'a box']);
    await expect(read(1)).rejects.toMatchObject({ reason: 'internal' });
    await vault.transact((tx) => tx.deleteTier(3));
    expect(await read(3)).toBeUndefined();
  });

  test('says how many records there are, and gives each with its address and tier', async () => {
    const count = await vault.count();
    await put('x'.repeat(5000), 2);
    expect(await vault.count()).toBe(count + 1);
    const all = [];
    for await (const record of vault.records()) all.push(record);
    expect(all).toHaveLength(count + 1);
    expect(all.find(({ address }) => address.label === A.label)).toEqual({
      ...{ address: A, tier: 2, bytes: utf8('x'.repeat(5000)) },
    });
    expect(await vault.locate(A)).toMatchObject({
      rows: Array.from({ length: 5 }, () => expect.any(Uint8Array) as unknown),
    });
    expect((await vault.locate({ ...A, index: 9 })).rows).toEqual([]);
  });

  test('refuses what no record may hold', async () => {
    const large = putRecord(vault, A, new Uint8Array(MAX_RECORD_LENGTH + 1));
    await expect(large).rejects.toMatchObject({ reason: 'bad_request' });
  });

  test('any sequence of puts and deletes leaves what a plain map would hold', async () => {
    const step = fc.record({ index: fc.nat(5), value: fc.option(fc.string({ maxLength: 20 }), { nil: undefined }) });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 6 }), async (transactions) => {
        const twin = await origin.fork();
        const first = await twin.worker().open();
        const model = new Map<number, string>();
        for (const steps of transactions) {
          await first.transact(async (tx) => {
            for (const { index, value } of steps) {
              if (value === undefined) await tx.delete({ label: 'data/x', index });
              else tx.put({ label: 'data/x', index }, 1, utf8(value));
            }
          });
          for (const { index, value } of steps) {
            if (value === undefined) model.delete(index);
            else model.set(index, value);
          }
        }
        const again = await twin.worker().open();
        for (let index = 0; index <= 5; index++) {
          const bytes = await again.get({ label: 'data/x', index }, 1);
          expect(bytes && fromUtf8(bytes)).toBe(model.get(index));
        }
      }),
      { numRuns },
    );
  });
});

describe('a collection', () => {
  const list = new Collection('data/things');
  const id = (n: number): string => `item-${String(n).padStart(17, '0')}`;

  test('is empty at first, and keeps the order of adding over many pages', async () => {
    expect(await list.list(vault)).toEqual([]);
    const ids = Array.from({ length: 400 }, (_, i) => id(i));
    await vault.transact(async (tx) => {
      for (const each of ids) await list.add(tx, each);
      await list.add(tx, id(3));
    });
    expect(await list.list(vault)).toEqual(ids);
  });

  test('any sequence of adding and removing leaves what a plain list would hold', async () => {
    const step = fc.record({ add: fc.boolean(), n: fc.nat(30) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const long = (n: number): string => `${n}`.padStart(128, 'x');
        const model = new Set<string>();
        const twin = await (await origin.fork()).worker().open();
        await twin.transact(async (tx) => {
          for (const { add, n } of steps) {
            if (add) await list.add(tx, long(n));
            else await list.remove(tx, long(n));
            if (add) model.add(long(n));
            else model.delete(long(n));
          }
        });
        expect(await list.list(twin)).toEqual([...model]);
      }),
      { numRuns },
    );
  });

  test('takes no id that could outgrow a page', async () => {
    const add = vault.transact((tx) => list.add(tx, 'x'.repeat(129)));
    await expect(add).rejects.toMatchObject({ reason: 'internal' });
  });
});
