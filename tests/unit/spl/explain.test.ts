import { describe, expect, test } from 'vitest';
import { compilePolicy, explainDecision, type SplHost, type SplRecord } from '../../../lib/spl/index.ts';
import { decideBy, reasonsOf } from '../../fixtures/spl/decide-by.ts';
import { GIFT_HOST, GIFT_POLICY, GIFT_REQUEST } from '../../fixtures/spl/gift.ts';

const REQUEST: SplRecord = {
  amount: 175,
  merchant: 'evil.example',
  day: '2026-01-01',
  expires: '2026-01-01T00:00:00Z',
  tags: ['a', 'b'],
  revoked: true,
  device: { attested: false, os: 'x' },
  celsius: -5,
};
const HOST: SplHost = {
  vars: { limit: 424_242, allowed: ['s3cret'], pin: 's3cret', field: 'amount' },
  now: Date.UTC(2026, 0, 2),
  perDayCount: () => 424_242,
  dpopOk: () => false,
  merkleOk: () => false,
  vrfOk: () => false,
  threshOk: () => false,
};

const messagesOf = (policy: string, request = REQUEST, host = HOST): readonly string[] =>
  reasonsOf(policy, request, host).map(({ message }) => message);

describe('a clause that does not hold is told in words', () => {
  test.each([
    ['(<= (get req "amount") 150)', 'amount 175 is over 150'],
    ['(< (get req "amount") 175)', 'amount 175 is not under 175'],
    ['(>= (get req "amount") 200)', 'amount 175 is under 200'],
    ['(> (get req "amount") 175)', 'amount 175 is not over 175'],
    ['(<= 200 (get req "amount"))', '200 is over amount 175'],
    ['(= (get req "merchant") "shop.example")', 'merchant "evil.example" is not "shop.example"'],
    ['(= (get (get req "device") "os") "y")', 'os of device "x" is not "y"'],
    ['(get (get req "device") "attested")', 'attested of device is false'],
    ['(not (get req "revoked"))', 'revoked is true'],
    ['(not (= (get req "day") "2026-01-01"))', 'day "2026-01-01" is "2026-01-01"'],
    ['(not (<= (get req "amount") 200))', 'amount 175 is at most 200'],
    ['(not (not (< 5 3)))', '5 is not under 3'],
    ['(in (get req "merchant") (tuple "a" "b"))', 'merchant "evil.example" is not in what tuple gives'],
    ['(subset? (get req "tags") (tuple "a"))', 'tags (a list of 2) is not all in what tuple gives'],
    ['(before now (get req "expires"))', 'now is not before expires "2026-01-01T00:00:00Z"'],
    ['(<= (per-day-count "pay" (get req "day")) 1)', 'the count of "pay" on day is over 1'],
    ['(dpop_ok?)', 'the proof of possession is not accepted'],
    ['(merkle_ok? (tuple 1))', 'the proof of membership is not accepted'],
    ['(vrf_ok? "d" 1)', 'the proof of the budget is not accepted'],
    ['(thresh_ok?)', 'the set of signatures is not accepted'],
    ['#f', '#f is false'],
    ['(or)', 'an empty or is false'],
    ['(or (< 2 1) (= (get req "amount") 1))', '2 is not under 1 and amount 175 is not 1'],
    ['(not (and (< 1 2) (get req "revoked")))', '1 is under 2 and revoked is true'],
    ['(not (or (bogus) #t))', 'there is no operator bogus'],
    ['(not (or #f (get req "revoked")))', 'revoked is true'],
    ['(or #f (and #t (< 2 1) (bogus)))', '#f is false and 2 is not under 1'],
    ['(or (or (or (or #f #f))))', 'a part of the policy is false'],
    [
      '(or #f #f #f #f #f #f)',
      '#f is false and #f is false and #f is false and #f is false and 2 more parts are false',
    ],
  ])('%s', (policy, message) => {
    expect(messagesOf(policy)).toEqual([message]);
  });
});

describe('a clause that has no meaning is told in words', () => {
  test.each([
    ['(<= (get req "price") 150)', 'the request has no price'],
    ['(<= (get vars "price") 150)', 'there is no price'],
    ['(get (get req "device") "x")', 'there is no x of device'],
    ['(get req pin)', 'the request has no field named by pin'],
    ['(<= (get req "merchant") 150)', 'merchant is text, and must be a whole number that is not negative'],
    ['(<= (get req "celsius") 150)', 'celsius is a negative number, and must be a whole number that is not negative'],
    ['(= ceiling 1)', 'there is no variable ceiling'],
    ['(= and 1)', 'and is an operator and has no value'],
    ['(not)', 'not takes 1 argument, not 0'],
    ['(= 1)', '= takes 2 arguments, not 1'],
    ['(before (get req "day") now)', 'day is no time with a date and an offset (RFC 3339)'],
    ['(get req "amount")', 'amount is a number, and must be a yes or no'],
    ['(tuple)', 'what tuple gives is a list, and must be a yes or no'],
    ['(= (get req "device") 1)', 'device is a record, and must be a single value or a list'],
    ['()', 'a list begins with the name of an operator'],
  ])('%s', (policy, message) => {
    expect(messagesOf(policy)).toEqual([message]);
  });

  test('a check that is not there, and one that fails', () => {
    expect(messagesOf('(dpop_ok?)', REQUEST, {})).toEqual(['dpop_ok? cannot be checked here']);
    const failing = (): never => {
      throw new Error('s3cret');
    };
    expect(messagesOf('(dpop_ok?)', REQUEST, { dpopOk: failing })).toEqual(['dpop_ok? could not be checked']);
  });
});

