import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../lib/core/index.ts';
import type { Decision } from '../../../lib/tool-policy/index.ts';
import { denyMalformed, formatHookOutput, readHookInput } from '../../../lib/tool-policy/index.ts';
import { parseCondition } from '../../../lib/tool-policy/conditions/parse-condition.ts';
import { fixPolicy, readPolicy } from '../../../lib/tool-policy/reading/index.ts';
import { Matcher, parsePattern } from '../../../lib/tool-policy/regex/index.ts';
import { readShell } from '../../../lib/tool-policy/shell/read-shell.ts';
import { rulesOf } from './calls.ts';

/**
 * Of `npm test`, 400 of each. `npm run test:long` gives 2,000 runs to a property: here 25,000 to each of five, so 100,000
 * and more over policy files, conditions, scripts and hook inputs.
 */
const LONG = process.env['SIGNET_RUNS'];
const numRuns = LONG === undefined ? 400 : Math.ceil(Number(LONG) * 12.5);

/** Nothing of ours takes this long over what fits into a hook's input, on the slowest machine. */
const SECONDS = 5;

const quickly = <T>(act: () => T): T => {
  const start = performance.now();
  const result = act();
  expect(performance.now() - start).toBeLessThan(SECONDS * 1000);
  return result;
};

/** What `act` throws must be an error for people, never a crash. */
const orRefused = (act: () => unknown): void => {
  try {
    act();
  } catch (error) {
    expect(error).toMatchObject({ name: 'SignetError', reason: 'bad_request' });
  }
};

const denyAll = rulesOf({});

/** As the hook does: what cannot be read is denied. */
function decideAbout(given: string): Decision {
  try {
    const { call } = readHookInput(given);
    const decision = denyAll(call.tool, call.input);
    if (decision.verdict === 'ENSURE') throw new Error('No rule here hangs on a check.');
    return decision;
  } catch (error) {
    return denyMalformed(error);
  }
}

const text = fc.string({ unit: 'binary', maxLength: 200 });
/** Pieces that mean something to a shell, in any order. */
const script = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'rm',
        ' ',
        '\t',
        '\n',
        ';',
        '|',
        '&&',
        '>',
        '<',
        '<<',
        '<<<',
        '(',
        ')',
        '{',
        '}',
        ',',
        '$',
        '$(',
        '`',
      ),
      fc.constantFrom(
        "'",
        '"',
        '\\',
        "$'",
        '${x}',
        '$x',
        'x=rm',
        'eval ',
        'bash -c ',
        '#',
        'EOF',
        '\0',
        'м',
        '-rf',
        '/',
      ),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));
/** Texts that are nearly conditions. */
const conditionText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'contains',
        'any_of',
        'param_gt',
        'matches',
        'not',
        'or',
        'true',
        'has_recent_action',
        'spend_gt',
      ),
      fc.constantFrom('(', ')', ',', '||', '|', "'", '"', ' ', 'parameters', '100', '[a-', '(?i)', '\\b', '.*', '{2,'),
      fc.string({ maxLength: 4 }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));
const yamlText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'rules:',
        '\n',
        '  ',
        '- ',
        'name: ',
        'tool_pattern: ',
        'action: DENY',
        'conditions:',
        '[',
        ']',
        '{',
        '}',
      ),
      fc.constantFrom(
        '&a ',
        '*a',
        '<<: ',
        '!!x ',
        '? ',
        ': ',
        '|\n',
        '>\n',
        '"',
        "'",
        '#',
        '---\n',
        '%YAML',
        '\t',
        'locked: true',
      ),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));
const input = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 3 }), {
  maxKeys: 5,
}) as fc.Arbitrary<JsonObject>;

describe('whatever comes', () => {
  test('a file is read or refused with places, and one that was fixed is no worse', () => {
    fc.assert(
      fc.property(fc.oneof(text, yamlText), (yaml) => {
        const { problems } = quickly(() => readPolicy(yaml));
        for (const { place } of problems) expect(place.line).toBeGreaterThan(0);
        const fixed = quickly(() => fixPolicy(yaml));
        expect(readPolicy(fixed.text).problems.length).toBeLessThanOrEqual(problems.length);
      }),
      { numRuns },
    );
  });

  test('a condition is read or refused, and one that was read is decided', () => {
    fc.assert(
      fc.property(fc.oneof(text, conditionText), input, (condition, given) => {
        orRefused(() => {
          quickly(() => parseCondition(condition));
          const decision = quickly(() => rulesOf({ conditions: [condition] })('t', given));
          expect(['ALLOW', 'DENY', 'ASK']).toContain(decision.verdict);
        });
      }),
      { numRuns },
    );
  });

  test('a script is split into words, and its own plain words are among them', () => {
    fc.assert(
      fc.property(fc.oneof(text, script), (before) => {
        const { commands } = quickly(() => readShell(`rm -rf /\n${before}`));
        expect(commands[0]).toEqual(['rm', '-rf', '/']);
      }),
      { numRuns },
    );
  });

  test('a hook input is read or refused, and where all is denied nothing gets by', () => {
    const hookLike = fc.record({ tool_name: fc.string(), tool_input: input }).map((value) => JSON.stringify(value));
    const mangled = fc
      .tuple(fc.json({ maxDepth: 3 }), fc.nat(), fc.string({ maxLength: 3 }))
      .map(([json, at, put]) => json.slice(0, at % (json.length + 1)) + put + json.slice(at % (json.length + 1)));
    fc.assert(
      fc.property(fc.oneof(text, mangled, fc.json(), hookLike), (given) => {
        const decision = quickly(() => decideAbout(given));
        const line = formatHookOutput(decision);
        expect(line).not.toMatch(/[\r\n]/);
        expect(JSON.parse(line)).toMatchObject({ hookSpecificOutput: { permissionDecision: 'deny' } });
      }),
      { numRuns },
    );
  });

  test('an expression is read or refused, and one that was read is searched for in little time', () => {
    const pattern = fc
      .array(
        fc.constantFrom(
          'a',
          'b',
          '.',
          '*',
          '+',
          '?',
          '(',
          ')',
          '[',
          ']',
          '|',
          '^',
          '$',
          '\\b',
          '\\w',
          '{2}',
          '{1,3}',
          '(?i)',
          '-',
        ),
        { maxLength: 15 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(pattern, fc.string({ maxLength: 20 })), fc.string({ maxLength: 300 }), (source, where) => {
        orRefused(() => quickly(() => new Matcher(parsePattern(source)).isIn(where)));
      }),
      { numRuns },
    );
  });
});
