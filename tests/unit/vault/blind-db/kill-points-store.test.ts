import { describe, expect, test } from 'vitest';
import { utf8 } from '../../../../lib/core/index.ts';
import type { VaultTx } from '../../../../lib/vault/index.ts';
import { MemoryBackend, MemoryKeyValue, OpenVault } from '../../../../lib/vault/index.ts';
import { bareKeys, item, itemsOf } from '../../../fixtures/vault/bare-vault.ts';
import { Fuse, WorkerDied, mortal } from '../../../fixtures/vault/dying.ts';
import type { Stores } from '../../../fixtures/vault/machine.ts';
import { cloneBackend, putRecord } from '../../../fixtures/vault/machine.ts';

/** A store, and what it held when the worker that wrote it went. */
class Disk {
  backend = new MemoryBackend();
  local = new MemoryKeyValue();

  static async filled(count: number): Promise<Disk> {
    const disk = new Disk();
    const vault = OpenVault.empty(disk, bareKeys());
    await vault.transact((tx) => {
      for (let index = 0; index < count; index++) tx.put(item(index), 1, utf8(`old ${index}`));
      return Promise.resolve();
    });
    return disk;
  }

  mortal(fuse: Fuse): Stores {
    return mortal({ backend: this.backend, local: this.local, session: new MemoryKeyValue() }, fuse);
  }

  async copy(): Promise<Disk> {
    const copy = new Disk();
    copy.backend = await cloneBackend(this.backend);
    for (const key of this.local.dump().keys()) await copy.local.set(key, (await this.local.get(key)) ?? null);
    return copy;
  }
}

/** Runs a deed on copies of a store, the worker dying one write later each time, until it lives. */
async function dieEverywhere(
  disk: Disk,
  deed: (vault: OpenVault) => Promise<unknown>,
  afterwards: (items: ReadonlyMap<number, string>, died: boolean) => void,
): Promise<number> {
  for (let writes = 0; ; writes++) {
    const copy = await disk.copy();
    const fuse = new Fuse(writes);
    const seen = copy.mortal(fuse);
    const { vault } = await OpenVault.open(seen, bareKeys(), undefined);
    const died = await deed(vault).then(
      () => false,
      (error: unknown) => {
        if (error instanceof WorkerDied || (error instanceof Error && error.cause instanceof WorkerDied)) return true;
        throw error;
      },
    );
    const again = await OpenVault.open(copy, bareKeys(), undefined);
    expect(await again.vault.rowsDiffer()).toBe(false);
    expect(['stands', 'behind']).toContain(again.anchor);
    expect(await again.vault.check()).toMatchObject({ missing: 0, altered: 0, strangers: 0 });
    afterwards(await itemsOf(again.vault), died);
    await putRecord(again.vault, item(9999), utf8('goes on'));
    if (!fuse.burnt) return writes;
  }
}

const textsOf = (items: ReadonlyMap<number, string>): string[] =>
  [...items].sort(([a], [b]) => a - b).map(([, text]) => text);
const old = Array.from({ length: 60 }, (_, index) => `old ${index}`);

const turnOff = (tx: VaultTx): void => {
  tx.setDecoys(false);
};

const stage = (work: (tx: VaultTx) => unknown) => async (vault: OpenVault) =>
  vault.transact(async (tx) => {
    await work(tx);
  });

describe('whenever the worker dies, the store is as before or as after', () => {
  const deeds: Readonly<Record<string, { deed: (vault: OpenVault) => Promise<unknown>; after: readonly string[] }>> = {
    'of one put': { deed: (vault) => putRecord(vault, item(3), utf8('new'), 2), after: old.with(3, 'new') },
    'of a put that takes several rows': {
      deed: (vault) => putRecord(vault, item(3), utf8('x'.repeat(4000))),
      after: old.with(3, 'x'.repeat(4000)),
    },
    'of a delete': { deed: stage((tx) => tx.delete(item(0))), after: old.slice(1) },
    'of as many puts as bring the tree up to date': {
      deed: stage((tx) => {
        for (let index = 0; index < 60; index++) tx.put(item(index), 1, utf8(`new ${index}`));
      }),
      after: old.map((_, index) => `new ${index}`),
    },
    'of a tier that goes': { deed: stage((tx) => tx.deleteTier(1)), after: [] },
    'of a swap': {
      deed: (vault) => vault.compareAndSwap(item(1), 1, utf8('old 1'), utf8('swapped')),
      after: old.with(1, 'swapped'),
    },
    'of a refresh, which changes nothing that its owner sees': {
      deed: (vault) => vault.refresh(),
      after: old,
    },
    'of a dial that is turned': { deed: stage(turnOff), after: old },
  };

  for (const [what, { deed, after }] of Object.entries(deeds)) {
    test(what, async () => {
      const disk = await Disk.filled(60);
      const deaths = await dieEverywhere(disk, deed, (items, died) => {
        const texts = textsOf(items);
        if (died) expect([old, after]).toContainEqual(texts);
        else expect(texts).toEqual(after);
      });
      expect(deaths).toBeGreaterThan(0);
    });
  }

  test('of strangers that are removed: none of what is the vault’s goes with them', async () => {
    const disk = await Disk.filled(60);
    const strangers = Array.from({ length: 5 }, (_, n) => new Uint8Array(32).fill(n + 1));
    await disk.backend.batch(
      strangers.map((key) => ({ store: 'records', key, value: new Uint8Array(1280) })),
      [],
    );
    for (let writes = 0, burnt = true; burnt; writes++) {
      const copy = await disk.copy();
      const fuse = new Fuse(writes);
      const { vault } = await OpenVault.open(copy.mortal(fuse), bareKeys(), undefined);
      await vault.clean().catch((error: unknown) => expect(error).toBeInstanceOf(WorkerDied));
      burnt = fuse.burnt;
      const { vault: again } = await OpenVault.open(copy, bareKeys(), undefined);
      expect(textsOf(await itemsOf(again))).toEqual(old);
      expect(await again.check()).toMatchObject({ missing: 0, altered: 0, strangers: burnt ? 5 : 0 });
    }
  });
});
