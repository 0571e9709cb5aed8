import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Holds } from '../../../lib/audit/summary.ts';
import { decodeSummary, encodeSummary, holdsOf, holdsOfAll } from '../../../lib/audit/summary.ts';
import { anyEntry } from '../../fixtures/audit/any-entry.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 150);

const summary = fc
  .record({
    roots: fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 16 }),
    entries: fc.array(anyEntry, { minLength: 1, maxLength: 20 }),
    checkpoint: fc.constantFrom(undefined, 'a checkpoint'),
  })
  .map(({ roots, entries, checkpoint }) => ({
    roots: roots.map((root) => Uint8Array.from(root)),
    holds: holdsOf(entries),
    ...(checkpoint === undefined ? {} : { checkpoint }),
  }));

describe('a summary', () => {
  test('comes back as it was, whatever the names in it', () => {
    fc.assert(
      fc.property(summary, (one) => {
        expect(decodeSummary(encodeSummary(one))).toEqual(one);
      }),
      { numRuns: RUNS },
    );
  });

  test('of several is that of all their entries', () => {
    const runs = fc.array(fc.array(anyEntry, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(runs, (all) => {
        expect(holdsOfAll(all.map(holdsOf))).toEqual(holdsOf(all.flat()));
      }),
      { numRuns: RUNS },
    );
  });

  test('names no subject where there are too many to name, and says so by leaving them out', () => {
    const [entry] = fc.sample(anyEntry, { numRuns: 1, seed: 1 });
    if (entry === undefined) throw new RangeError('One was asked for.');
    const many = Array.from({ length: 3_000 }, (_, i) => ({ ...entry, subject: `https://a-long-name-${i}.example` }));
    const holds = holdsOf(many);
    expect(holds).toBeDefined();
    expect(holds).not.toHaveProperty('subjects');
    expect(holdsOfAll([holds, holdsOf([entry])])).not.toHaveProperty('subjects');
    expect(decodeSummary(encodeSummary({ roots: [], holds }))).toEqual({ roots: [], holds });
  });

  test('is undefined where something could not be read: it may hold anything', () => {
    const known: Holds | undefined = holdsOf(fc.sample(anyEntry, { numRuns: 2, seed: 2 }));
    expect(holdsOf([{ unreadable: new Uint8Array() }])).toBeUndefined();
    expect(holdsOfAll([known, undefined])).toBeUndefined();
  });

  test('is refused cut short, continued or of another version', () => {
    const bytes = encodeSummary({ roots: [], holds: holdsOf(fc.sample(anyEntry, { numRuns: 2, seed: 2 })) });
    for (let end = 0; end < bytes.length; end++) {
      expect(() => decodeSummary(bytes.slice(0, end))).toThrow(/summary/);
    }
    expect(() => decodeSummary(Uint8Array.of(...bytes, 0))).toThrow(/summary/);
    expect(() => decodeSummary(bytes.with(0, 9))).toThrow(/summary/);
  });
});
