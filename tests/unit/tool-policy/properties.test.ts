import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../lib/core/index.ts';
import {
  LOST_MEMORY,
  NO_MEMORY,
  compilePolicy,
  decide,
  defaultPolicy,
  formatDecimal,
  parseDecimal,
  plus,
} from '../../../lib/tool-policy/index.ts';
import { formatPolicy, loadPolicy } from '../../../lib/tool-policy/reading/index.ts';
import { foldText } from '../../../lib/tool-policy/fold.ts';
import { Matcher, isInNothing, parsePattern } from '../../../lib/tool-policy/regex/index.ts';
import { rulesOf } from './calls.ts';

/** Of each; the long run has more. */
const numRuns = Number(process.env['SIGNET_RUNS'] ?? 150);

const text = fc.string({ unit: 'binary', maxLength: 200 });
const input = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 3 }), {
  maxKeys: 5,
}) as fc.Arbitrary<JsonObject>;

describe('nothing slips by', () => {
  const rules = compilePolicy(defaultPolicy());
  const says = (command: string) => decide(rules, { tool: 'Bash', input: { command } }, NO_MEMORY).verdict;

  test('rm as a command of a script denies, whatever stands around it', () => {
    const around = fc.stringMatching(/^[a-z0-9 ./-]{0,20}$/);
    const parted = fc.constantFrom(';', '\n', '&&', '||', '|', '&', ' ; ', '\n\n', '|&');
    fc.assert(
      fc.property(around, parted, parted, around, (before, first, last, after) => {
        expect(says(`${before}${first}rm -rf x${last}${after}`)).toBe('DENY');
      }),
      { numRuns },
    );
  });

  test('quotes and escapes inside a word change nothing', () => {
    const dressed = fc.constantFrom(
      ...['r""m', "r''m", 'r\\m', '"r"m', "'rm'", '"rm"', "$'rm'", '\\r\\m', "$'\\x72'm", '${u:-rm}', 'r$@m', 'r\\\nm'],
    );
    const blank = fc.constantFrom(' ', '\t', '  ', '$IFS', '${IFS}', ' \\\n ');
    fc.assert(
      fc.property(dressed, blank, fc.stringMatching(/^[a-z /-]{1,10}$/), (word, space, rest) => {
        expect(says(`${word}${space}-${rest}`)).toBe('DENY');
      }),
      { numRuns },
    );
  });

  test('a deny stands when another deny goes before it, and when what is remembered is lost', () => {
    const condition = fc.constantFrom(
      "contains(parameters, 'rm ')",
      'param_gt(amount, 5)',
      "spend_gt('', 3)",
      'param_eq(a, b)',
    );
    fc.assert(
      fc.property(condition, condition, input, (first, second, given) => {
        const alone = rulesOf({ conditions: [second] });
        const both = rulesOf({ conditions: [first] }, { conditions: [second] });
        if (alone('t', given).verdict === 'DENY') {
          expect(both('t', given).verdict).toBe('DENY');
          expect(alone('t', given, LOST_MEMORY).verdict).not.toBe('ALLOW');
        }
        if (both('t', given).verdict === 'ALLOW') expect(alone('t', given).verdict).toBe('ALLOW');
      }),
      { numRuns },
    );
  });
});

describe('what is read comes back', () => {
  test('a policy as its file', () => {
    const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    const rule = fc.record(
      {
        name: words,
        tool_pattern: fc.constantFrom('.*', '^Bash$', '(?i)a|b'),
        conditions: fc.array(fc.constantFrom("contains(parameters, 'a: b')", 'true', "matches(x, '\\.(a|b)$')"), {
          maxLength: 3,
        }),
        action: fc.constantFrom('ALLOW' as const, 'DENY' as const, 'ASK' as const),
        reason: words,
        alternative: words,
        locked: fc.boolean(),
      },
      { requiredKeys: ['name', 'tool_pattern', 'conditions', 'action', 'locked'] },
    );
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 5 }),
        fc.constantFrom('ALLOW', 'DENY', 'ASK'),
        (rules, default_action) => {
          const policy = { version: 1 as const, default_action, rules };
          expect(loadPolicy(formatPolicy(policy))).toEqual(policy);
        },
      ),
      { numRuns },
    );
  });

  test('a decimal, and sums of decimals are exact', () => {
    const cents = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
    const written = (value: bigint): string =>
      `${value < 0n ? '-' : ''}${(value < 0n ? -value : value) / 100n}.${String((value < 0n ? -value : value) % 100n).padStart(2, '0')}`;
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        const [x, y] = [parseDecimal(written(a)), parseDecimal(written(b))];
        if (x === undefined || y === undefined) throw new Error('These are decimals.');
        expect(parseDecimal(formatDecimal(x))).toBe(x);
        expect(plus(x, y)).toBe(parseDecimal(written(a + b)));
      }),
      { numRuns },
    );
  });

  test('what was folded is folded', () => {
    fc.assert(
      fc.property(text, (given) => {
        expect(foldText(foldText(given))).toBe(foldText(given));
      }),
      { numRuns },
    );
  });

  test('an expression of plain parts says what the engine of JavaScript says', () => {
    const part = fc.constantFrom(
      'a',
      'b',
      '.',
      '\\w',
      '\\d',
      '[ab]',
      '[^a]',
      '\\b',
      '^',
      '$',
      '(?:a|b)',
      'a?',
      'b*',
      '(?:ab)+',
      'a{2}',
      '-',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), fc.stringMatching(/^[ab1 -]{0,12}$/), (parts, where) => {
        const source = parts.join('');
        const pattern = parsePattern(source);
        expect(new Matcher(pattern).isIn(where)).toBe(new RegExp(source, 'u').test(where));
        expect(isInNothing(pattern)).toBe(new Matcher(pattern).isIn(''));
      }),
      { numRuns },
    );
  });
});
