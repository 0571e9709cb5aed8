import './in-english.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NIGHT, conditionWords } from '../../../../components/policy/condition-words.ts';
import { ruleText } from '../../../../components/policy/rule-sentence.tsx';
import { traceWords } from '../../../../components/policy/trace-words.ts';
import type { Condition, Rule } from '../../../../lib/policy/engine/index.ts';
import { compilePolicy, explain, readRule } from '../../../../lib/policy/engine/index.ts';
import { anyPolicySet, anyRequest, anyState, leastRole } from '../../../fixtures/policy/any-policy.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 200);

/** What no sentence may show: names from the JSON, gaps, and things that are no text. */
const RAW =
  /_|\b(?:subject|resource|context)\.|\$\d(?!\d*[.,]\d\d)|undefined|NaN|null|\[object|[{}\uE000-\uF8FF]| {2}|, ,|\.\.$/;

const DAY = 86_400;
const rule = (changes: Partial<Rule>): Rule => ({
  id: 'r',
  effect: 'permit',
  subject: { site: 'https://shop.example.com' },
  action: 'prove',
  claims: ['age_over_21'],
  when: [],
  locked: false,
  made: { at: 0, by: 'person' },
  ...changes,
});

describe('a rule as a sentence', () => {
  test.each<[Partial<Rule>, string]>([
    [{ subject: { role: 'commerce' } }, 'Shops may learn that you are over 21, until you say otherwise.'],
    [{ effect: 'deny', claims: ['birth_date'] }, 'shop.example.com may never learn your birth date.'],
    [
      { effect: 'ask', subject: { any: true }, claims: ['address'], when: [NIGHT] },
      'You are asked before anyone may learn your address at night, from 22:00 to 06:00.',
    ],
    [{ effect: 'deny', subject: { any: true }, claims: '*' }, 'Nobody may learn anything about you.'],
    [{ effect: 'deny', subject: { domain: 'example.com' } }, 'No site of example.com may learn that you are over 21.'],
    [{ effect: 'deny', subject: { kind: 'agent' } }, 'No agent may learn that you are over 21.'],
    [
      { effect: 'deny', claims: ['email', 'address'] },
      'shop.example.com may never learn your email address or your address.',
    ],
    [
      { claims: ['email', 'address'], until: new Date(2027, 0, 1).getTime() },
      'shop.example.com may learn your email address and your address, until Jan 1, 2027.',
    ],
    [
      {
        when: [{ count: { at_most: 3, seconds: DAY } }],
        obligations: {
          max_uses: 20,
          require_presence: true,
          ask_again_after: 30 * DAY,
          mask: ['name'],
          expires_in: 300,
        },
      },
      'shop.example.com may learn that you are over 21, at most 3 times a day, only while you are at the page, at most 20 times in all, each answer good for at most 5 minutes, never together with your name, and you are asked again after 30 days, until you say otherwise.',
    ],
    [
      {
        subject: { agent: 'train-agent' },
        action: 'spend',
        claims: '*',
        when: [
          { attribute: 'context.amount', op: 'amount_at_most', value: { minor: 15_000, currency: 'USD' } },
          { spend: { at_most: 3000, currency: 'JPY', seconds: 7 * DAY } },
        ],
      },
      'The agent train-agent may spend your money when the amount is at most $150.00, at most ¥3,000 a week, until you say otherwise.',
    ],
    [
      { when: [{ attribute: 'resource.tier', op: 'equals', value: 1 }] },
      'shop.example.com may learn that you are over 21 when the fact is freely provable, until you say otherwise.',
    ],
    [{ claims: ['address.locality'] }, 'shop.example.com may learn “address: locality”, until you say otherwise.'],
    [
      { subject: { site: 'http://localhost:8080' }, effect: 'deny' },
      'http://localhost:8080 may never learn that you are over 21.',
    ],
  ])('%j', (changes, sentence) => {
    expect(ruleText(readRule(rule(changes)))).toBe(sentence);
  });

  test('uses the name that the vault knows a claim by', () => {
    const names = new Map([['address.locality', 'town']]);
    expect(ruleText(rule({ claims: ['address.locality'] }), names)).toContain('learn “town”');
  });

  test('shows nothing of a name that could reorder or hide the text around it', () => {
    const said = ruleText(rule({ subject: { agent: 'a\u202Eb\u0000' }, claims: ['x\u2066y'] }));
    expect(said).not.toMatch(/\p{Cc}|\p{Cf}/u);
  });

  test('is there for every rule that can be read, with nothing in it that only a program would say', () => {
    fc.assert(
      fc.property(anyPolicySet(), (set) => {
        for (const one of set.rules) {
          const said = ruleText(one);
          expect(said).toMatch(/^\S.{12,}\.$/u);
          expect(said).not.toMatch(RAW);
        }
      }),
      { numRuns },
    );
  });
});

describe('a condition in words', () => {
  test.each<[Condition, string]>([
    [{ attribute: 'context.weekday', op: 'one_of', value: [6, 7] }, 'the day of the week is Saturday or Sunday'],
    [{ attribute: 'context.minute', op: 'between', value: [480, 1200] }, 'the time of day is from 08:00 to 20:00'],
    [{ attribute: 'context.present', op: 'not_equals', value: true }, 'you are not at the page'],
    [
      { attribute: 'subject.role', op: 'role_at_least', value: 'medical' },
      'what the one who asks counts as is Health or more',
    ],
    [
      { not: { attribute: 'subject.host', op: 'in_domain', value: 'example.com' } },
      'it is not so that the site’s address is “example.com” or below it',
    ],
    [{ attribute: 'vendor.shoe_size', op: 'equals', value: 42 }, '“vendor shoe size” is 42'],
    [{ all: [] }, 'it is so or not'],
  ])('%j', (condition, words) => {
    expect(conditionWords(condition)).toBe(words);
  });
});

describe('why a rule did not decide', () => {
  test('is said of every rule that missed or could not be judged', () => {
    fc.assert(
      fc.property(anyPolicySet(), anyRequest(), anyState, (set, request, state) => {
        const { trace } = explain(compilePolicy(set, { leastRole }), request, state, { askable: true });
        for (const one of trace) {
          const why = traceWords(one);
          if (one.outcome !== 'matched') expect(why).toBeDefined();
          expect(why ?? '').not.toMatch(RAW);
        }
      }),
      { numRuns },
    );
  });
});
