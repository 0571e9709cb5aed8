import { beforeEach, describe, expect, test } from 'vitest';
import { LEVELS, segmentAddress, summaryAddress } from '../../../lib/audit/places.ts';
import { decodeState, encodeState, grow } from '../../../lib/audit/log-state.ts';
import { readSegment, readState, readSummary } from '../../../lib/audit/records.ts';
import type { Kept } from '../../../lib/audit/segment.ts';
import { encodeSegment, isReadable, leafBytes } from '../../../lib/audit/segment.ts';
import { encodeSummary } from '../../../lib/audit/summary.ts';
import type { AuditEntry } from '../../../lib/audit/index.ts';
import { SignetError, utf8 } from '../../../lib/core/index.ts';
import type { VaultTx } from '../../../lib/vault/index.ts';
import { VaultLog } from '../../fixtures/audit/vault-log.ts';

const [BLOCK] = LEVELS;

let held: VaultLog;
const check = () => held.log.verifyChain();

/** What someone with the running session can do to the records: anything. */
const tamper = (work: (tx: VaultTx) => Promise<void> | void): Promise<void> =>
  held.vault.transact(async (tx) => work(tx));

async function readable(segment: number): Promise<AuditEntry[]> {
  const entries = (await readSegment(held.vault, segment)) ?? [];
  return entries.filter(isReadable);
}

/** Changes the entries of a segment and leaves all else. */
async function change(segment: number, how: (entries: Kept[]) => void): Promise<void> {
  const entries: Kept[] = await readable(segment);
  how(entries);
  await tamper((tx) => tx.put(segmentAddress(segment), 1, encodeSegment(segment * 8, entries)));
}

const edit = (place: number, said: Partial<AuditEntry>) => (entries: Kept[]) => {
  const entry = entries[place];
  if (entry === undefined || !isReadable(entry)) throw new SignetError('internal', 'There is no such entry.');
  entries[place] = { ...entry, ...said };
};

describe('verifying', () => {
  test.each([0, 1, 7, 8, 9, 255, 256, 257, 520])('finds an untouched log of %i entries whole', async (size) => {
    held = new VaultLog();
    await held.fill(size);
    expect(await check()).toEqual({ ok: true, count: size });
    expect(size === 0 ? { ok: true } : await (await held.reopen()).verifyChain()).toMatchObject({ ok: true });
  });

  test('goes in steps and says how far it is', async () => {
    held = new VaultLog();
    await held.fill(300);
    const verification = await held.log.verify();
    const seen = [verification.progress.checked];
    while (!verification.progress.done) seen.push((await verification.step()).checked);
    expect(seen).toEqual([0, 256, 300]);
    expect(await verification.step()).toEqual({ checked: 300, total: 300, done: true });
  });

  test('looks at the log as it stood, whatever is appended meanwhile', async () => {
    held = new VaultLog();
    await held.fill(260);
    const verification = await held.log.verify();
    await verification.step();
    await held.fill(300);
    expect(await verification.run()).toEqual({ checked: 260, total: 260, done: true });
  });
});

