import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sourceLineOf, unseenPlace } from '../../../../components/spl/source-line.ts';
import { PolicyError, parsePolicy } from '../../../../lib/spl/index.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 200);

/** UTF-16 as it comes, halves of characters among it. */
const unit = fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0xd800, max: 0xdfff }));
const anyUnits = fc.array(unit, { maxLength: 300 }).map((units) => String.fromCharCode(...units));

const at = (source: string, part: string) => {
  const start = source.indexOf(part);
  return { line: 1, column: 1, start, end: start + part.length };
};

describe('a line of a source', () => {
  test('is the one that a place begins in, without its indentation', () => {
    const source = '(and\n    (dpop_ok?) #t\n  #f)';
    expect(sourceLineOf(source, at(source, '(dpop_ok?)'))).toEqual({ before: '', marked: '(dpop_ok?)', after: ' #t' });
  });

  test('ends its mark where the line ends', () => {
    const source = '(and\n  #t)';
    expect(sourceLineOf(source, at(source, source))).toEqual({ before: '', marked: '(and…', after: '' });
  });

  test('is cut far from the mark, and the mark is cut too', () => {
    const source = `(and ${'#t '.repeat(50)}"${'a'.repeat(200)}")`;
    const line = sourceLineOf(source, at(source, `"${'a'.repeat(200)}"`));
    expect(line?.before).toMatch(/^….{32}$/);
    expect(line?.marked).toBe(`"${'a'.repeat(95)}…`);
    expect(line?.after).toBe('');
  });

  test('is none for a place that covers nothing', () => {
    expect(sourceLineOf('', { line: 1, column: 1, start: 0, end: 0 })).toBeUndefined();
  });

  test('shows what turns text around, and what cannot be seen, as its escape', () => {
    const source = '"a\u202eb\u{e0041}\u200b"';
    expect(sourceLineOf(source, at(source, source))?.marked).toBe('"a\\u202eb\\udb40\\udc41\\u200b"');
  });

  test('never shows an unseen character or half of one, wherever it is cut', () => {
    fc.assert(
      fc.property(anyUnits, fc.nat(300), fc.nat(300), (source, start, length) => {
        const end = Math.min(source.length, start + length);
        const line = sourceLineOf(source, { line: 1, column: 1, start: Math.min(start, end), end });
        const shown = `${line?.before ?? ''}\0${line?.marked ?? ''}\0${line?.after ?? ''}`;
        expect(shown.replaceAll('\0', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u);
        expect(shown.length).toBeLessThan((32 + 96 + 32) * 6 + 8);
      }),
      { numRuns },
    );
  });
});

describe('an unseen character', () => {
  test('is found with its line and column', () => {
    expect(unseenPlace('(and\n  "\u2066")')).toEqual({ line: 2, column: 4, start: 8, end: 9 });
  });

  test.each(['', '(and\n\t#t)\r\n', '"שלום, 日本 🎁"'])('is none in %j', (source) => {
    expect(unseenPlace(source)).toBeUndefined();
  });

  test('stands where the parser counts it', () => {
    const source = '(and\n  #t \u202e)';
    const error = (() => {
      try {
        return parsePolicy(source);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(PolicyError);
    expect(unseenPlace(source)).toMatchObject({ line: 2, column: 6 });
    expect((error as PolicyError).place).toMatchObject({ line: 2, column: 6 }); // just checked
  });
});
