import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, parseJson } from '../../../lib/core/index.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 100);
const LIMITS = { maxLength: 1_000, maxDepth: 4 };

describe('canonical JSON', () => {
  test('says the same as JSON, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns },
    );
  });

  test('does not depend on the order in which members were set', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (value) => {
        expect(canonicalJson(Object.fromEntries(Object.entries(value).reverse()))).toBe(canonicalJson(value));
      }),
      { numRuns },
    );
  });

  test('leaves out what is undefined', () => {
    expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}');
  });

  const cycle: unknown[] = [];
  cycle.push(cycle);

  test.each([[Number.NaN], [Infinity], ['\uD800'], [{ '\uDC00': 1 }], [() => 1], [[undefined]], [1n], [cycle]])(
    'refuses what JSON cannot say (%#)',
    (value) => {
      expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ reason: 'bad_request' }) as Error);
    },
  );
});

describe('JSON from outside', () => {
  test('is read within its limits', () => {
    expect(parseJson('{"a":[[{"b":"]}\\"["}]]}', 'x', LIMITS)).toEqual({ a: [[{ b: ']}"[' }]] });
  });

  test.each([
    ['too long', ' '.repeat(1_001)],
    ['too deep', '[[[[[]]]]]'],
    ['too deep in an object', '{"a":{"a":{"a":{"a":{}}}}}'],
    ['no JSON', '{a:1}'],
    ['cut off', '{"a":'],
    ['empty', ''],
  ])('is refused, naming the field, when %s', (_what, text) => {
    expect(() => parseJson(text, 'offer', LIMITS)).toThrow(
      expect.objectContaining({ reason: 'bad_request', field: 'offer' }) as Error,
    );
  });

  test('any text is read or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          parseJson(text, 'x', LIMITS);
        } catch (error) {
          expect(error).toMatchObject({ reason: 'bad_request' });
        }
      }),
      { numRuns },
    );
  });
});