describe('what verifying finds first', () => {
  beforeEach(async () => {
    held = new VaultLog();
    await held.fill(300);
  });

  test.each([
    [0, 3],
    [2, 0],
    [2, 7],
    [31, 7],
    [32, 0],
    [36, 3],
  ])('an entry edited in segment %i at place %i', async (segment, place) => {
    await change(segment, edit(place, { decision: 'ANOMALY' }));
    expect(await check()).toMatchObject({ ok: false, kind: 'edited', seq: segment * 8 + place });
  });

  test('an entry that points elsewhere', async () => {
    await change(4, edit(2, { prev: 'A'.repeat(43) }));
    expect(await check()).toMatchObject({ ok: false, kind: 'edited', seq: 34 });
  });

  test('two entries exchanged in a segment', async () => {
    await change(5, (entries) => entries.splice(1, 2, ...entries.slice(1, 3).reverse()));
    expect(await check()).toMatchObject({ ok: false, kind: 'reordered', seq: 41 });
  });

  test.each([0, 1, 254, 255, 256])('entry %i gone from among the others, before the end of a block', async (seq) => {
    await change(Math.floor(seq / 8), (entries) => void entries.splice(seq % 8, 1));
    expect(await check()).toMatchObject({ ok: false, kind: 'gap', seq });
  });

  test('two segments exchanged, however far from each other', async () => {
    const [three, thirty] = [await readable(3), await readable(30)];
    await tamper((tx) => {
      tx.put(segmentAddress(3), 1, encodeSegment(24, thirty));
      tx.put(segmentAddress(30), 1, encodeSegment(240, three));
    });
    expect(await check()).toMatchObject({ ok: false, kind: 'reordered', seq: 24 });
  });

  test('an entry missing', async () => {
    await change(6, (entries) => entries.splice(3, 1));
    expect(await check()).toMatchObject({ ok: false, kind: 'gap', seq: 51 });
  });

  test('a segment missing', async () => {
    await tamper((tx) => tx.delete(segmentAddress(7)));
    expect(await check()).toMatchObject({ ok: false, kind: 'gap', seq: 56 });
  });

  test('the last entries missing', async () => {
    await tamper((tx) => tx.delete(segmentAddress(37)));
    expect(await check()).toMatchObject({ ok: false, kind: 'truncated', seq: 296 });
    await change(36, (entries) => entries.splice(5));
    expect(await check()).toMatchObject({ ok: false, kind: 'truncated', seq: 293 });
  });

  test('a segment that is none', async () => {
    await tamper((tx) => tx.put(segmentAddress(9), 1, utf8('noise')));
    expect(await check()).toMatchObject({ ok: false, kind: 'unreadable', seq: 72 });
  });

  test('an entry that is none', async () => {
    await change(9, (entries) => (entries[4] = { unreadable: utf8('{}') }));
    expect(await check()).toMatchObject({ ok: false, kind: 'unreadable', seq: 76 });
  });

  test('a row that was taken out of the database', async () => {
    const { rows } = await held.vault.locate(segmentAddress(11));
    await held.backend.batch(
      rows.map((key) => ({ store: 'records', key, value: undefined })),
      [],
    );
    expect(await check()).toMatchObject({ ok: false, kind: 'unreadable', seq: 88 });
  });

  test('entries told otherwise and chained anew to the end: the state in the root does not agree', async () => {
    const segments = await Promise.all([36, 37].map(readable));
    let prev = segments[0]?.[0]?.prev ?? '';
    await tamper((tx) => {
      for (const [i, entries] of segments.entries()) {
        const forged = entries.map((entry) => {
          const told = { ...entry, prev, ...(entry.seq === 290 ? { subject: 'https://other.example' } : {}) };
          prev = decodeLast(told);
          return told;
        });
        tx.put(segmentAddress(36 + i), 1, encodeSegment((36 + i) * 8, forged));
      }
    });
    expect(await check()).toMatchObject({ ok: false, kind: 'edited', seq: 299 });
  });

  const decodeLast = (entry: AuditEntry): string => grow(decodeState(new Uint8Array()), leafBytes(entry)).state.last;

  test('the state put back while the entries stay', async () => {
    const before = await held.vault.logState();
    const head = await held.vault.logHead();
    await held.fill(2);
    await tamper((tx) => tx.setLog({ head, state: before }));
    expect(await check()).toMatchObject({ ok: false, kind: 'truncated', seq: 300 });
  });

  test('a state that does not agree with the head beside it', async () => {
    const state = await held.vault.logState();
    await tamper((tx) => tx.setLog({ head: new Uint8Array(32).fill(1), state }));
    expect(await check()).toMatchObject({ ok: false, kind: 'edited', seq: 299 });
  });

  test('a state that is none', async () => {
    await tamper((tx) => tx.setLog({ head: new Uint8Array(32), state: utf8('noise') }));
    await expect(held.log.verifyChain()).rejects.toMatchObject({ reason: 'vault_damaged' });
  });

  test('a summary that hides a site from searches, one with another root, one that is gone', async () => {
    const summary = await readSummary(held.vault, BLOCK, 0);
    if (summary?.holds === undefined) throw new SignetError('internal', 'The block is summed up.');
    const { holds } = summary;
    const bad = [
      encodeSummary({ ...summary, holds: { ...holds, subjects: holds.subjects?.slice(1) ?? [] } }),
      encodeSummary({ ...summary, holds: { ...holds, to: holds.to - 1 } }),
      encodeSummary({ ...summary, roots: [new Uint8Array(32)] }),
      encodeSummary({ ...summary, checkpoint: '' }),
      encodeSummary({ ...summary, checkpoint: await held.log.checkpoint() }),
    ];
    for (const bytes of bad) {
      await tamper((tx) => tx.put(summaryAddress(BLOCK, 0), 1, bytes));
      expect(await check()).toMatchObject({ ok: false, kind: 'edited', seq: 0 });
    }
    await tamper((tx) => tx.delete(summaryAddress(BLOCK, 0)));
    expect(await check()).toMatchObject({ ok: false, kind: 'unreadable', seq: 0 });
  });

  test('an older log behind a newer checkpoint of its own', async () => {
    const [state, head] = [await held.vault.logState(), await held.vault.logHead()];
    await held.fill(4);
    await held.log.checkpoint();
    await tamper(async (tx) => {
      await tx.delete(segmentAddress(37));
      const older = await readSegment(held.vault, 37);
      tx.put(segmentAddress(37), 1, encodeSegment(296, older?.slice(0, 4) ?? []));
      tx.setLog({ head, state });
    });
    expect(await check()).toMatchObject({ ok: false, kind: 'rolled_back', seq: 300 });
  });
});