describe('a denial', () => {
  test('names every clause that does not hold, each with its place', () => {
    const request = { ...GIFT_REQUEST, amount: 175, device_attested: false, recipient: 'eve@example.com' };
    const decision = decideBy(GIFT_POLICY, request, { ...GIFT_HOST, perDayCount: () => 3 });
    expect(explainDecision(decision)).toBe(
      'denied: amount 175 is over 50 (line 4, column 3); ' +
        'recipient "eve@example.com" is not in allowed_recipients (line 5, column 3); ' +
        'the count of "payments.create" on day is over 1 (line 7, column 3); ' +
        'device_attested is false (line 8, column 3)',
    );
  });

  test('gives places as offsets too, and of an error the very part', () => {
    const policy = '(and #t\n  (<= (get req "price") 150))';
    const [reason] = reasonsOf(policy, REQUEST);
    expect(reason?.place).toEqual({ line: 2, column: 7, start: 14, end: 31 });
    expect(policy.slice(14, 31)).toBe('(get req "price")');
  });

  test('looks into an and within an and, and tells errors among what is false', () => {
    const policy = '(and #t (and (< 2 1) (and (bogus))) (< 4 3))';
    expect(reasonsOf(policy).map(({ kind }) => kind)).toEqual(['unmet', 'unknown_operator', 'unmet']);
  });

  test('tells sixteen clauses at most, each of 400 characters at most', () => {
    expect(messagesOf(`(and ${'(< 2 1) '.repeat(100)})`)).toHaveLength(16);
    const long = 'x'.repeat(5_000);
    const [message = ''] = messagesOf(`(or ${`(= (get req "${long}") "${long}") `.repeat(4)})`, { [long]: `${long}y` });
    expect(message.length).toBeGreaterThan(300);
    expect(message.length).toBeLessThanOrEqual(400);
    expect(messagesOf(`(= (get req "${long}") 5)`, { [long]: long })[0]).toMatch(/^x{59}… "x{59}…" is not 5$/);
  });

  test('tells neither variables nor counts nor fields that are named by one', () => {
    for (const policy of [
      '(<= limit (get req "amount"))',
      '(= (get req "merchant") pin)',
      '(= (get vars "pin") "x")',
      '(member (get req "merchant") allowed)',
      '(<= (per-day-count pin pin) 1)',
      '(= (get req field) 1)',
      '(or (= pin "x") (= limit 1))',
      '(<= pin 5)',
      '(get req pin)',
      'pin',
      'limit',
    ]) {
      const said = explainDecision(decideBy(policy, REQUEST, HOST));
      expect(said).toMatch(/^denied: /);
      expect(said).not.toMatch(/s3cret|424242/);
    }
    expect(messagesOf('(= (get req field) 1)')).toEqual(['field named by field is not 1']);
  });

  test('shows a hostile text as one text, without what is invisible in it', () => {
    const [message = ''] = messagesOf('(= (get req "m") "shop")', { m: 'shop" is "shop\u202e\n\u0000' });
    expect(message).toBe('m "shop\\" is \\"shop" is not "shop"');
    expect(messagesOf('(= "a\u202eb" "c")')).toEqual(['"a b" is not "c"']);
    expect(messagesOf('(= (get req "a\\nb") "c")', { 'a\nb': 'x' })).toEqual(['a b "x" is not "c"']);
  });

  test('costs no more than its clauses twice: checks are asked again once', () => {
    let calls = 0;
    const count = (): boolean => {
      calls += 1;
      return false;
    };
    compilePolicy('(and (dpop_ok?) (or (thresh_ok?) #f))').decide({}, { dpopOk: count, threshOk: count });
    expect(calls).toBeLessThanOrEqual(3);
  });

  test('of the example of lib/spl/README.md is as told there', () => {
    const policy = compilePolicy('(and (<= (get req "amount") 150) (dpop_ok?))');
    expect(policy.cost).toBe(7);
    expect(explainDecision(policy.decide({ amount: 175 }, { dpopOk: () => true }))).toBe(
      'denied: amount 175 is over 150 (line 1, column 6)',
    );
  });

  test('is one line, and so is a permit', () => {
    expect(explainDecision({ allowed: true })).toBe('allowed');
    expect(explainDecision(decideBy('(<= (get req "amount") 150)', { amount: 175 }))).toBe(
      'denied: amount 175 is over 150 (line 1, column 1)',
    );
  });
});
