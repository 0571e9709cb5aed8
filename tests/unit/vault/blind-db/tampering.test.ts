import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Bytes } from '../../../../lib/core/index.ts';
import { fromUtf8, utf8 } from '../../../../lib/core/index.ts';
import type { Address, OpenVault } from '../../../../lib/vault/index.ts';
import { BlindStore } from '../../../../lib/vault/blind-db/blind-store.ts';
import { RecordTable } from '../../../../lib/vault/blind-db/table/index.ts';
import { MARK, Machine, PASSWORD, cloneBackend, putRecord } from '../../../fixtures/vault/machine.ts';

const A: Address = { label: 'data/a', index: 0 };
const B: Address = { label: 'data/b', index: 0 };

const origin = new Machine();
let machine: Machine;
let vault: OpenVault;

const write = (address: Address, text: string, on = vault): Promise<void> => putRecord(on, address, utf8(text));
const erase = (address: Address): Promise<void> => vault.transact((tx) => tx.delete(address));
const rowAt = (id: Bytes): Promise<Bytes | undefined> => machine.backend.get('records', id);
const plant = (key: Bytes, value: Bytes | undefined): Promise<void> =>
  machine.backend.batch([{ store: 'records', key, value }], []);

async function idOf(address: Address): Promise<Bytes> {
  const [row] = (await vault.locate(address)).rows;
  if (row === undefined) throw new Error('there is no such record');
  return row;
}

/** What the vault itself knows of where things lie, seen past it. */
async function insight() {
  const store = new BlindStore(machine.backend, vault.keys);
  const table = await RecordTable.load(store, machine.backend);
  if (table === undefined) throw new Error('there is no table');
  return { store, table };
}

const reopen = (): Promise<OpenVault> => machine.worker().open();

const expectDamage = (address: Address, words: RegExp, on = vault): Promise<void> =>
  expect(on.get(address, 1)).rejects.toMatchObject({
    reason: 'vault_damaged',
    message: expect.stringMatching(words) as string,
  });

beforeAll(async () => {
  await origin.worker().create({ password: PASSWORD, mark: MARK });
});

beforeEach(async () => {
  machine = await origin.fork();
  vault = await machine.worker().open();
  await write(A, 'first');
  await write(B, 'other');
});

describe('a row', () => {
  test('of an older state put in place of the newer is refused', async () => {
    const old = await rowAt(await idOf(A));
    await write(A, 'second');
    await plant(await idOf(A), old);
    await expectDamage(A, /older or altered/);
    expect(await vault.check()).toMatchObject({ missing: 0, altered: 1, strangers: 0 });
  });

  test('of an older state put back where it was is not read, and counted', async () => {
    const id = await idOf(A);
    const old = await rowAt(id);
    await write(A, 'second');
    await plant(id, old);
    expect(await vault.get(A, 1)).toEqual(utf8('second'));
    expect(await vault.check()).toMatchObject({ missing: 0, altered: 0, strangers: 1 });
  });

  test('that is missing is refused', async () => {
    await plant(await idOf(A), undefined);
    await expectDamage(A, /missing/);
    expect(await vault.check()).toMatchObject({ missing: 1, altered: 0, strangers: 0 });
  });

  test('that was deleted and put back stays deleted, and is counted', async () => {
    const id = await idOf(A);
    const old = await rowAt(id);
    await erase(A);
    await plant(id, old);
    expect(await vault.get(A, 1)).toBeUndefined();
    expect(await (await reopen()).get(A, 1)).toBeUndefined();
    expect(await vault.check()).toMatchObject({ missing: 0, altered: 0, strangers: 1 });
  });

  test('moved to another’s place, or swapped with it, is refused', async () => {
    const [a, b] = [await idOf(A), await idOf(B)];
    const [rowA, rowB] = [await rowAt(a), await rowAt(b)];
    await plant(a, rowB);
    await plant(b, rowA);
    await expectDamage(A, /older or altered/);
    await expectDamage(B, /older or altered/);
    expect(await vault.check()).toMatchObject({ missing: 0, altered: 2, strangers: 0 });
  });

  test('with one bit turned is refused, wherever the bit is', async () => {
    const id = await idOf(A);
    const row = (await rowAt(id)) ?? utf8('');
    for (const at of [0, 1, 12, 13, row.length >> 1, row.length - 1]) {
      await plant(id, row.with(at, (row[at] ?? 0) ^ 1));
      await expectDamage(A, /older or altered/);
    }
  });

  test('of several is refused with the record they make up', async () => {
    await write(A, 'long '.repeat(1000));
    const { rows } = await vault.locate(A);
    expect(rows.length).toBeGreaterThan(3);
    await plant(rows[2] ?? utf8(''), await rowAt(rows[1] ?? utf8('')));
    await expectDamage(A, /older or altered/);
  });
});

