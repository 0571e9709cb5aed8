import { beforeAll, describe, expect, test } from 'vitest';
import type { Checkpoint } from '../../../lib/audit/index.ts';
import { openCheckpoint } from '../../../lib/audit/index.ts';
import { isConsistent } from '../../../lib/core/merkle/index.ts';
import { verifyExport, verifyProof } from '../../../lib/audit/verifying/index.ts';
import { VaultLog } from '../../fixtures/audit/vault-log.ts';

const held = new VaultLog();
const checkpoints: { size: number; checkpoint: Checkpoint }[] = [];

async function remember(log = held): Promise<void> {
  const checkpoint = openCheckpoint(await log.log.checkpoint(), log.log.verifierKey());
  checkpoints.push({ size: checkpoint.size, checkpoint });
}

/** The whole export, stretch by stretch. */
async function exported(from: VaultLog, to?: number): Promise<string> {
  let text = '';
  for (let next: number | undefined = 0; next !== undefined;) {
    const stretch = await from.log.export(to === undefined ? { from: next } : { from: next, to });
    text += stretch.text;
    next = stretch.next;
  }
  return text;
}

beforeAll(async () => {
  for (const more of [1, 6, 1, 247, 1, 1, 3_000, 839, 1, 700]) {
    await held.fill(more);
    await remember();
  }
}, 120_000);

describe('the export of one entry', () => {
  test.each([0, 7, 8, 255, 256, 3_000, 4_095, 4_096, 4_600])('proves entry %i to a stranger', async (seq) => {
    const check = verifyProof(await held.log.exportEntry(seq), { key: held.log.verifierKey() });
    const [entry] = await held.log.page({ before: seq + 1, limit: 1 });
    expect(check).toMatchObject({ ok: true, entry });
  });

  test('is itself in the log', async () => {
    await held.log.exportEntry(3);
    expect(await held.log.page({ limit: 1 })).toMatchObject([{ kind: 'log.exported', subject: '3' }]);
  });

  test('is refused where there is none', async () => {
    const before = await held.log.count();
    for (const seq of [-1, before, before + 9, 0.5]) {
      await expect(held.log.exportEntry(seq)).rejects.toMatchObject({ reason: 'not_found' });
    }
    expect(await held.log.count()).toBe(before);
  });
});

describe('the export of the log', () => {
  test('is checked by a stranger, against the log’s key and every checkpoint that left before', async () => {
    const text = await exported(held);
    expect(verifyExport(text, { key: held.log.verifierKey() })).toMatchObject({ ok: true, first: 0 });
    expect(verifyExport(text)).toMatchObject({ end: await held.log.count() });
    expect(await held.log.page({ limit: 1 })).toMatchObject([{ kind: 'log.exported', subject: '' }]);
  });

  test('can end earlier, with a checkpoint over what it holds', async () => {
    const text = await exported(held, 600);
    expect(verifyExport(text)).toMatchObject({ ok: true, end: 600, checkpoint: { size: 600 } });
  });
});

describe('consistency', () => {
  test('is proven between any two checkpoints the log ever signed', async () => {
    for (const from of checkpoints) {
      for (const to of checkpoints.filter(({ size }) => size >= from.size)) {
        const proof = await held.log.consistency(from.size, to.size);
        expect(isConsistent(from.checkpoint, to.checkpoint, proof)).toBe(true);
      }
    }
  });

  test('is refused for more entries than there ever were', async () => {
    await expect(held.log.consistency(1, 1_000_000)).rejects.toMatchObject({ reason: 'bad_request' });
    await expect(held.log.consistency(9, 8)).rejects.toMatchObject({ reason: 'bad_request' });
  });
});

describe('a checkpoint', () => {
  test('is signed again only when there is something new to say', async () => {
    const first = await held.log.checkpoint();
    held.clock.now += 60_000;
    expect(await held.log.checkpoint()).toBe(first);
    await held.fill(1);
    const second = openCheckpoint(await held.log.checkpoint(), held.log.verifierKey());
    expect(second).toMatchObject({ size: await held.log.count(), time: held.clock.now });
  });

  test('is of a key that only this vault has', async () => {
    const other = new VaultLog();
    await other.fill(1);
    const text = await other.log.checkpoint();
    expect(() => openCheckpoint(text, held.log.verifierKey())).toThrow();
  });
});
