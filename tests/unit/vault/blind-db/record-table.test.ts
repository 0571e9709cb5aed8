import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '../../../../lib/core/index.ts';
import { MemoryBackend, OpenVault } from '../../../../lib/vault/index.ts';
import { bareKeys, bareStores, item, itemsOf, reopen } from '../../../fixtures/vault/bare-vault.ts';
import { putRecord } from '../../../fixtures/vault/machine.ts';
import type { Mishap } from '../../../fixtures/vault/witness-backend.ts';
import { WitnessBackend } from '../../../fixtures/vault/witness-backend.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 12);

type Step =
  | { readonly kind: 'batch'; readonly edits: readonly Edit[]; readonly mishap: Mishap | undefined }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'decoys'; readonly on: boolean };

interface Edit {
  readonly from: number;
  /** How many records in a row are put, or deleted where there is no length. */
  readonly count: number;
  readonly length: number | undefined;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  from: fc.nat(400),
  count: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.nat(150) }),
  length: fc.oneof(
    { weight: 3, arbitrary: fc.nat(40) },
    { weight: 1, arbitrary: fc.integer({ min: 1200, max: 4000 }) },
    { weight: 2, arbitrary: fc.constant(undefined) },
  ),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('batch' as const),
      edits: fc.array(edit, { maxLength: 5 }),
      mishap: fc.oneof(
        { weight: 6, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constantFrom<Mishap>('refused', 'unheard') },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'refresh' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('decoys' as const), on: fc.boolean() }) },
);

/** A vault and a plain map that are told the same. */
class Pair {
  readonly rows = new MemoryBackend();
  readonly backend = new WitnessBackend(this.rows);
  readonly stores = bareStores(this.backend);
  readonly model = new Map<number, string>();
  vault = OpenVault.empty(this.stores, bareKeys());

  async take(each: Step): Promise<void> {
    switch (each.kind) {
      case 'batch':
        return this.#batch(each.edits, each.mishap);
      case 'reopen':
        if (await this.#isThere()) this.vault = await reopen(this.stores);
        return;
      case 'refresh':
        await this.vault.refresh({ budget: 40 });
        return;
      case 'decoys':
        return this.vault.transact((tx) => {
          tx.setDecoys(each.on);
          return Promise.resolve();
        });
    }
  }

  async #batch(edits: readonly Edit[], mishap: Mishap | undefined): Promise<void> {
    const next = new Map(this.model);
    this.backend.mishaps.push(mishap);
    const attempt = this.vault.transact(async (tx) => {
      tx.setDecoys(await this.vault.decoys()); // so that there is always something to write
      for (const { from, count, length } of edits) {
        for (let index = from; index < from + count; index++) {
          if (length === undefined) {
            await tx.delete(item(index));
            next.delete(index);
          } else {
            const text = String(index).padEnd(length, '.');
            tx.put(item(index), 1, utf8(text));
            next.set(index, text);
          }
        }
      }
    });
    if (mishap === undefined) await attempt;
    else await expect(attempt).rejects.toMatchObject({ reason: 'storage_failed' });
    if (mishap !== 'refused') this.#remember(next);
  }

  #remember(next: ReadonlyMap<number, string>): void {
    this.model.clear();
    for (const [index, text] of next) this.model.set(index, text);
  }

  async #isThere(): Promise<boolean> {
    return (await this.rows.get('meta', 'root')) !== undefined;
  }

  async assertAlike(): Promise<void> {
    expect(sorted(await itemsOf(this.vault))).toEqual(sorted(this.model));
    expect(await this.vault.count()).toBe(this.model.size);
    const rows = await this.rows.entries('records');
    expect(new Set(rows.map(([, row]) => row.length)).size).toBeLessThanOrEqual(1);
    for (const [, row] of rows) expect([row.length, row[0]]).toEqual([1280, 2]);
    const root = await this.rows.get('meta', 'root');
    expect(root?.length ?? 4096).toBe(4096);
    expect(await this.vault.check()).toEqual({ rows: rows.length, missing: 0, altered: 0, strangers: 0 });
    if (await this.#isThere()) {
      const opened = await OpenVault.open(this.stores, bareKeys(), undefined);
      expect(await opened.vault.rowsDiffer()).toBe(false);
      expect(sorted(await itemsOf(opened.vault))).toEqual(sorted(this.model));
    }
    const twice = [...this.backend.written].filter(([, times]) => times > 1);
    expect(twice).toEqual([]);
  }
}

const sorted = (map: ReadonlyMap<number, string>) => [...map].sort(([a], [b]) => a - b);

