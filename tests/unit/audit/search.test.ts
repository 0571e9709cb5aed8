import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AuditDraft, AuditEntry, AuditFilter } from '../../../lib/audit/index.ts';
import { segmentAddress, summaryAddress, LEVELS } from '../../../lib/audit/places.ts';
import { VaultLog, usual } from '../../fixtures/audit/vault-log.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 60);
const SIZE = 4_600;
const RARE = [17, 900, 4_095, 4_096, 4_500];

const held = new VaultLog();
let everything: readonly AuditEntry[];

const draft = (i: number): AuditDraft => ({
  ...usual(i),
  ...(RARE.includes(i) ? { subject: 'https://Rare.example', kind: 'offer.failed', decision: 'ANOMALY' } : {}),
});

beforeAll(async () => {
  await held.fill(SIZE, draft);
  everything = await held.log.page({ limit: SIZE });
}, 120_000);

/** Goes on until there is nothing more, and counts the calls. */
async function searchAll(filter: AuditFilter, limit = 50): Promise<{ seqs: number[]; calls: number }> {
  const seqs: number[] = [];
  let calls = 0;
  for (let before: number | undefined = SIZE; before !== undefined; calls++) {
    const found = await held.log.search(filter, { before, limit });
    expect(found.entries.length).toBeLessThanOrEqual(limit);
    seqs.push(...found.entries.map(({ seq }) => seq));
    before = found.next;
  }
  return { seqs, calls };
}

const bare = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

const naive = ({ site, kinds, claim, decision, from = 0, to = Infinity }: AuditFilter): number[] =>
  everything
    .filter(
      (entry) =>
        (site === undefined || entry.subject.toLowerCase().includes(site.toLowerCase())) &&
        (kinds === undefined || kinds.includes(entry.kind)) &&
        (claim === undefined || entry.claims.some((name) => bare(name).includes(bare(claim)))) &&
        (decision === undefined || entry.decision === decision) &&
        entry.time >= from &&
        entry.time <= to,
    )
    .map(({ seq }) => seq);

describe('the pages of a log', () => {
  test('have every entry once, newest first', () => {
    expect(everything.map(({ seq }) => seq)).toEqual(Array.from({ length: SIZE }, (_, i) => SIZE - 1 - i));
  });
});

describe('a search', () => {
  test('finds what looking at every entry finds, whatever is asked for', async () => {
    const at = fc.integer({ min: 0, max: SIZE }).map((i) => (everything[0]?.time ?? 0) - i * 1_000);
    const filter = fc.record(
      {
        site: fc.constantFrom('', 'shop', 'SHOP-7', '-1', 'rare.EXAMPLE', 'nowhere', 'https://shop-3.example'),
        kinds: fc.subarray(['proof.allowed', 'proof.denied', 'offer.failed', 'vault.moved']),
        claim: fc.constantFrom('age', 'NAME', 'age_over_21', 'over 21', 'given-Name', 'nothing'),
        decision: fc.constantFrom('PERMIT' as const, 'DENY' as const, 'ANOMALY' as const, '' as const),
        from: at,
        to: at,
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(filter, fc.integer({ min: 1, max: 200 }), async (asked, limit) => {
        const clean: AuditFilter = { ...asked };
        expect((await searchAll(clean, limit)).seqs).toEqual(naive(clean));
      }),
      { numRuns: RUNS },
    );
  }, 120_000);

  test('comes to the few entries of a rare site in one or two calls', async () => {
    const { seqs, calls } = await searchAll({ site: 'rare' });
    expect(seqs).toEqual(RARE.toReversed());
    expect(calls).toBeLessThanOrEqual(4);
  });

  test('comes to nothing at once where there is nothing', async () => {
    expect(await searchAll({ site: 'nowhere' })).toEqual({ seqs: [], calls: 1 });
    expect(await held.log.search({}, { before: 0, limit: 5 })).toEqual({ entries: [], damaged: false });
  });

  test('reads a bounded number of records in one call', async () => {
    // Everywhere a summary says that there may be a match, and nowhere is one.
    const found = await held.log.search({ kinds: ['proof.denied'], decision: 'PERMIT' }, { limit: 10 });
    expect(found.entries).toEqual([]);
    expect(found.next).toBeGreaterThan(SIZE - 2_000);
  });

  test('finds the rest of a log that is damaged in one place, and says so', async () => {
    const damaged = new VaultLog();
    await damaged.fill(600, draft);
    await damaged.vault.transact(async (tx) => {
      await tx.delete(segmentAddress(2));
      await tx.delete(summaryAddress(LEVELS[0], 1));
    });
    const found = await damaged.log.search({ kinds: ['proof.denied'] }, { limit: 600 });
    expect(found.entries.length).toBeGreaterThan(190);
    expect(found.damaged).toBe(true);
  });
});
