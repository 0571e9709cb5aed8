import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryText, verifyExport } from '../../../../lib/audit/verifying/index.ts';
import { SignedLog, keyOf, rechained } from '../../../fixtures/audit/signed-log.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 400);

const log = new SignedLog(12);
const text = log.export();
const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const problemOf = (forged: string) => {
  const check = verifyExport(forged);
  return check.ok ? undefined : check.problem;
};
/** The export with its lines changed by `change`. */
const changed = (change: (lines: string[]) => void): string => {
  const lines = log.lines();
  change(lines);
  return joined(lines);
};

describe('an exported log', () => {
  test.each([1, 2, 3, 8, 255, 256, 257])('of %i entries holds', (size) => {
    const whole = new SignedLog(size);
    const check = verifyExport(whole.export());
    expect(check).toMatchObject({ ok: true, first: 0, end: size, key: whole.key, checkpoint: { size } });
  });

  test('holds from where it was pruned', () => {
    const check = verifyExport(log.export(5));
    expect(check).toMatchObject({ ok: true, first: 5, end: 12 });
  });

  test('is refused with any byte changed, missing or added', () => {
    const bytes = Buffer.from(text);
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.nat(3), fc.uint8Array({ maxLength: 3 }), (at, cut, put) => {
        const mutated = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]);
        fc.pre(!mutated.equals(bytes));
        expect(verifyExport(mutated.toString('utf8')).ok).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });

  test('is refused with any byte of the line for pruned entries changed', () => {
    const bytes = Buffer.from(log.export(11));
    const from = bytes.lastIndexOf('{"checkpoint"');
    fc.assert(
      fc.property(fc.integer({ min: from, max: bytes.length - 1 }), fc.integer({ min: 1, max: 127 }), (at, flip) => {
        const mutated = Buffer.from(bytes);
        mutated[at] = (bytes[at] ?? 0) ^ flip;
        expect(verifyExport(mutated.toString('utf8')).ok).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });

  test('is refused with lines moved, doubled or taken out, whichever they are', () => {
    fc.assert(
      fc.property(fc.nat(12), fc.nat(12), fc.constantFrom('swap', 'double', 'take'), (a, b, how) => {
        const forged = changed((lines) => {
          const [one = '', two = ''] = [lines[a], lines[b]];
          if (how === 'swap') [lines[a], lines[b]] = [two, one];
          else lines.splice(a, how === 'take' ? 1 : 0, ...(how === 'take' ? [] : [two]));
        });
        fc.pre(forged !== text);
        expect(verifyExport(forged).ok).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('what is wrong with an export is named by the first entry that is not what it must be', () => {
  const edit = (seq: number) => changed((lines) => (lines[seq] = lines[seq]?.replace('PERMIT', 'DENY') ?? ''));

  test.each([0, 1, 5, 10, 11])('entry %i edited', (seq) => {
    expect(problemOf(edit(seq))).toMatchObject({ kind: 'edited', seq });
  });

  test.each([1, 5, 10, 11])('entry %i made to point elsewhere', (seq) => {
    const forged = changed((lines) => (lines[seq] = lines[seq]?.replace(/"prev":"..../, '"prev":"AAAA') ?? ''));
    expect(problemOf(forged)).toMatchObject({ kind: 'edited', seq });
  });

  test.each([1, 5, 11])('entry %i renumbered', (seq) => {
    const forged = changed((lines) => (lines[seq] = lines[seq]?.replace(/"seq":\d+/, '"seq":40') ?? ''));
    expect(problemOf(forged)).toMatchObject({ kind: 'edited', seq });
  });

  test('two entries exchanged', () => {
    const forged = changed((lines) => ([lines[3], lines[7]] = [lines[7] ?? '', lines[3] ?? '']));
    expect(problemOf(forged)).toMatchObject({ kind: 'reordered', seq: 3 });
  });

  test('an entry that stands twice', () => {
    expect(problemOf(changed((lines) => lines.splice(4, 0, lines[3] ?? '')))).toMatchObject({
      kind: 'reordered',
      seq: 4,
    });
  });

  test('entries missing in between', () => {
    expect(problemOf(changed((lines) => lines.splice(4, 3)))).toMatchObject({ kind: 'gap', seq: 4 });
  });

  test('entries missing at the beginning', () => {
    expect(problemOf(changed((lines) => lines.splice(0, 2)))).toMatchObject({ kind: 'gap', seq: 0 });
  });

  test('entries missing at the end', () => {
    expect(problemOf(changed((lines) => lines.splice(9, 3)))).toMatchObject({ kind: 'truncated', seq: 9 });
  });

  test('no checkpoint at the end', () => {
    expect(problemOf(joined(log.lines().slice(0, 9)))).toMatchObject({ kind: 'truncated', seq: 9 });
    expect(problemOf(text.slice(0, -2))).toMatchObject({ kind: 'truncated', seq: 12 });
    expect(problemOf('')).toMatchObject({ kind: 'unreadable', seq: 0 });
  });

  test('a line that is no entry', () => {
    expect(problemOf(changed((lines) => (lines[6] = '{}')))).toMatchObject({ kind: 'unreadable', seq: 6 });
    expect(problemOf(changed((lines) => (lines[6] = ` ${lines[6] ?? ''}`)))).toMatchObject({
      kind: 'unreadable',
      seq: 6,
    });
  });

  test('entries after the signed end', () => {
    const longer = new SignedLog(13).lines();
    const forged = joined([...longer.slice(0, 13), log.lines().at(-1) ?? '']);
    expect(problemOf(forged)).toMatchObject({ kind: 'edited', seq: 12 });
  });

  test('entries told otherwise and chained anew: the chain holds, the signed root does not', () => {
    const entries = rechained(log, 4, { subject: 'https://other.example' });
    const forged = joined([...entries.map(entryText), log.lines().at(-1) ?? '']);
    expect(problemOf(forged)).toMatchObject({ kind: 'edited', seq: 11 });
  });
});

describe('an export that whoever holds the key signed anew', () => {
  const forged = new SignedLog(0);
  for (const entry of rechained(log, 4, { subject: 'https://other.example' })) forged.add(entry);

  test('holds by itself: nothing inside it could tell', () => {
    expect(verifyExport(forged.export()).ok).toBe(true);
  });

  test('shows against a checkpoint that left before', () => {
    const check = verifyExport(forged.export(), { against: log.checkpoint(8) });
    expect(check).toMatchObject({ ok: false, problem: { kind: 'rolled_back', seq: 7 } });
  });

  test('shows against a checkpoint of more entries than there are', () => {
    const older = new SignedLog(6);
    const check = verifyExport(older.export(), { against: log.checkpoint() });
    expect(check).toMatchObject({ ok: false, problem: { kind: 'rolled_back', seq: 6 } });
  });
});

describe('held against an earlier checkpoint', () => {
  test.each([0, 1, 7, 12])('of %i entries, an honest export is consistent', (size) => {
    expect(verifyExport(text, { against: log.checkpoint(size) })).toMatchObject({ ok: true, against: 'consistent' });
  });

  test('of entries that were pruned, it cannot be compared; of the pruned whole it can', () => {
    const pruned = log.export(8);
    expect(verifyExport(pruned, { against: log.checkpoint(3) })).toMatchObject({ ok: true, against: 'not_comparable' });
    expect(verifyExport(pruned, { against: log.checkpoint(8) })).toMatchObject({ ok: true, against: 'consistent' });
  });

  test('of another log, it is refused', () => {
    expect(() => verifyExport(text, { against: new SignedLog(3, 8).checkpoint() })).toThrow();
  });
});

describe('held against a key', () => {
  test('the log’s own is fine, another’s is not', () => {
    expect(verifyExport(text, { key: log.key }).ok).toBe(true);
    expect(verifyExport(text, { key: keyOf(8).key })).toMatchObject({ ok: false, problem: { kind: 'unreadable' } });
  });
});
