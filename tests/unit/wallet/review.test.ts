import { beforeEach, describe, expect, test } from 'vitest';
import { EMPTY_POLICY_HASH } from '../../../lib/audit/index.ts';
import { verifyExport, verifyProof } from '../../../lib/audit/verifying/index.ts';
import type { OwnHandlers } from '../../../lib/messaging/own-router.ts';
import { createOwnHandlers } from '../../../lib/wallet/index.ts';
import { openLog } from '../../../lib/wallet/log/open-log.ts';
import { usual } from '../../fixtures/audit/vault-log.ts';
import { MARK } from '../../fixtures/vault/machine.ts';
import type { TestWallet } from '../../fixtures/wallet.ts';
import { PASSWORD, createTestWallet } from '../../fixtures/wallet.ts';

let wallet: TestWallet;
let own: OwnHandlers;

beforeEach(async () => {
  wallet = await createTestWallet();
  own = createOwnHandlers(() => Promise.resolve(wallet.services));
  await own['wallet.create']({ password: PASSWORD, mark: MARK });
});

async function fill(count: number): Promise<void> {
  const log = await openLog(wallet.services);
  await log.transact(async (tx) => {
    for (let i = 0; i < count; i++) await tx.log(usual(i));
  });
}

describe('Activity', () => {
  test('lists what happened, newest first, as far as it matches', async () => {
    await fill(30);
    const all = await own['audit.list']({ limit: 200 });
    expect(all).toMatchObject({ total: 31 });
    expect(all.next).toBeUndefined();
    expect(all.entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 31 }, (_, i) => 30 - i));
    const found = await own['audit.list']({ limit: 1, filter: { site: 'SHOP-7' } });
    expect(found.entries).toMatchObject([{ subject: 'https://shop-7.example' }]);
    const rest = await own['audit.list']({ limit: 9, filter: { site: 'SHOP-7' }, before: found.next ?? 0 });
    expect(rest.entries).toHaveLength(1);
  });

  test('names with each entry the rules that were in force, the vault’s own entries too', async () => {
    const rule = {
      id: 'no-birth-date',
      effect: 'deny',
      subject: { any: true },
      action: 'prove',
      claims: ['birth_date'],
    };
    const made = { at: Date.now(), by: 'person' };
    await own['policy.saveRule']({ rule: { ...rule, when: [], locked: false, made } });
    const { hash } = await own['policy.get']({});
    await own['wallet.lock']({});
    await own['wallet.unlock']({ password: PASSWORD });
    const { entries } = await own['audit.list']({ limit: 10 });
    expect(entries.map(({ kind, policy }) => [kind, policy])).toEqual([
      ['vault.unlocked', hash],
      ['vault.locked', hash],
      ['rule.saved', EMPTY_POLICY_HASH],
      ['vault.created', EMPTY_POLICY_HASH],
    ]);
  });

  test('is checked stretch by stretch, and the check is itself in the log', async () => {
    await fill(2_500);
    const first = await own['audit.verify']({});
    expect(first).toMatchObject({ done: false, checked: 2_048, total: 2_501 });
    const last = await own['audit.verify']({ id: first.id });
    expect(last).toMatchObject({ id: first.id, done: true, checked: 2_501, checkpoint: { size: 2_501 } });
    expect(last.problem).toBeUndefined();
    expect((await own['audit.list']({ limit: 1 })).entries).toMatchObject([{ kind: 'log.checked' }]);
  });

  test('begins a check anew that nobody knows any more', async () => {
    await fill(2_500);
    const first = await own['audit.verify']({});
    const restarted = createOwnHandlers(() => Promise.resolve(wallet.services));
    const again = await restarted['audit.verify']({ id: first.id });
    expect(again.id).not.toBe(first.id);
    expect(again).toMatchObject({ checked: 2_048, done: false });
  });

  test('takes its turns when asked twice at once', async () => {
    await fill(2_500);
    const { id } = await own['audit.verify']({});
    const [one] = await Promise.all([own['audit.verify']({ id }), own['audit.verify']({ id })]);
    expect(one).toMatchObject({ done: true, total: 2_501 });
  });

  test('leaves as a file that a stranger can check', async () => {
    await fill(700);
    let text = '';
    for (let from: number | undefined = 0; from !== undefined;) {
      const stretch: { text: string; next?: number } = await own['audit.export']({ from });
      text += stretch.text;
      from = stretch.next;
    }
    expect(verifyExport(text)).toMatchObject({ ok: true, first: 0, end: 702 });
    const { text: proof, name } = await own['audit.exportEntry']({ seq: 300 });
    expect(name).toBe('signet-entry-300.tlog-proof');
    expect(verifyProof(proof)).toMatchObject({ ok: true, entry: { seq: 300 } });
  });

  test('is pruned down to a block', async () => {
    await fill(300);
    await own['audit.prune']({ before: 280, confirm: 'prune' });
    const { entries, total } = await own['audit.list']({ limit: 200 });
    expect({ total, oldest: entries.at(-1)?.seq, newest: entries[0]?.kind }).toEqual({
      total: 46,
      oldest: 256,
      newest: 'log.pruned',
    });
  });

  test('is closed while the vault is locked', async () => {
    const { id } = await own['audit.verify']({});
    await own['wallet.lock']({});
    await expect(own['audit.list']({ limit: 1 })).rejects.toMatchObject({ reason: 'locked' });
    await expect(own['audit.verify']({ id })).rejects.toMatchObject({ reason: 'locked' });
    await expect(own['audit.export']({ from: 0 })).rejects.toMatchObject({ reason: 'locked' });
    await expect(own['audit.exportEntry']({ seq: 0 })).rejects.toMatchObject({ reason: 'locked' });
    await expect(own['audit.prune']({ before: 256, confirm: 'prune' })).rejects.toMatchObject({ reason: 'locked' });
  });
});
