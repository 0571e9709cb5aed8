import { describe, expect, test } from 'vitest';
import { toHex, utf8 } from '../../../../lib/core/index.ts';
import type { Tier } from '../../../../lib/vault/index.ts';
import { MemoryBackend, OpenVault } from '../../../../lib/vault/index.ts';
import { bareKeys, bareStores, item, itemsOf, reopen } from '../../../fixtures/vault/bare-vault.ts';
import { putRecord } from '../../../fixtures/vault/machine.ts';

async function filled(count: number) {
  const backend = new MemoryBackend();
  const stores = bareStores(backend);
  const vault = OpenVault.empty(stores, bareKeys());
  await vault.transact((tx) => {
    for (let index = 0; index < count; index++) tx.put(item(index), ((index % 3) + 1) as Tier, utf8(String(index))); // 1, 2 or 3
    return Promise.resolve();
  });
  const ids = async () => new Set((await backend.entries('records')).map(([id, row]) => `${toHex(id)} ${toHex(row)}`));
  return { backend, stores, vault, ids };
}

const shared = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => [...a].filter((id) => b.has(id)).length;
const oneToThirty = new Map(Array.from({ length: 30 }, (_, index) => [index, String(index)]));

describe('a refresh', () => {
  test('leaves no row of before, nor any value, and every record', async () => {
    const { vault, ids, stores } = await filled(300);
    const before = await ids();
    const { moved } = await vault.refresh();
    const after = await ids();
    expect(shared(before, after)).toBe(0);
    expect(after.size).toBeGreaterThanOrEqual(600);
    expect(moved).toBeGreaterThanOrEqual(300);
    expect((await itemsOf(await reopen(stores))).size).toBe(300);
    expect(await vault.check()).toMatchObject({ missing: 0, altered: 0, strangers: 0 });
  });

  test('of each tier keeps the tier', async () => {
    const { vault } = await filled(30);
    await vault.refresh();
    for (let index = 0; index < 30; index++) expect(await vault.tierOf(item(index))).toBe((index % 3) + 1);
    expect(await itemsOf(vault)).toEqual(oneToThirty);
  });

  test('goes round: what one pass has no budget for, the next moves, in this worker or another', async () => {
    const { vault, stores, ids } = await filled(400);
    const before = await ids();
    const one = await vault.refresh({ budget: 150 });
    expect(one.moved).toBeGreaterThanOrEqual(150);
    expect(one.moved).toBeLessThan(330);
    const between = shared(before, await ids());
    expect(between).toBeGreaterThan(300);
    const again = await reopen(stores);
    await again.refresh({ budget: 150 });
    await again.refresh({ budget: 150 });
    await again.refresh({ budget: 150 });
    expect(shared(before, await ids())).toBe(0);
  });

  test('moves nothing twice in one pass, and in an empty vault nothing', async () => {
    const { vault } = await filled(0);
    expect(await vault.refresh()).toEqual({ moved: 0 });
    const { vault: other } = await filled(100);
    const { moved } = await other.refresh();
    expect(moved).toBeLessThan(100 + 40);
  });

  test('lets transactions in between, and what they write stands', async () => {
    const { vault } = await filled(200);
    let turns = 0;
    const { moved } = await vault.refresh({
      paused: () => putRecord(vault, item(500 + turns++), utf8('meanwhile')),
    });
    expect(turns).toBeGreaterThan(8);
    expect(moved).toBeGreaterThan(200);
    const items = await itemsOf(vault);
    expect(items.size).toBe(200 + turns);
    expect(items.get(500)).toBe('meanwhile');
  });

  test('ends quietly when the vault locks, with every row in its place', async () => {
    const { vault, stores } = await filled(200);
    let turns = 0;
    const pass = vault.refresh({
      paused: () => {
        if (++turns === 4) vault.close();
        return Promise.resolve();
      },
    });
    expect((await pass).moved).toBeGreaterThan(0);
    const again = await OpenVault.open(stores, bareKeys(), undefined);
    expect(await again.vault.rowsDiffer()).toBe(false);
    expect((await itemsOf(again.vault)).size).toBe(200);
  });

  test('leaves a damaged record where it is, and goes on with the others', async () => {
    const { vault, backend, ids } = await filled(100);
    const [row] = (await vault.locate(item(7))).rows;
    if (row === undefined) throw new Error('there is such a record');
    const value = ((await backend.get('records', row)) ?? utf8('')).with(100, 0).with(101, 0);
    await backend.batch([{ store: 'records', key: row, value }], []);
    const before = await ids();
    await vault.refresh();
    expect(shared(before, await ids())).toBe(2);
    await expect(vault.get(item(7), 2)).rejects.toMatchObject({ reason: 'vault_damaged' });
    expect(await vault.get(item(8), 3)).toEqual(utf8('8'));
  });

  test('puts back the twins that somebody removed', async () => {
    const { vault, backend } = await filled(50);
    const known = new Set<string>();
    for (let index = 0; index < 50; index++)
      for (const row of (await vault.locate(item(index))).rows) known.add(toHex(row));
    const twins = (await backend.entries('records')).filter(([id]) => !known.has(toHex(id))).slice(0, 3);
    await backend.batch(
      twins.map(([key]) => ({ store: 'records', key, value: undefined })),
      [],
    );
    expect((await vault.check()).missing).toBe(3);
    await vault.refresh();
    expect(await vault.check()).toMatchObject({ missing: 0, altered: 0, strangers: 0 });
  });

  test('beside readers lets them see every record, at any moment', async () => {
    const { vault } = await filled(60);
    const pass = { over: false };
    const done = vault.refresh().finally(() => {
      pass.over = true;
    });
    let reads = 0;
    while (!pass.over) {
      const index = reads++ % 60;
      expect(await vault.get(item(index), ((index % 3) + 1) as Tier)).toEqual(utf8(String(index))); // 1, 2 or 3
    }
    await done;
    expect(reads).toBeGreaterThan(10);
  });
});

describe('two workers over one database', () => {
  test('lose nothing: the later one of two that write is refused, and what it reads is never called damage', async () => {
    const { vault: one, stores } = await filled(40);
    const other = await reopen(stores);
    await one.refresh();
    for (let index = 0; index < 40; index++) {
      expect(await other.get(item(index), ((index % 3) + 1) as Tier)).toEqual(utf8(String(index))); // 1, 2 or 3
    }
    await putRecord(one, item(1), utf8('theirs'));
    await expect(putRecord(other, item(1), utf8('mine'))).rejects.toMatchObject({ reason: 'changed' });
    expect(await other.get(item(1), 1)).toEqual(utf8('theirs'));
    await putRecord(other, item(1), utf8('mine'));
    await expect(one.refresh()).rejects.toMatchObject({ reason: 'changed' });
    expect(await one.get(item(1), 1)).toEqual(utf8('mine'));
  });
});