describe('a decoy', () => {
  async function twinOf(address: Address): Promise<Bytes> {
    const { store, table } = await insight();
    const entry = await table.entry(store.nameOf(address));
    const [id] = entry === undefined ? [] : store.twinIds(entry);
    if (id === undefined) throw new Error('there is no twin');
    return id;
  }

  test('that was removed, shortened or put back is found', async () => {
    const id = await twinOf(A);
    const twin = await rowAt(id);
    await plant(id, undefined);
    expect(await vault.check()).toMatchObject({ missing: 1, altered: 0, strangers: 0 });
    await plant(id, twin?.slice(1));
    expect(await vault.check()).toMatchObject({ missing: 0, altered: 1, strangers: 0 });
    await plant(id, twin);
    await erase(A);
    await plant(id, twin);
    expect(await vault.check()).toMatchObject({ missing: 0, altered: 0, strangers: 1 });
  });
});

describe('the record table', () => {
  test('opens again when nothing was touched', async () => {
    const bytes = await (await reopen()).get(A, 1);
    expect(bytes && fromUtf8(bytes)).toBe('first');
  });

  test('is refused without its root', async () => {
    await machine.backend.batch([{ store: 'meta', key: 'root', value: undefined }], []);
    await expect(reopen()).rejects.toMatchObject({ reason: 'vault_damaged' });
  });

  test('is refused with any bit of its root turned', async () => {
    const root = (await machine.backend.get('meta', 'root')) ?? utf8('');
    for (const at of [0, 12, root.length >> 1, root.length - 1]) {
      const value = root.with(at, (root[at] ?? 0) ^ 1);
      await machine.backend.batch([{ store: 'meta', key: 'root', value }], []);
      await expect(reopen()).rejects.toMatchObject({ reason: 'vault_damaged' });
    }
  });

  test('is refused with an altered node, and nothing of the vault is called a stranger then', async () => {
    await vault.refresh();
    const { store, table } = await insight();
    const { nodes } = await table.leafAt(new Uint8Array(12));
    const [leaf] = nodes.map(({ serial }) => store.rowId(serial));
    await plant(leaf ?? utf8(''), await rowAt(await idOf(B)));
    const again = await reopen();
    await expectDamage(A, /older or altered/, again);
    expect(await again.check()).toMatchObject({ altered: 1, strangers: 0 });
    const rows = await machine.backend.count('records');
    await expect(again.clean()).rejects.toMatchObject({ reason: 'vault_damaged' });
    expect(await machine.backend.count('records')).toBe(rows);
  });

  test('put back whole to an older state is called that', async () => {
    const old = await cloneBackend(machine.backend);
    await write(A, 'second');
    machine.backend = old;
    await expect(reopen()).rejects.toMatchObject({
      message: expect.stringContaining('put back to an older state') as string,
    });
    expect(await machine.worker().state()).toBe('damaged');
  });

  test('with another root of the same height is called altered', async () => {
    const twin = await machine.fork();
    await write(A, 'here');
    await write(A, 'there', await twin.worker().open());
    machine.backend = twin.backend;
    await expect(reopen()).rejects.toMatchObject({ message: expect.stringContaining('were altered') as string });
  });

  test('keeps its root to itself', async () => {
    const take = vault.transact((tx) => {
      tx.raw({ store: 'meta', key: 'root', value: utf8('mine') });
      return Promise.resolve();
    });
    await expect(take).rejects.toMatchObject({ reason: 'internal' });
  });
});

