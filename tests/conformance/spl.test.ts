import { describe, expect, test } from 'vitest';
import { compilePolicy, parsePolicy, type SplHost, type SplRecord } from '../../lib/spl/index.ts';
import { GIFT_HOST, GIFT_POLICY } from '../fixtures/spl/gift.ts';
import { meaningOf } from '../fixtures/spl/any-policy.ts';
import { describeVectors, readVectorJson, readVectorText } from './vectors.ts';

const policyText = (): string => readVectorText('spl', 'family_gifts.spl');
const request = (): SplRecord => readVectorJson('spl', 'gift_50_niece.json') as SplRecord; // a record by its file

const allows = (changes: SplRecord = {}, host: SplHost = GIFT_HOST): boolean =>
  compilePolicy(policyText()).decide({ ...request(), ...changes }, host).allowed;

describeVectors('The published family_gifts.spl', () => {
  test('allows the published gift_50_niece.json', () => {
    expect(allows()).toBe(true);
  });

  test('is the policy that unit tests and bench use', () => {
    expect(meaningOf(parsePolicy(policyText()))).toEqual(meaningOf(parsePolicy(GIFT_POLICY)));
  });

  test('costs 60 of the published budget of 10,000', () => {
    expect(compilePolicy(policyText()).cost).toBe(60);
  });

  test.each<[string, SplRecord]>([
    ['another agent', { actor_pub: 'K_evil' }],
    ['another action', { action: 'payments.refund' }],
    ['one more', { amount: 51 }],
    ['an amount as a text', { amount: '50' }],
    ['no amount', { amount: null }],
    ['an empty amount', { amount: '' }],
    ['a negative amount', { amount: -50 }],
    ['a fraction of an amount', { amount: 49.5 }],
    ['another recipient', { recipient: 'stranger@example.com' }],
    ['a list of recipients', { recipient: ['niece@example.com'] }],
    ['another purpose', { purpose: 'groceries' }],
    ['no day', { day: null }],
    ['a day as a number', { day: 20_250_929 }],
    ['a device that is not attested', { device_attested: false }],
    ['a device that says "true"', { device_attested: 'true' }],
    ['a device that says 1', { device_attested: 1 }],
  ])('denies %s', (_, changes) => {
    expect(allows(changes)).toBe(false);
  });

  test.each<[string, SplHost]>([
    ['a third gift of the day', { perDayCount: () => 2 }],
    ['no proof of possession', { dpopOk: () => false }],
    ['no proof of membership', { merkleOk: () => false }],
    ['no proof of the budget', { vrfOk: () => false }],
    ['no list of recipients', { vars: {} }],
    ['a text for the list of recipients', { vars: { allowed_recipients: 'niece@example.com' } }],
  ])('denies %s', (_, changes) => {
    expect(allows({}, { ...GIFT_HOST, ...changes })).toBe(false);
  });

  test('asks the host about the day, the amount and the tuple of its text', () => {
    const asked: unknown[] = [];
    const host: SplHost = {
      ...GIFT_HOST,
      perDayCount: (...args) => asked.push(args) - 1,
      merkleOk: (...args) => asked.push(args) > 0,
      vrfOk: (...args) => asked.push(args) > 0,
    };
    expect(allows({}, host)).toBe(true);
    expect(asked).toEqual([
      ['payments.create', '2025-09-29'],
      [['K_ai', 'payments.create', 'niece@example.com', 50, 'giftcard', '2025-09-29']],
      ['2025-09-29', 50],
    ]);
  });
});

/** How the implementations were probed. */
const PROBE = { amount: 50, s: 'x' };
const HOST: SplHost = {
  vars: { allowed: ['a', 'b'], now: '2026-01-01T00:00:00Z' },
  merkleOk: () => true,
  perDayCount: () => 0,
};

type Outcome = 'T' | 'F' | 'E';

function outcomeOf(policy: string): Outcome {
  let compiled;
  try {
    compiled = compilePolicy(policy);
  } catch {
    return 'E';
  }
  const decision = compiled.decide(PROBE, HOST);
  if (decision.allowed) return 'T';
  return decision.reasons[0]?.kind === 'unmet' ? 'F' : 'E';
}

describe('Where the published implementations agree', () => {
  test.each<[string, Outcome]>([
    ['(= 50 "50")', 'F'],
    ['(and)', 'T'],
    ['(or)', 'F'],
    ['("and" #t)', 'T'],
    ['(#t 1)', 'E'],
    ['((and) 1)', 'E'],
    ['(member "a" allowed)', 'T'],
    ['(subset? (tuple) allowed)', 'T'],
    ['(and #t #t', 'E'],
    ['; comment\n#t', 'E'],
    ['(= -5 -5.0)', 'T'],
    ['(or (bogus) #t)', 'E'],
    ['(or #t (bogus))', 'T'],
    ['(and #f (bogus))', 'F'],
    ['(merkle_ok? (tuple 1 2))', 'T'],
    ['(in "b" allowed)', 'T'],
    ['(= #t #t)', 'T'],
  ])('%s is %s', (policy, outcome) => {
    expect(outcomeOf(policy)).toBe(outcome);
  });

  // All come to F there but the first, which comes to T; a not around an F would make a permit of it.
  test.each([
    '(= (get req "nope") (get req "nada"))',
    '(before "b" "a")',
    '(member "a" "abc")',
    '(= nil (get req "missing"))',
  ])('and this is stricter: %s is an error', (policy) => {
    expect(outcomeOf(policy)).toBe('E');
    expect(outcomeOf(`(not ${policy})`)).toBe('E');
  });
});

describe('Where the published implementations differ', () => {
  test.each<[string, Outcome]>([
    ['(<= (get req "missing") 5)', 'E'],
    ['(<= missing 5)', 'E'],
    ['(< "abc" 1)', 'E'],
    ['(< "10" 9)', 'E'],
    ['(>= "2" "10")', 'E'],
    ['(= "allowed" allowed)', 'F'],
    ['(= toString "toString")', 'E'],
    ['(= (tuple 1 2) (tuple 1 2))', 'T'],
    ['(before 1 2)', 'E'],
    ['(get req "toString")', 'E'],
    ['(get req "__proto__")', 'E'],
    ['(get req "constructor")', 'E'],
    ['(get vars "allowed")', 'E'],
    ['(member "a" (get vars "allowed"))', 'T'],
    ['5', 'E'],
    ['"x"', 'E'],
    ['foo', 'E'],
    ['0', 'E'],
    ['""', 'E'],
    ['()', 'E'],
    ['(tuple)', 'E'],
    ['(not)', 'E'],
    ['(= 1)', 'E'],
    ['#t #f', 'E'],
    ['(= "a\\"b" "a\\u0022b")', 'T'],
    ['(= "a\\\\" "a\\u005c")', 'T'],
    ['(= +5 5)', 'E'],
    ['(= 1e3 1000)', 'E'],
    ['(= .5 .5)', 'E'],
    ['(<= (per-day-count "a" 5) 5)', 'E'],
    ['(= "#t" #t)', 'F'],
    ['(= 50 "50.0")', 'F'],
  ])('%s is %s', (policy, outcome) => {
    expect(outcomeOf(policy)).toBe(outcome);
  });
});
