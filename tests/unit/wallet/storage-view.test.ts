import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { le64 } from '../../../lib/core/index.ts';
import type { IntegrityReport, RowView } from '../../../lib/messaging/contract.ts';
import { ROW_LENGTH } from '../../../lib/vault/index.ts';
import { openLog } from '../../../lib/wallet/log/open-log.ts';
import { RowChecks, cleanRows, listRows, locateRecord } from '../../../lib/wallet/life/storage-view.ts';
import { changeSettings, readSettings, walletStatus } from '../../../lib/wallet/life/unlock.ts';
import type { TestWallet } from '../../fixtures/wallet.ts';
import { PASSWORD, createTestWallet } from '../../fixtures/wallet.ts';

let wallet: TestWallet;

beforeEach(async () => {
  wallet = await createTestWallet();
  await wallet.services.keeper.create({ password: PASSWORD, mark: { shape: 'anchor', colour: 'sea' } });
});

const putStrangers = (count: number): Promise<void> =>
  wallet.backend.batch(
    Array.from({ length: count }, () => {
      const key = crypto.getRandomValues(new Uint8Array(32));
      return { store: 'records' as const, key, value: crypto.getRandomValues(new Uint8Array(ROW_LENGTH)) };
    }),
    [],
  );

async function allRows(limit: number): Promise<readonly RowView[]> {
  const found: RowView[] = [];
  for (;;) {
    const after = found.at(-1)?.id;
    const { rows } = await listRows(wallet.services, { limit, ...(after === undefined ? {} : { after }) });
    found.push(...rows);
    if (rows.length < limit) return found;
  }
}

async function check(checks = new RowChecks()): Promise<IntegrityReport> {
  let step = await checks.next(wallet.services);
  while (step.report === undefined) step = await checks.next(wallet.services, step.id);
  return step.report;
}

describe('the rows, as an attacker sees them', () => {
  test('are all that the database has, once each and in the order of their ids, whatever the page', async () => {
    const stored = (await wallet.backend.entries('records')).map(([id, value]) => ({
      id: Buffer.from(id).toString('hex'),
      size: value.length,
      start: Buffer.from(value.subarray(0, 16)).toString('hex'),
    }));
    expect(stored.length).toBeGreaterThan(2);
    for (const limit of [1, 3, 200]) expect(await allRows(limit)).toEqual(stored);
    const { total, bytes } = await listRows(wallet.services, { limit: 1 });
    expect({ total, bytes }).toEqual({ total: stored.length, bytes: stored.length * ROW_LENGTH });
  });

  test('show strangers as what they are to the database: rows', async () => {
    const before = await allRows(50);
    await putStrangers(3);
    expect(await allRows(50)).toHaveLength(before.length + 3);
  });

  test('are shown to nobody while the vault is locked', async () => {
    await wallet.services.keeper.lock('person');
    await expect(listRows(wallet.services, { limit: 1 })).rejects.toMatchObject({ reason: 'locked' });
    await expect(locateRecord(wallet.services, { label: 'sys/settings', index: 0 })).rejects.toMatchObject({
      reason: 'locked',
    });
  });
});

describe('a name that a person types', () => {
  test('has the published id, whether or not there is such a record', async () => {
    const { keys } = await wallet.services.keeper.open();
    for (const [label, index] of [
      ['sys/settings', 0],
      ['data/email', 7],
      ['anything at all', 2 ** 40],
    ] as const) {
      const expected = createHash('sha256').update(keys.addressing.expose()).update(label).update(le64(index));
      expect((await locateRecord(wallet.services, { label, index })).recordId).toBe(expected.digest('hex'));
    }
  });

  test('leads to rows that are there, and to none where there is no record', async () => {
    const ids = new Set((await allRows(50)).map(({ id }) => id));
    const { rows } = await locateRecord(wallet.services, { label: 'sys/settings', index: 0 });
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter((id) => !ids.has(id))).toEqual([]);
    expect((await locateRecord(wallet.services, { label: 'sys/settings', index: 1 })).rows).toEqual([]);
    expect((await locateRecord(wallet.services, { label: 'nothing', index: 0 })).rows).toEqual([]);
  });

  test('leads elsewhere once the record was written again', async () => {
    const at = { label: 'sys/settings', index: 0 };
    const before = await locateRecord(wallet.services, at);
    await wallet.services.keeper.setAutoLockMinutes(5);
    const after = await locateRecord(wallet.services, at);
    expect(after.recordId).toBe(before.recordId);
    expect(after.rows).not.toEqual(before.rows);
  });
});

describe('a check of every row', () => {
  test('finds a fresh vault whole', async () => {
    const rows = await wallet.backend.count('records');
    expect(await check()).toEqual({ rows, missing: 0, altered: 0, strangers: 0 });
  });

  test('tells strangers, a row that is missing and one that was altered', async () => {
    const { rows } = await locateRecord(wallet.services, { label: 'sys/settings', index: 0 });
    const key = Uint8Array.from(Buffer.from(rows[0] ?? '', 'hex'));
    await putStrangers(2);
    const value = (await wallet.backend.get('records', key))?.map((byte, at) => (at === 40 ? byte ^ 1 : byte));
    await wallet.backend.batch([{ store: 'records', key, value }], []);
    expect(await check()).toMatchObject({ missing: 0, altered: 1, strangers: 2 });
    await wallet.backend.batch([{ store: 'records', key, value: undefined }], []);
    expect(await check()).toMatchObject({ missing: 1, altered: 0, strangers: 2 });
  });

  test('begins anew where a check is asked for that nobody knows', async () => {
    const checks = new RowChecks();
    const step = await checks.next(wallet.services, 'of a worker that died');
    expect(step.id).not.toBe('of a worker that died');
    expect(await check(checks)).toMatchObject({ strangers: 0 });
  });

  test('ends with the vault', async () => {
    const checks = new RowChecks();
    const { id } = await checks.next(wallet.services);
    await wallet.services.keeper.lock('person');
    await expect(checks.next(wallet.services, id)).rejects.toMatchObject({ reason: 'locked' });
  });

  test('is followed by cleaning, which takes strangers away and nothing else', async () => {
    const before = await allRows(50);
    await putStrangers(4);
    expect(await cleanRows(wallet.services)).toMatchObject({ strangers: 0, missing: 0 });
    expect(await allRows(50)).toEqual(before);
  });
});

describe('rows that differ', () => {
  test('are told and logged once they were counted after the next unlock, until they are cleaned', async () => {
    const { keeper } = wallet.services;
    expect((await walletStatus(wallet.services)).rowsDiffer).toBe(false);
    await keeper.lock('person');
    await putStrangers(1);
    await keeper.unlock({ kind: 'password', password: PASSWORD });
    expect(await keeper.countRows()).toBe(true);
    expect(await keeper.countRows()).toBe(true);
    expect((await walletStatus(wallet.services)).rowsDiffer).toBe(true);
    const log = await openLog(wallet.services);
    const kinds = (await log.page({ limit: 20 })).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'vault.rows_differ')).toHaveLength(1);
    await cleanRows(wallet.services);
    expect((await walletStatus(wallet.services)).rowsDiffer).toBe(false);
  });
});

describe('the decoy dial', () => {
  test('is on at first, remembers what was chosen, and is written down in the log', async () => {
    const settings = await readSettings(wallet.services);
    expect(settings.decoys).toBe(true);
    await changeSettings(wallet.services, { ...settings, decoys: false });
    expect(await readSettings(wallet.services)).toEqual({ ...settings, decoys: false });
    await changeSettings(wallet.services, settings);
    expect(await readSettings(wallet.services)).toEqual(settings);
  });
});
