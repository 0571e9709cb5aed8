import '../policy/in-english.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EXAMPLES } from '../../../../components/spl/examples.ts';
import type { Draft, Judged } from '../../../../components/spl/judge.ts';
import { judge } from '../../../../components/spl/judge.ts';
import { MAX_COST, compilePolicy, formatPolicy } from '../../../../lib/spl/index.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 200);

const LIMIT = '(<= (get req "amount") 150)';
const draft = (changes: Partial<Draft>): Draft => ({
  policy: LIMIT,
  request: '{ "amount": 100 }',
  known: '{}',
  ...changes,
});
const told = ({ outcome }: Judged): readonly string[] =>
  'findings' in outcome
    ? outcome.findings.map(({ message, place }) => `${place.line}:${place.column} ${message}`)
    : [outcome.kind];

describe('a draft', () => {
  test.each(EXAMPLES.map(({ id, draft: given }) => [id, given] as const))(
    'example %s is allowed, in the canonical layout, and without anything that its policy does not use',
    (_, given) => {
      const judged = judge(given);
      expect(judged).toMatchObject({ outcome: { kind: 'allowed' }, tidy: given.policy });
      for (const known of Object.keys(JSON.parse(given.known) as object)) {
        const { [known]: left, ...rest } = JSON.parse(given.known) as Record<string, unknown>; // an object, as read above
        expect(left).toBeDefined();
        expect(judge({ ...given, known: JSON.stringify(rest) }).outcome.kind, known).toBe('denied');
      }
    },
  );

  test('that is denied tells each part with its place, by the words of the language', () => {
    expect(told(judge(draft({ request: '{ "amount": 175 }' })))).toEqual(['1:1 amount 175 is over 150']);
    expect(judge(draft({})).cost).toBe(compilePolicy(LIMIT).cost);
  });

  test('that is no policy tells the place, and has neither cost nor layout', () => {
    const judged = judge(draft({ policy: '(and\n  (dpop_ok?)' }));
    expect(told(judged)).toEqual(['1:1 This parenthesis is never closed.']);
    expect(judged.cost).toBeUndefined();
    expect(judged.tidy).toBeUndefined();
  });

  test.each(['', ' \n\t'])('without a policy (%j) is empty and not wrong', (policy) => {
    expect(told(judge(draft({ policy })))).toEqual(['empty']);
  });

  test.each([
    ['', 'The request is not JSON.'],
    ['{"amount": 1,}', 'The request is not JSON.'],
    ['[1]', 'The request: this must be an object, as { "name": "value" }.'],
    ['null', 'The request: this must be an object, as { "name": "value" }.'],
    ['['.repeat(80), 'The request is nested deeper than 64.'],
    [`"${'a'.repeat(70_000)}"`, 'The request is longer than 65536 characters.'],
  ])('with the request %.20s is not judged, and says why', (request, message) => {
    const judged = judge(draft({ request }));
    expect(judged.outcome.kind).toBe('unasked');
    expect(judged.requestError?.message).toBe(message);
    expect(judged.cost).toBe(5);
  });

  test.each([
    ['{"vars": []}', 'vars: this must be an object, as { "name": "value" }.'],
    ['{"dpop_ok?": "yes"}', '“dpop_ok?” must be true or false.'],
    ['{"dpop_ok?": null}', '“dpop_ok?” must be true or false.'],
    ['{"per-day-count": -1}', '“per-day-count” must be a whole number, and not negative.'],
    ['{"per-day-count": 0.5}', '“per-day-count” must be a whole number, and not negative.'],
    ['{"now": 1}', '“now” must be a text, such as "2026-11-24T15:20:00Z".'],
    ['{"__proto__": {"dpop_ok?": true}}', '“__proto__”'],
    ['{"constructor": 1}', '“constructor”'],
    ['{"dpopOk": true}', '“dpopOk”'],
  ])('with a checker who knows %s is not judged, and says why', (known, message) => {
    const judged = judge(draft({ known }));
    expect(judged.outcome.kind).toBe('unasked');
    expect(judged.knownError?.message).toContain(message);
  });

  test('finds no field and no variable that nobody wrote', () => {
    const policy = '(= (get req "constructor") toString)';
    expect(told(judge(draft({ policy })))).toEqual(['1:4 the request has no constructor']);
    const known = '{"vars": {"__proto__": {"limit": 5}}}';
    expect(told(judge(draft({ policy: '(< 1 limit)', known })))).toEqual(['1:6 there is no variable limit']);
  });

  test('has the time that was written, and no other', () => {
    const policy = '(before now "2026-01-01T00:00:00Z")';
    const at = (known: object) => judge(draft({ policy, known: JSON.stringify(known) })).outcome.kind;
    expect(at({ now: '2025-12-31T23:59:59Z' })).toBe('allowed');
    expect(at({ now: '2026-01-01T00:59:59+01:00', vars: { now: '2027-01-01T00:00:00Z' } })).toBe('allowed');
    expect(at({ now: '2026-01-01T00:00:00Z' })).toBe('denied');
    expect(at({ now: 'today' })).toBe('denied');
    expect(at({})).toBe('denied');
  });
});

describe('whatever is written,', () => {
  const hostile = [
    ['70,000 bytes', `"${'a'.repeat(70_000)}"`, 'The policy is longer than 65536 bytes.'],
    ['nested 10,000 deep', '('.repeat(10_000), 'The policy is nested deeper than 64.'],
    ['too costly', `(and${' #t'.repeat(MAX_COST)})`, 'The policy needs more than 10000 evaluations.'],
    ['half of a character', '"\ud800"', 'The policy holds half of a character.'],
    ['turned around', '(and \u202e#t)', ''],
  ] as const;

  test.each(hostile)('%s: is refused in words', (_, policy, words) => {
    const { outcome } = judge(draft({ policy }));
    expect(outcome.kind).toBe('unread');
    expect(told({ outcome })).toEqual([expect.stringContaining(words)]);
  });

  test('the answer is one of five, and a layout means the same', () => {
    const token = fc.constantFrom(
      '(',
      ')',
      'and',
      'or',
      'not',
      '<=',
      'get',
      'req',
      '"amount"',
      '150',
      '#t',
      'now',
      '"',
      '\\',
    );
    const anyText = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.array(token, { maxLength: 14 }).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(anyText, fc.oneof(anyText, fc.json()), fc.oneof(anyText, fc.json()), (policy, request, known) => {
        const judged = judge({ policy, request, known });
        expect(['empty', 'unread', 'unasked', 'allowed', 'denied']).toContain(judged.outcome.kind);
        if (judged.tidy === undefined) return;
        expect(formatPolicy(compilePolicy(judged.tidy).expression)).toBe(judged.tidy);
        expect(judge({ policy: judged.tidy, request, known }).outcome.kind).toBe(judged.outcome.kind);
      }),
      { numRuns },
    );
  });
});