describe('strangers', () => {
  const stranger = new Uint8Array(32).fill(200);

  test('are removed when asked to, and nothing else is', async () => {
    await plant(stranger, new Uint8Array(1280).fill(2));
    const rows = await machine.backend.count('records');
    expect(await vault.check()).toEqual({ rows, missing: 0, altered: 0, strangers: 1 });
    expect(await vault.clean()).toEqual({ rows: rows - 1, missing: 0, altered: 0, strangers: 0 });
    expect(await vault.get(A, 1)).toEqual(utf8('first'));
  });

  test('are told from what is written while they are looked for', async () => {
    await plant(stranger, new Uint8Array(1280).fill(2));
    const writing = Promise.all(Array.from({ length: 20 }, (_, i) => write({ label: 'data/busy', index: i }, 'x')));
    const [report] = await Promise.all([vault.clean(), vault.refresh(), writing]);
    expect(report).toMatchObject({ missing: 0, altered: 0, strangers: 0 });
    expect(await vault.check()).toMatchObject({ missing: 0, altered: 0, strangers: 0 });
  });
});

describe('the anchor', () => {
  const anchorOf = () => machine.local.get('anchor').then((json) => json ?? null);

  test('one step behind is taken, and moved up', async () => {
    const old = await anchorOf();
    await write(A, 'second');
    const current = await anchorOf();
    await machine.local.set('anchor', old);
    const again = await machine.worker().open();
    await write(B, 'more', again);
    expect(await anchorOf()).not.toEqual(current);
    expect((await machine.worker().open()).closed).toBe(false);
  });

  test('two steps behind is refused', async () => {
    const old = await anchorOf();
    await write(A, 'second');
    await write(A, 'third');
    await machine.local.set('anchor', old);
    await expect(machine.worker().open()).rejects.toMatchObject({
      message: expect.stringContaining('anchor was put back') as string,
    });
  });

  test('altered, or another vault’s, is refused', async () => {
    const anchor = JSON.stringify(await anchorOf());
    const other = new Machine();
    await other.worker().create({ password: PASSWORD, mark: MARK });
    const foreign = JSON.stringify(await other.local.get('anchor'));
    for (const text of [anchor.replace(/"counter":\d+/, '"counter":99'), foreign, '{}', '"x"']) {
      await machine.local.set('anchor', JSON.parse(text) as string);
      await expect(machine.worker().open()).rejects.toMatchObject({
        message: expect.stringContaining('anchor was altered') as string,
      });
    }
  });

  test('that is missing is made anew, and the log says so', async () => {
    await machine.local.remove('anchor');
    const again = await machine.worker().open();
    const [newest] = await machine.log(again).page({ limit: 1 });
    expect(newest?.kind).toBe('vault.anchor_missing');
    expect(await anchorOf()).not.toBeNull();
  });

  test('that could not be written is written before the next commit, so no alarm follows', async () => {
    const { local } = machine;
    const refusing = { get: local.get.bind(local), remove: local.remove.bind(local), set: local.set.bind(local) };
    let refuse = false;
    const set: typeof local.set = (key, value) =>
      refuse && key === 'anchor' ? Promise.reject(new Error('full')) : refusing.set(key, value);
    const { backend, session } = machine;
    const stubborn = await machine.worker({ backend, session, local: { ...refusing, set } }).open();
    refuse = true;
    await write(A, 'second', stubborn);
    await expect(write(A, 'third', stubborn)).rejects.toThrow('full');
    refuse = false;
    await write(A, 'fourth', stubborn);
    const bytes = await (await machine.worker().open()).get(A, 1);
    expect(bytes && fromUtf8(bytes)).toBe('fourth');
  });
});
