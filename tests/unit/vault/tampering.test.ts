import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Bytes } from '../../../lib/core/index.ts';
import { fromUtf8, utf8 } from '../../../lib/core/index.ts';
import { recordId } from '../../../lib/vault/record-id.ts';
import type { Address, OpenVault } from '../../../lib/vault/index.ts';
import { MARK, Machine, PASSWORD, cloneBackend, putRecord } from '../../fixtures/vault/machine.ts';

const A: Address = { label: 'data/a', index: 0 };
const B: Address = { label: 'data/b', index: 0 };
const ROOT: Address = { label: 'sys/root', index: 0 };

const origin = new Machine();
let machine: Machine;
let vault: OpenVault;

const write = (address: Address, text: string, on = vault): Promise<void> => putRecord(on, address, utf8(text));
const erase = (address: Address): Promise<void> => vault.transact((tx) => tx.delete(address));
const idOf = (address: Address): Bytes => recordId(vault.keys.addressing, address);
const rowOf = (address: Address): Promise<Bytes | undefined> => machine.backend.get('records', idOf(address));
const plant = (address: Address, value: Bytes | undefined): Promise<void> =>
  machine.backend.batch([{ store: 'records', key: idOf(address), value }], []);

const expectDamage = (address: Address, words: RegExp): Promise<void> =>
  expect(vault.get(address, 1)).rejects.toMatchObject({
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
  test('of an older generation put back is refused', async () => {
    const old = await rowOf(A);
    await write(A, 'second');
    await plant(A, old);
    await expectDamage(A, /older or altered/);
  });

  test('that is missing is refused', async () => {
    await plant(A, undefined);
    await expectDamage(A, /missing/);
  });

  test('that was deleted and put back is refused', async () => {
    const old = await rowOf(A);
    await erase(A);
    expect(await vault.get(A, 1)).toBeUndefined();
    await plant(A, old);
    await expectDamage(A, /deleted is back/);
  });

  test('that was deleted, written anew and then put back to its first state is refused', async () => {
    const old = await rowOf(A);
    await erase(A);
    await write(A, 'first');
    await plant(A, old);
    await expectDamage(A, /older or altered/);
  });

  test('moved to another’s place, or swapped with it, is refused', async () => {
    const [a, b] = [await rowOf(A), await rowOf(B)];
    await plant(A, b);
    await plant(B, a);
    await expectDamage(A, /older or altered/);
    await expectDamage(B, /older or altered/);
  });

  test('with one bit turned is refused, wherever the bit is', async () => {
    const row = (await rowOf(A)) ?? utf8('');
    for (const at of [0, 1, 12, 13, row.length >> 1, row.length - 1]) {
      const turned = row.with(at, (row[at] ?? 0) ^ 1);
      await plant(A, turned);
      await expectDamage(A, /older or altered/);
    }
  });
});

describe('the record table', () => {
  const reopen = (): Promise<OpenVault> => machine.worker().open();

  test('opens again when nothing was touched', async () => {
    const bytes = await (await reopen()).get(A, 1);
    expect(bytes && fromUtf8(bytes)).toBe('first');
  });

  test('is refused without its root', async () => {
    await plant(ROOT, undefined);
    await expect(reopen()).rejects.toMatchObject({ reason: 'vault_damaged' });
  });

  test('is refused with an older shard', async () => {
    const shard: Address = { label: 'sys/table', index: idOf(A)[0] ?? 0 };
    const old = await rowOf(shard);
    await write(A, 'second');
    await plant(shard, old);
    const again = await reopen();
    await expect(again.get(A, 1)).rejects.toMatchObject({ reason: 'vault_damaged' });
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

  test('keeps its labels to itself', async () => {
    await expect(write(ROOT, 'mine')).rejects.toMatchObject({ reason: 'internal' });
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