describe('held against a checkpoint that left earlier', () => {
  beforeEach(async () => {
    held = new VaultLog();
    await held.fill(20);
  });

  const against = async (text: string) => (await held.log.verify(text)).run();

  test('an honest log is consistent with it', async () => {
    const checkpoint = await held.log.checkpoint();
    await held.fill(300);
    expect(await against(checkpoint)).toMatchObject({ done: true, against: 'consistent' });
    expect(await against((await held.log.export({ from: 320 })).text)).toMatchObject({ against: 'consistent' });
  });

  test.each([1, 100, 255, 256, 257, 300])(
    'also where it is of %i entries, in the middle of a block or at its end',
    async (size) => {
      held = new VaultLog();
      await held.fill(size);
      const earlier = await held.log.checkpoint();
      await held.fill(600);
      const verification = await held.log.verify(earlier);
      expect(await verification.run()).toMatchObject({ done: true, against: 'consistent' });
    },
  );

  test('a whole profile put back shows, and both states are named', async () => {
    const older = await held.reopen();
    await held.fill(300);
    const checkpoint = await held.log.checkpoint();
    const { problem } = await (await older.verify(checkpoint)).run();
    expect(problem).toMatchObject({ kind: 'rolled_back', seq: 20 });
    expect(problem?.message).toMatch(/after 20 entries.*was of 320/);
  });

  test('a log that someone with the session told otherwise and signed anew shows', async () => {
    const checkpoint = await held.log.checkpoint();
    await rewrite();
    expect(await check()).toMatchObject({ ok: false, kind: 'rolled_back' });
    await tamper((tx) => tx.delete({ label: 'sys/audit/checkpoint', index: 0 }));
    expect(await check()).toEqual({ ok: true, count: 20 });
    expect((await against(checkpoint)).problem).toMatchObject({ kind: 'rolled_back', seq: 19 });
  });

  /** Everything anew from entry 3 on, so that it agrees with itself. */
  async function rewrite(): Promise<void> {
    const entries = (await Promise.all([0, 1, 2].map(readable))).flat();
    let state = decodeState(new Uint8Array());
    const told = entries.map((entry) => {
      const next = { ...entry, prev: state.last, ...(entry.seq === 3 ? { subject: 'https://other.example' } : {}) };
      state = grow(state, leafBytes(next)).state;
      return next;
    });
    await tamper((tx) => {
      for (const i of [0, 1, 2]) tx.put(segmentAddress(i), 1, encodeSegment(i * 8, told.slice(i * 8, i * 8 + 8)));
      tx.setLog({ head: state.tree.root(), state: encodeState(state) });
    });
    expect((await readState(held.vault)).tree.size).toBe(20);
  }

  test('of another log, it is refused', async () => {
    const other = new VaultLog();
    await other.fill(3);
    await expect(held.log.verify(await other.log.checkpoint())).rejects.toMatchObject({ reason: 'bad_request' });
    await expect(held.log.verify('noise')).rejects.toMatchObject({ reason: 'bad_request' });
  });
});
