import { beforeEach, describe, expect, test } from 'vitest';
import { auditJournal, openCheckpoint } from '../../../lib/audit/index.ts';
import { CHECKPOINT } from '../../../lib/audit/places.ts';
import { readCheckpoint } from '../../../lib/audit/records.ts';
import type { VaultRecord } from '../../../lib/vault/index.ts';
import { VaultLog } from '../../fixtures/audit/vault-log.ts';

const journal = auditJournal();
let held: VaultLog;

beforeEach(async () => {
  held = new VaultLog();
  await held.fill(300);
});

describe('the last thing before the vault locks', () => {
  test('is a signed checkpoint over all that was logged, kept in the vault', async () => {
    const time = held.clock.now + 5;
    await held.vault.transact((tx) => journal.close(tx, time));
    const text = (await readCheckpoint(held.vault)) ?? '';
    expect(openCheckpoint(text, held.log.verifierKey())).toMatchObject({ size: 300, time });
    expect(await held.log.verifyChain()).toMatchObject({ ok: true });
  });

  test('writes nothing where nothing was logged since the last one', async () => {
    await held.vault.transact((tx) => journal.close(tx, held.clock.now));
    const before = await held.backend.entries('records');
    await held.vault.transact((tx) => journal.close(tx, held.clock.now + 60_000));
    expect(await held.backend.entries('records')).toEqual(before);
  });
});

describe('a log that moved into a vault of other keys', () => {
  /** Every record and the state, put into a vault with keys of its own. */
  async function moved(): Promise<VaultLog> {
    const next = new VaultLog();
    const log = { head: await held.vault.logHead(), state: await held.vault.logState() };
    const records: VaultRecord[] = [];
    for await (const record of held.vault.records()) records.push(record);
    await next.vault.transact(async (tx) => {
      for (const { address, tier, bytes } of records) tx.put(address, tier, bytes);
      tx.setLog(log);
      await journal.moved(tx, held.vault);
    });
    return next;
  }

  test('still holds, with what its former key signed, and goes on under the new one', async () => {
    const left = await held.log.checkpoint();
    const next = await moved();
    expect(await next.log.verifyChain()).toEqual({ ok: true, count: 300 });
    await next.fill(300);
    await next.log.checkpoint();
    expect(await (await next.log.verify(left)).run()).toMatchObject({ done: true, against: 'consistent' });
    expect(openCheckpoint(await next.log.checkpoint(), next.log.verifierKey()).size).toBe(600);
  });

  test('takes nothing from its former key that it signs after the move', async () => {
    const next = await moved();
    await held.fill(20);
    const late = await held.log.checkpoint();
    await next.fill(20);
    await expect(next.log.verify(late)).rejects.toMatchObject({ reason: 'bad_request' });
    const bytes = await held.vault.get(CHECKPOINT, 1);
    await next.vault.transact((tx) => {
      tx.put(CHECKPOINT, 1, bytes ?? new Uint8Array());
      return Promise.resolve();
    });
    expect(await next.log.verifyChain()).toMatchObject({ ok: false });
  });

  test('can move again', async () => {
    const left = await held.log.checkpoint();
    held = await moved();
    await held.fill(10);
    const next = await moved();
    expect(await next.log.verifyChain()).toMatchObject({ ok: true });
    expect(await (await next.log.verify(left)).run()).toMatchObject({ against: 'consistent' });
  });
});
