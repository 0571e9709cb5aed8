import { describe, expect, test } from 'vitest';
import type { AuditDraft, AuditEntry } from '../../../lib/audit/index.ts';
import { entryHash } from '../../../lib/audit/index.ts';
import { V1_HEAD, v1EntryAddress } from '../../../lib/audit/places.ts';
import { verifyExport } from '../../../lib/audit/verifying/index.ts';
import { canonicalJsonBytes, randomBytes, toBase64url, utf8 } from '../../../lib/core/index.ts';
import { VaultLog, usual } from '../../fixtures/audit/vault-log.ts';
import { Fuse, WorkerDied, mortal } from '../../fixtures/vault/dying.ts';
import { byPassword } from '../../fixtures/vault/machine.ts';
import { machineOf, readVersion } from '../../fixtures/vault/versions.ts';

/** Entries chained as schema 1 chained them. */
function chained(count: number, draft: (i: number) => AuditDraft = usual): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (let seq = 0; seq < count; seq++) {
    const last = entries.at(-1);
    entries.push({
      v: 1,
      salt: toBase64url(randomBytes(16)),
      prev: last === undefined ? 'A'.repeat(43) : toBase64url(entryHash(last)),
      seq,
      time: 1_000 * seq,
      subject: '',
      claims: [],
      decision: '',
      rules: [],
      policy: 'A'.repeat(43),
      ...draft(seq),
    });
  }
  return entries;
}

/** A vault whose log is as schema 1 kept it. */
async function withV1(entries: readonly AuditEntry[]): Promise<VaultLog> {
  const held = new VaultLog();
  const last = entries.at(-1);
  if (last === undefined) return held;
  await held.vault.transact((tx) => {
    for (const entry of entries) tx.put(v1EntryAddress(entry.seq), 1, canonicalJsonBytes(entry));
    tx.put(V1_HEAD, 1, canonicalJsonBytes({ v: 1, seq: last.seq, hash: toBase64url(entryHash(last)) }));
    tx.setLog({ head: entryHash(last), state: new Uint8Array() });
    return Promise.resolve();
  });
  return held;
}

describe('a log that schema 1 kept entry by entry', () => {
  test.each([1, 8, 300])(
    'comes along whole, to the byte, with %i entries, when it is first looked at',
    async (size) => {
      const entries = chained(size);
      const held = await withV1(entries);
      expect(await held.log.page({ limit: size })).toEqual(entries.toReversed());
      expect(await held.log.verifyChain()).toEqual({ ok: true, count: size });
      expect(await held.vault.tierOf(V1_HEAD)).toBeUndefined();
      expect(await held.vault.tierOf(v1EntryAddress(0))).toBeUndefined();
    },
  );

  test('goes on where it was, when it is first written to', async () => {
    const held = await withV1(chained(10));
    await held.fill(1);
    expect(await held.log.count()).toBe(11);
    expect(await held.log.verifyChain()).toEqual({ ok: true, count: 11 });
    expect(verifyExport((await held.log.export({ from: 0 })).text)).toMatchObject({ ok: true, end: 12 });
  });

  test('that lacks an entry, or has one that is none, comes along so, and verifying says it', async () => {
    const held = await withV1(chained(20));
    await held.vault.transact((tx) => tx.delete(v1EntryAddress(5)));
    expect(await held.log.page({ limit: 20 })).toHaveLength(19);
    expect(await held.log.verifyChain()).toMatchObject({ ok: false, kind: 'unreadable', seq: 5 });
    const other = await withV1(chained(20));
    await other.vault.transact((tx) => {
      tx.put(v1EntryAddress(7), 1, utf8('{}'));
      return Promise.resolve();
    });
    await other.fill(1);
    expect(await other.log.verifyChain()).toMatchObject({ ok: false, kind: 'unreadable', seq: 7 });
  });

  test('that someone edited before still shows it', async () => {
    const entries = chained(20);
    const held = await withV1(entries);
    await held.vault.transact((tx) => {
      tx.put(v1EntryAddress(6), 1, canonicalJsonBytes({ ...entries[6], decision: 'ANOMALY' }));
      return Promise.resolve();
    });
    expect(await held.log.verifyChain()).toMatchObject({ ok: false, kind: 'edited', seq: 6 });
  });
});

describe('the vault that the first Signet left', () => {
  const first = readVersion(1);
  const opener = byPassword(first.password);

  test('keeps its log, whole and verifiable, from the unlock that finds it', async () => {
    const machine = await machineOf(first);
    const worker = machine.worker();
    await worker.unlock(opener);
    const log = machine.log(await worker.open());
    expect(await log.verifyChain()).toMatchObject({ ok: true });
    expect(await log.vault.tierOf(V1_HEAD)).toBeUndefined();
    const all = await log.page({ limit: 1_000 });
    expect(all.at(-1)).toMatchObject({ seq: 0, kind: 'vault.created' });
    expect(all.length).toBeGreaterThan(first.expected.logEntries);
  });

  test('keeps it wherever the worker dies while it is taken over', async () => {
    for (let writes = 0, isOver = false; !isOver; writes++) {
      const machine = await machineOf(first);
      const fuse = new Fuse(writes);
      await machine
        .worker(mortal(machine, fuse))
        .unlock(opener)
        .catch((error: unknown) => {
          const died = error instanceof WorkerDied || (error instanceof Error && error.cause instanceof WorkerDied);
          if (!died) throw error;
        });
      isOver = !fuse.burnt;
      machine.endBrowser();
      machine.clock.now += 3_600_000;
      const worker = machine.worker();
      await worker.unlock(opener);
      const log = machine.log(await worker.open());
      expect(await log.verifyChain()).toMatchObject({ ok: true });
      expect((await log.page({ limit: 1_000 })).at(-1)).toMatchObject({ seq: 0, kind: 'vault.created' });
    }
  }, 120_000);
});
