import { beforeEach, describe, expect, test } from 'vitest';
import { createOwnHandlers, forgetLost } from '../../../lib/wallet/index.ts';
import type { TestWallet } from '../../fixtures/wallet.ts';
import { PASSWORD, createTestWallet } from '../../fixtures/wallet.ts';

const LIST = { label: 'data/attributes', index: 0 } as const;

let wallet: TestWallet;

beforeEach(async () => {
  wallet = await createTestWallet();
  const own = createOwnHandlers(() => Promise.resolve(wallet.services));
  await own['wallet.create']({ password: PASSWORD, mark: { shape: 'star', colour: 'blue' } });
  await own['attributes.save']({ label: 'Shoe size', type: 'text', value: '43', tier: 1 });
});

async function loseList(): Promise<void> {
  const { rows } = await (await wallet.services.keeper.open()).locate(LIST);
  expect(rows).not.toHaveLength(0);
  await wallet.backend.batch(
    rows.map((key) => ({ store: 'records', key, value: undefined })),
    [],
  );
}

describe('what is done in the background with facts that were lost', () => {
  test('does not stop what follows where the list of facts is damaged: whoever looks at the list is told', async () => {
    await loseList();
    await expect(forgetLost(wallet.services)).resolves.toBeUndefined();
    const own = createOwnHandlers(() => Promise.resolve(wallet.services));
    await expect(own['attributes.list']({})).rejects.toMatchObject({ reason: 'vault_damaged' });
  });

  test('says that the vault is locked, as everything does', async () => {
    await wallet.services.keeper.lock('person');
    await expect(forgetLost(wallet.services)).rejects.toMatchObject({ reason: 'locked' });
  });
});
