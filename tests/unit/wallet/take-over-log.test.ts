import { beforeEach, describe, expect, test } from 'vitest';
import { isLogAdopted } from '../../../lib/policy/index.ts';
import type { MemoryBackend } from '../../../lib/vault/index.ts';
import { takeOverLog } from '../../../lib/wallet/index.ts';
import { Machine } from '../../fixtures/vault/machine.ts';
import type { TestWallet } from '../../fixtures/wallet.ts';
import { PASSWORD, createTestWallet } from '../../fixtures/wallet.ts';

let machine: Machine;
let wallet: TestWallet;

/** A worker over the same stores, which knows nothing that is not stored. */
function nextWorker(): Promise<TestWallet> {
  const { backend, local, session, clock } = machine;
  return createTestWallet({ backend, local, session, clock: clock.read });
}

const isTakenOver = async ({ services }: TestWallet): Promise<boolean> => isLogAdopted(await services.keeper.open());

async function removeRows(backend: MemoryBackend): Promise<void> {
  const rows = await backend.entries('records');
  await backend.batch(
    rows.map(([key]) => ({ store: 'records' as const, key, value: undefined })),
    [],
  );
}

beforeEach(async () => {
  machine = new Machine();
  wallet = await nextWorker();
  await wallet.services.keeper.create({ password: PASSWORD, mark: { shape: 'star', colour: 'blue' } });
});

describe('taking over what the log knows of sites', () => {
  test('is done once', async () => {
    expect(await isTakenOver(wallet)).toBe(false);
    await takeOverLog(wallet.services);
    expect(await isTakenOver(wallet)).toBe(true);
    const before = await machine.backend.entries('records');
    await takeOverLog((await nextWorker()).services);
    expect(await machine.backend.entries('records')).toEqual(before);
  });

  test('waits for a log that can be read: nothing is written over a vault whose rows are gone', async () => {
    await removeRows(machine.backend);
    const { services } = await nextWorker();
    await takeOverLog(services);
    expect(await machine.backend.entries('records')).toEqual([]);
  });
});
