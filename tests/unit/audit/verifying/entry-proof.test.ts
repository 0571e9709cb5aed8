import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { formatTlogProof, parseTlogProof, verifyProof } from '../../../../lib/audit/verifying/index.ts';
import { fromUtf8, utf8 } from '../../../../lib/core/index.ts';
import { SignedLog, keyOf } from '../../../fixtures/audit/signed-log.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 400);

const log = new SignedLog(13);
let text: string;
beforeAll(async () => {
  text = await log.proof(6);
});

/** The proof taken apart, changed and put together again. */
const changed = (change: Partial<ReturnType<typeof parseTlogProof>>): string =>
  formatTlogProof({ ...parseTlogProof(text), ...change });
const extraText = (): string => fromUtf8(parseTlogProof(text).extra ?? new Uint8Array());

describe('the proof of one entry', () => {
  test('holds for each entry of a log, and brings the entry along', async () => {
    for (const entry of log.entries) {
      const check = verifyProof(await log.proof(entry.seq));
      expect(check).toMatchObject({ ok: true, entry, key: log.key, checkpoint: { size: 13 } });
    }
  });

  test('holds in a log of one', async () => {
    expect(verifyProof(await new SignedLog(1).proof(0))).toMatchObject({ ok: true });
  });

  test('is written as the specification says', () => {
    const lines = text.split('\n');
    expect(lines[0]).toBe('c2sp.org/tlog-proof@v1');
    expect(lines[1]).toMatch(/^extra [A-Za-z0-9+/=]+$/);
    expect(lines[2]).toBe('index 6');
    expect(lines.slice(3, 7).every((line) => /^[A-Za-z0-9+/]{43}=$/.test(line))).toBe(true);
    expect(lines[7]).toBe('');
    expect(lines.slice(8).join('\n')).toBe(log.checkpoint());
  });

  test('is refused with any byte changed, missing or added', () => {
    const bytes = Buffer.from(text);
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.nat(3), fc.uint8Array({ maxLength: 3 }), (at, cut, put) => {
        const mutated = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]);
        fc.pre(!mutated.equals(bytes));
        expect(verifyProof(mutated.toString('utf8')).ok).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });

  test('is refused with any byte of the entry inside changed, missing or added', () => {
    const bytes = Buffer.from(extraText());
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.nat(2), fc.uint8Array({ maxLength: 2 }), (at, cut, put) => {
        const mutated = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]);
        fc.pre(!mutated.equals(bytes));
        expect(verifyProof(changed({ extra: Uint8Array.from(mutated) })).ok).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });

  test('is refused for another entry of the same log, and names it', () => {
    const other = log.entries[5];
    const extra = utf8(extraText().replace(/"entry":\{.*\},"key"/, `"entry":${JSON.stringify(other)},"key"`));
    expect(verifyProof(changed({ extra, index: 5 }))).toMatchObject({ ok: false, problem: { seq: 5 } });
  });

  test.each([
    ['another index than the entry has', () => changed({ index: 5 })],
    ['no entry', () => changed({ extra: undefined })],
    ['an entry with white space', () => changed({ extra: utf8(` ${extraText()}`) })],
    ['an entry with a member twice', () => changed({ extra: utf8(extraText().replace('"v":1', '"v":1,"v":1')) })],
    ['a mark before the entry', () => changed({ extra: utf8(`\ufeff${extraText()}`) })],
    ['bytes that are no text', () => changed({ extra: Uint8Array.of(0xff) })],
    ['a hash too many', () => changed({ hashes: [...parseTlogProof(text).hashes, new Uint8Array(32)] })],
    ['no hash', () => changed({ hashes: [] })],
    ['carriage returns', () => text.replaceAll('\n', '\r\n')],
    ['a leading zero', () => text.replace('index 6', 'index 06')],
    ['another version', () => text.replace('@v1', '@v2')],
    ['something after it', () => `${text}\n`],
    ['nothing in it', () => ''],
  ])('is refused with %s', (_, forged) => {
    expect(verifyProof(forged()).ok).toBe(false);
  });
});

describe('held against what is known from elsewhere', () => {
  test('the log’s own key is fine, another’s is not', () => {
    expect(verifyProof(text, { key: log.key }).ok).toBe(true);
    expect(verifyProof(text, { key: keyOf(8).key }).ok).toBe(false);
  });

  test('a checkpoint of the same size must be of the same tree; one of another size says nothing', () => {
    const otherwise = new SignedLog(12);
    otherwise.add({ subject: 'https://other.example' });
    expect(verifyProof(text, { against: log.checkpoint() })).toMatchObject({ ok: true, against: 'consistent' });
    expect(verifyProof(text, { against: log.checkpoint(5) })).toMatchObject({ ok: true, against: 'not_comparable' });
    expect(verifyProof(text, { against: otherwise.checkpoint() })).toMatchObject({
      ok: false,
      problem: { kind: 'rolled_back' },
    });
  });
});