describe('the table of records', () => {
  test('holds what a plain map would, whatever is put, deleted, refused, lost on the way, moved or reopened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const pair = new Pair();
        for (const each of steps) await pair.take(each);
        await pair.assertAlike();
      }),
      { numRuns },
    );
  });

  test('grows to thousands of records and shrinks to nothing, without a row left behind', async () => {
    const pair = new Pair();
    const all = Array.from({ length: 2500 }, (_, index) => index);
    await pair.vault.transact((tx) => {
      for (const index of all) tx.put(item(index), 1, utf8(String(index)));
      return Promise.resolve();
    });
    expect((await itemsOf(await reopen(pair.stores))).size).toBe(2500);
    expect(await pair.vault.count()).toBe(2500);
    for (let from = 0; from < 2400; from += 200) {
      await pair.vault.transact(async (tx) => {
        for (let index = from; index < from + 200; index++) await tx.delete(item(index));
      });
    }
    await pair.vault.refresh();
    const rows = await pair.rows.count('records');
    expect(rows).toBeGreaterThanOrEqual(200);
    expect(rows).toBeLessThan(200 + 2 * 30);
    await pair.vault.transact((tx) => tx.deleteTier(1));
    expect([await pair.vault.count(), await pair.rows.count('records')]).toEqual([0, 0]);
  });

  test('of a thousand puts in one transaction is brought up to date once', async () => {
    const pair = new Pair();
    await pair.vault.transact((tx) => {
      for (let index = 0; index < 1000; index++) tx.put(item(index), 1, utf8('x'));
      return Promise.resolve();
    });
    const nodes = Math.ceil(1000 / 21) + Math.ceil(1000 / 21 / 35);
    expect(pair.backend.last.writes).toBeLessThanOrEqual(2 * (1000 + nodes));
    expect(pair.backend.last.deletes).toBe(0);
  });

  test('costs a commit the rows of its records and their twins, most times, and no read of a row', async () => {
    const pair = new Pair();
    await pair.vault.transact((tx) => {
      for (let index = 0; index < 1500; index++) tx.put(item(index), 1, utf8('x'));
      return Promise.resolve();
    });
    for await (const each of pair.vault.records()) expect(each.tier).toBe(1);
    pair.backend.gets = 0;
    let plain = 0;
    for (let index = 2000; index < 2040; index++) {
      await pair.vault.transact((tx) => {
        tx.put(item(index), 1, utf8('new'));
        tx.put(item(1999), 1, utf8('the same each time'));
        return Promise.resolve();
      });
      if (pair.backend.last.writes === 4) plain += 1;
    }
    expect(plain).toBeGreaterThanOrEqual(39);
    expect(pair.backend.gets).toBe(0);
  });

  test('reads a record with one look at each of its rows', async () => {
    const pair = new Pair();
    await putRecord(pair.vault, item(1), utf8('x'.repeat(3000)));
    pair.backend.gets = 0;
    await pair.vault.get(item(1), 1);
    expect(pair.backend.gets).toBe(3);
  });

  test('goes on after a failed batch as if it had never been, and after a lost answer as if all had been well', async () => {
    const pair = new Pair();
    const put = (text: string) => putRecord(pair.vault, item(1), utf8(text));
    await put('first');
    pair.backend.mishaps.push('refused');
    await expect(put('refused')).rejects.toMatchObject({ reason: 'storage_failed' });
    expect(await pair.vault.get(item(1), 1)).toEqual(utf8('first'));
    pair.backend.mishaps.push('unheard');
    await expect(put('unheard')).rejects.toMatchObject({ reason: 'storage_failed' });
    expect(await pair.vault.get(item(1), 1)).toEqual(utf8('unheard'));
    await put('last');
    expect(await (await reopen(pair.stores)).get(item(1), 1)).toEqual(utf8('last'));
  });

  test('looks again once the database answers, when looking failed too', async () => {
    const pair = new Pair();
    const put = (text: string) => putRecord(pair.vault, item(1), utf8(text));
    await put('first');
    const { local } = pair.stores;
    const get = local.get.bind(local);
    pair.backend.mishaps.push('refused');
    local.get = () => Promise.reject(new Error('asleep'));
    await expect(put('refused')).rejects.toMatchObject({ reason: 'storage_failed' });
    await expect(pair.vault.get(item(1), 1)).rejects.toThrow('asleep');
    local.get = get;
    expect(await pair.vault.get(item(1), 1)).toEqual(utf8('first'));
    await put('second');
  });

  test('with its decoys turned off holds half the rows once all were moved', async () => {
    const pair = new Pair();
    await pair.vault.transact((tx) => {
      for (let index = 0; index < 100; index++) tx.put(item(index), 1, utf8('x'));
      return Promise.resolve();
    });
    await pair.vault.refresh();
    const doubled = await pair.rows.count('records');
    await pair.vault.transact((tx) => {
      tx.setDecoys(false);
      return Promise.resolve();
    });
    expect([await pair.vault.decoys(), await (await reopen(pair.stores)).decoys()]).toEqual([false, false]);
    await pair.vault.refresh();
    expect((await pair.rows.count('records')) * 2).toBe(doubled);
  });
});

describe('the rows of a batch', () => {
  test('come in an order that tells rows from twins and the new from the old as little as chance does', async () => {
    const orders: string[] = [];
    const rows = new MemoryBackend();
    const backend = new WitnessBackend(rows);
    const batch = backend.batch.bind(backend);
    backend.batch = (writes, expected) => {
      orders.push(writes.map(({ value }) => (value === undefined ? 'd' : 'w')).join(''));
      return batch(writes, expected);
    };
    const vault = OpenVault.empty(bareStores(backend), bareKeys());
    for (let turn = 0; turn < 120; turn++) {
      await putRecord(vault, item(1), utf8('x'));
    }
    // two rows written and two deleted in each but the first; their six orders all come up
    expect(new Set(orders.slice(1)).size).toBeGreaterThanOrEqual(6);
    expect(new Set([...backend.written.keys()].map((id) => id.slice(0, 2))).size).toBeGreaterThan(60);
  });
});
