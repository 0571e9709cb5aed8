import { describe, expect, test } from 'vitest';
import { SignetError } from '../../../lib/core/index.ts';
import { type Expression, MAX_SOURCE_BYTES, parsePolicy, PolicyError } from '../../../lib/spl/index.ts';
import { meaningOf } from '../../fixtures/spl/any-policy.ts';

/** The error that reading a source ends in. */
function errorOf(source: string): PolicyError {
  try {
    parsePolicy(source);
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
  throw new Error('The source was read.');
}

const said = (source: string): unknown => meaningOf(parsePolicy(source));

describe('a policy is read', () => {
  test.each<[source: string, meaning: unknown]>([
    ['#t', true],
    ['#f', false],
    ['0', 0],
    ['-0', 0],
    ['007', 7],
    ['-5.0', -5],
    ['5.000', 5],
    ['9007199254740991', 9_007_199_254_740_991],
    ['-9007199254740991.00', -9_007_199_254_740_991],
    ['""', ''],
    ['"a\\"b"', 'a"b'],
    ['"a\\\\"', 'a\\'],
    ['"\\b\\f\\n\\r\\t\\/\\u00e9\\ud83d\\ude00"', '\b\f\n\r\t/é😀'],
    ['"é😀 (#t) ; \u2028"', 'é😀 (#t) ; \u2028'],
    ['.5', { name: '.5' }],
    ['per-day-count', { name: 'per-day-count' }],
    ['dpop_ok?', { name: 'dpop_ok?' }],
    ['<=', { name: '<=' }],
    ['()', []],
    ['\t\r\n (and\n(="a"b)"c"\n)\n', [{ name: 'and' }, [{ name: '=' }, 'a', { name: 'b' }], 'c']],
  ])('%j', (source, meaning) => {
    expect(said(source)).toEqual(meaning);
  });

  test('with the place of each part', () => {
    const policy = parsePolicy(' (and\n  (not\t#t)\r\n  "é😀" x)');
    expect(placesIn(policy)).toEqual([
      '1:2 "(and\\n  (not\\t#t)\\r\\n  \\"é😀\\" x)"',
      '2:3 "(not\\t#t)"',
      '2:8 "#t"',
      '3:3 "\\"é😀\\""',
      '3:9 "x"',
    ]);

    function placesIn(expression: Expression): readonly string[] {
      const { line, column, start, end } = expression.place;
      const text = ' (and\n  (not\t#t)\r\n  "é😀" x)'.slice(start, end);
      const parts = expression.kind === 'list' ? expression.items.slice(1).flatMap(placesIn) : [];
      return [`${line}:${column} ${JSON.stringify(text)}`, ...parts];
    }
  });
});

describe('a policy is refused, with the place and what is wrong there', () => {
  test.each<[source: string, line: number, column: number, problem: RegExp]>([
    ['', 1, 1, /no expression/],
    [' \n ', 2, 2, /no expression/],
    ['#t #f', 1, 4, /after it/],
    ['(and)\n(and)', 2, 1, /after it/],
    ['#t)', 1, 3, /closes nothing|after it/],
    [')', 1, 1, /closes nothing/],
    ['(and #t #t', 1, 1, /never closed/],
    ['(and\n  (or #t\n', 2, 3, /never closed/],
    ['; comment\n#t', 1, 1, /no boolean, number or symbol/],
    ["'x", 1, 1, /no boolean, number or symbol/],
    ['#true', 1, 1, /no boolean, number or symbol/],
    ['(= 1 +5)', 1, 6, /no boolean, number or symbol/],
    ['(= 1 1e3)', 1, 6, /no boolean, number or symbol/],
    ['(= 1 5.)', 1, 6, /no boolean, number or symbol/],
    ['(= 1 0x10)', 1, 6, /no boolean, number or symbol/],
    ['(= 1 --5)', 1, 6, /no boolean, number or symbol/],
    ['(= 1 ١)', 1, 6, /no boolean, number or symbol/],
    ['(== 1 1)', 1, 2, /no boolean, number or symbol/],
    ['(and\u00a0#t)', 1, 2, /no boolean, number or symbol/],
    ['\ufeff#t', 1, 1, /no boolean, number or symbol/],
    ['a\0b', 1, 1, /no boolean, number or symbol/],
    ['(= 1 0.5)', 1, 6, /whole/],
    ['49.99', 1, 1, /whole/],
    ['9007199254740991.0000000000000000000001', 1, 1, /whole/],
    ['9007199254740992', 1, 1, /rounded/],
    ['-9007199254740992', 1, 1, /rounded/],
    [`1${'0'.repeat(400)}`, 1, 1, /rounded/],
    ['"abc', 1, 1, /never closed/],
    ['(= "a\\")', 1, 4, /never closed/],
    ['"a\\', 1, 3, /escape/],
    ['"a\\x41"', 1, 3, /escape/],
    ['"\\u12g4"', 1, 2, /escape/],
    ['"\\U0041"', 1, 2, /escape/],
    ['"\\u+123"', 1, 2, /escape/],
    ['"a\nb"', 1, 3, /control/],
    ['"a\tb"', 1, 3, /control/],
    ['"\\ud83d"', 1, 1, /half/],
    ['"\\ude00\\ud83d"', 1, 1, /half/],
    ['"\ud83d"', 1, 1, /half/],
  ])('%j', (source, line, column, problem) => {
    const { message, place } = errorOf(source);
    expect([place.line, place.column]).toEqual([line, column]);
    expect(message).toMatch(problem);
    expect(message).toContain(`Line ${line}, column ${column}: `);
  });

  test('as a bad request that names the policy', () => {
    expect(errorOf('(')).toBeInstanceOf(SignetError);
    expect(errorOf('(')).toMatchObject({
      reason: 'bad_request',
      field: 'policy',
      problem: expect.any(String) as string,
    });
  });

  test('with no more of a long atom than a line, and nothing invisible of it', () => {
    expect(errorOf(`1\u202e${'x'.repeat(10_000)}`).message.length).toBeLessThan(120);
    expect(errorOf('1\u202ex').message).not.toContain('\u202e');
  });
});

describe('a hostile source', () => {
  test.each(['('.repeat(20_000), `${'('.repeat(20_000)}${')'.repeat(20_000)}`, '(not '.repeat(10_000)])(
    'of very many parentheses is refused where it gets too deep: %.6s…',
    (source) => {
      const { message, place } = errorOf(source);
      expect(message).toContain('nested deeper than 64');
      expect(place.start).toBe(source.startsWith('((') ? 64 : 320);
    },
  );

  test('is read up to 65,536 bytes of UTF-8, and refused beyond', () => {
    const padded = (bytes: number, fill: string): string => `"${fill.repeat((bytes - 2) / Buffer.byteLength(fill))}"`;
    expect(said(padded(MAX_SOURCE_BYTES, 'é'))).toHaveLength((MAX_SOURCE_BYTES - 2) / 2);
    expect(said(padded(MAX_SOURCE_BYTES, 'x'))).toHaveLength(MAX_SOURCE_BYTES - 2);
    expect(errorOf(padded(MAX_SOURCE_BYTES + 2, 'é')).message).toContain('65536 bytes');
    expect(errorOf(`${padded(MAX_SOURCE_BYTES, 'x')} `).message).toContain('65536 bytes');
    expect(errorOf('('.repeat(10_000_000)).message).toContain('65536 bytes');
  });
});
