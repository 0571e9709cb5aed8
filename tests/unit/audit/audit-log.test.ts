import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AuditLog, EMPTY_POLICY_HASH, entryHash, policyHash } from '../../../lib/audit/index.ts';
import { fromBase64url, toBase64url, utf8 } from '../../../lib/core/index.ts';
import type { Address, OpenVault } from '../../../lib/vault/index.ts';
import { MARK, Machine, PASSWORD, putRecord } from '../../fixtures/vault/machine.ts';

const origin = new Machine();
let machine: Machine;
let vault: OpenVault;
let log: AuditLog;

beforeAll(async () => {
  await origin.worker().create({ password: PASSWORD, mark: MARK });
});

beforeEach(async () => {
  machine = await origin.fork();
  vault = await machine.worker().open();
  log = machine.log(vault);
});

const say = (subject: string) => log.transact((tx) => tx.log({ kind: 'proof.denied', subject, decision: 'DENY' }));

describe('an entry', () => {
  test('has the members of the design and no other, and points back to the one before', async () => {
    machine.clock.now += 1_000;
    const entry = await log.transact((tx) =>
      tx.log({ kind: 'proof.allowed', subject: 'https://shop.example', claims: ['age_over_21'], decision: 'PERMIT' }),
    );
    const [, created] = await log.page({ limit: 2 });
    expect(created).toBeDefined();
    expect(entry).toEqual({
      v: 1,
      salt: expect.any(String) as string,
      prev: created && toBase64url(entryHash(created)),
      seq: 1,
      time: machine.clock.now,
      kind: 'proof.allowed',
      subject: 'https://shop.example',
      claims: ['age_over_21'],
      decision: 'PERMIT',
      rules: [],
      policy: EMPTY_POLICY_HASH,
    });
    expect(fromBase64url(entry.salt)).toHaveLength(16);
  });

  test('the first points back to nothing', async () => {
    const [first] = await log.page({ limit: 1 });
    expect(first).toMatchObject({ seq: 0, prev: toBase64url(new Uint8Array(32)), kind: 'vault.created', subject: '' });
  });

  test('says which policy was in force', async () => {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', utf8('{"rules":[],"v":1}')));
    expect(EMPTY_POLICY_HASH).toBe(toBase64url(digest));
    const other = policyHash({ v: 1, rules: ['x'] });
    const strict = new AuditLog(vault, { clock: machine.clock.read, policy: other });
    expect(await strict.transact((tx) => tx.log({ kind: 'settings.changed' }))).toMatchObject({ policy: other });
  });

  test('keeps a commitment where one is given', async () => {
    const entry = await log.transact((tx) => tx.log({ kind: 'credential.received', commitment: 'abc' }));
    const [stored] = await log.page({ limit: 1 });
    expect(stored).toEqual(entry);
    expect(stored?.commitment).toBe('abc');
  });
});

describe('the log', () => {
  test('refuses a transaction that writes and says nothing, and writes nothing', async () => {
    const address: Address = { label: 'data/x', index: 0 };
    for (const work of [
      putRecord(log, address, utf8('x')),
      log.transact((tx) => tx.delete(address)),
      log.transact((tx) => tx.deleteTier(2)),
    ]) {
      await expect(work).rejects.toMatchObject({ reason: 'internal' });
    }
    expect(await vault.get(address, 1)).toBeUndefined();
    expect(await log.count()).toBe(1);
  });

  test('pages from the newest back, without a gap or a double', async () => {
    for (let i = 0; i < 7; i++) await say(`https://${i}.example`);
    const first = await log.page({ limit: 3 });
    const second = await log.page({ before: first.at(-1)?.seq ?? 0, limit: 3 });
    const third = await log.page({ before: second.at(-1)?.seq ?? 0, limit: 3 });
    expect([...first, ...second, ...third].map(({ seq }) => seq)).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
    expect(await log.page({ before: 0, limit: 3 })).toEqual([]);
    expect(await log.page({ before: 99, limit: 1 })).toEqual(first.slice(0, 1));
  });

  test('several entries of one transaction follow each other', async () => {
    await log.transact(async (tx) => {
      await tx.log({ kind: 'proof.denied' });
      await tx.log({ kind: 'proof.ended' });
    });
    expect(await log.verifyChain()).toEqual({ ok: true, count: 3 });
  });
});

describe('the segment that the next entry joins', () => {
  test('is not taken from a transaction that failed', async () => {
    await say('https://before.example');
    const failing = log.transact(async (tx) => {
      await tx.log({ kind: 'proof.denied', subject: 'https://never.example' });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await say('https://after.example');
    expect((await log.page({ limit: 2 })).map(({ subject }) => subject)).toEqual([
      'https://after.example',
      'https://before.example',
    ]);
    expect(await log.verifyChain()).toMatchObject({ ok: true });
  });

  test('is read anew where another worker wrote meanwhile', async () => {
    await say('https://here.example');
    const other = machine.log(await machine.worker().open());
    await other.transact((tx) => tx.log({ kind: 'proof.denied', subject: 'https://there.example' }));
    await expect(say('https://outrun.example')).rejects.toMatchObject({ reason: 'changed' });
    await say('https://here-again.example');
    expect((await log.page({ limit: 3 })).map(({ subject }) => subject)).toEqual([
      'https://here-again.example',
      'https://there.example',
      'https://here.example',
    ]);
    expect(await log.verifyChain()).toMatchObject({ ok: true });
  });
});
