import { beforeEach, describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../../lib/audit/index.ts';
import { isConsistent } from '../../../lib/core/merkle/index.ts';
import { LEVELS, PRUNED, segmentAddress, summaryAddress } from '../../../lib/audit/places.ts';
import { markPruned } from '../../../lib/audit/prune.ts';
import { readState, readSummary, writeState } from '../../../lib/audit/records.ts';
import { verifyExport, verifyProof } from '../../../lib/audit/verifying/index.ts';
import { utf8 } from '../../../lib/core/index.ts';
import { VaultLog } from '../../fixtures/audit/vault-log.ts';

let held: VaultLog;
const opened = async () => openCheckpoint(await held.log.checkpoint(), held.log.verifierKey());
const exported = async () => (await held.log.export({ from: 0 })).text;

beforeEach(async () => {
  held = new VaultLog();
  await held.fill(800, (i) => ({ kind: 'proof.denied', subject: `https://${Math.floor(i / 256)}.example` }));
});

describe('pruning', () => {
  test('goes down to the end of a block, and says what went by its root', async () => {
    const before = await held.log.consistency(256, 800);
    expect(await held.log.prune(511)).toBe(256);
    expect(before.length).toBeGreaterThan(0);
    const [entry] = await held.log.page({ limit: 1 });
    expect(entry).toMatchObject({ kind: 'log.pruned', subject: '256', seq: 800 });
    expect(entry?.commitment).toMatch(/^[\w-]{43}$/);
  });

  test('leaves no record of what went, and all of what stays', async () => {
    const count = await held.vault.count();
    await held.log.prune(512);
    for (let segment = 0; segment < 64; segment++) {
      expect(await held.vault.tierOf(segmentAddress(segment))).toBeUndefined();
    }
    expect(await held.vault.tierOf(summaryAddress(LEVELS[0], 1))).toBeUndefined();
    expect(await held.vault.count()).toBeLessThan(count - 60);
    expect((await held.log.page({ limit: 2_000 })).map(({ seq }) => seq)).toEqual(
      Array.from({ length: 289 }, (_, i) => 800 - i),
    );
    expect((await held.log.search({ site: '0.example' }, { limit: 5 })).entries).toEqual([]);
  });

  test('leaves a log that verifies, exports and proves as before', async () => {
    const [early, late] = [openCheckpoint(await held.log.checkpoint(), held.log.verifierKey()), 800];
    await held.log.prune(512);
    expect(await held.log.verifyChain()).toEqual({ ok: true, count: 801 });
    expect(verifyExport(await exported())).toMatchObject({ ok: true, first: 512, end: 802 });
    expect(verifyProof(await held.log.exportEntry(600))).toMatchObject({ ok: true });
    await held.fill(600);
    const now = await opened();
    expect(isConsistent(early, now, await held.log.consistency(late, now.size))).toBe(true);
    expect(await (await held.reopen()).verifyChain()).toMatchObject({ ok: true });
    expect(await (await held.log.verify(await held.log.checkpoint())).run()).toMatchObject({ against: 'consistent' });
  });

  test('can be done again, over a whole chapter and beyond', async () => {
    await held.log.prune(300);
    await held.fill(3_700);
    expect(await held.log.verifyChain()).toMatchObject({ ok: true });
    await held.log.prune(4_096 + 256);
    expect(await held.log.verifyChain()).toMatchObject({ ok: true });
    expect(await held.vault.tierOf(summaryAddress(LEVELS[1], 0))).toBeUndefined();
    expect(verifyProof(await held.log.exportEntry(4_400))).toMatchObject({ ok: true });
    expect(await held.log.consistency(4_096, 4_400)).not.toEqual([]);
  }, 60_000);

  test('takes the names of what went out of the summary that reaches over the boundary', async () => {
    await held.fill(3_400, () => ({ kind: 'proof.denied', subject: 'https://later.example' }));
    const named = async () => (await readSummary(held.vault, LEVELS[1], 0))?.holds?.subjects;
    expect(await named()).toContain('https://0.example');
    await held.log.prune(1_024);
    expect(await named()).toEqual(['https://later.example']);
    expect(await held.log.verifyChain()).toMatchObject({ ok: true });
  }, 60_000);

  test('is refused where there is nothing that old, and changes nothing', async () => {
    await held.log.prune(300);
    for (const before of [0, 255, 256, 300]) {
      await expect(held.log.prune(before)).rejects.toMatchObject({ reason: 'not_found' });
    }
    expect(await held.log.count()).toBe(801);
  });

  test('cannot prove or compare what went, and says so', async () => {
    const early = new VaultLog();
    await early.fill(10);
    const checkpoint = await early.log.checkpoint();
    await early.fill(500);
    await early.log.prune(256);
    await expect(early.log.exportEntry(3)).rejects.toMatchObject({ reason: 'not_found' });
    await expect(early.log.consistency(10, 511)).rejects.toMatchObject({ reason: 'not_found' });
    expect(await (await early.log.verify(checkpoint)).run()).toMatchObject({ against: 'not_comparable' });
  });

  test('that a worker died in goes on with the entries that follow', async () => {
    await held.log.transact(async (tx) => {
      const { state } = await markPruned(tx, await readState(tx), 512, held.clock.now);
      writeState(tx, state);
      await tx.log({ kind: 'log.pruned' });
    });
    expect(await held.vault.tierOf(segmentAddress(32))).toBe(1);
    expect(await held.log.verifyChain()).toMatchObject({ ok: true });
    await held.fill(1);
    expect(await held.vault.tierOf(segmentAddress(32))).toBeUndefined();
    expect(await held.log.verifyChain()).toMatchObject({ ok: true });
  });

  test('in the middle of verifying makes that begin anew instead of crying wolf', async () => {
    await held.fill(1000); // more than it reads ahead
    const verification = await held.log.verify();
    await verification.step();
    await held.log.prune(1536);
    expect(await verification.run()).toEqual({ checked: 1801, total: 1801, done: true });
  });

  test('whose remains were altered shows', async () => {
    await held.log.prune(512);
    const remains = await held.vault.get(PRUNED, 1);
    const other = new VaultLog();
    await other.fill(800);
    await other.log.prune(512);
    const foreign = await other.vault.get(PRUNED, 1);
    for (const bytes of [foreign, utf8('{}'), remains?.slice(1)]) {
      await held.vault.transact((tx) => {
        tx.put(PRUNED, 1, bytes ?? new Uint8Array());
        return Promise.resolve();
      });
      expect(await held.log.verifyChain()).toMatchObject({ ok: false });
    }
  });
});
