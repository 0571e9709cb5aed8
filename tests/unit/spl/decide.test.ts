import { describe, expect, test } from 'vitest';
import { compilePolicy, type SplHost, type SplRecord } from '../../../lib/spl/index.ts';
import { decideBy, kindsOf } from '../../fixtures/spl/decide-by.ts';
import { GIFT_HOST, GIFT_POLICY, GIFT_REQUEST } from '../../fixtures/spl/gift.ts';

const allows = (policy: string, request: SplRecord = {}, host: SplHost = {}): boolean =>
  decideBy(policy, request, host).allowed;

/** Denied because it has no meaning, alone and turned around: no error may become a permit. */
function expectError(kind: string, policy: string, request: SplRecord = {}, host: SplHost = {}): void {
  expect(kindsOf(policy, request, host)).toEqual([kind]);
  expect(kindsOf(`(not ${policy})`, request, host)).toEqual([kind]);
  expect(kindsOf(`(or ${policy} #t)`, request, host)).toEqual([kind]);
}

describe('a policy', () => {
  test.each(['5', '0', '"x"', '""', '(tuple)', '(tuple #t)', 'req', '(get req "amount")', 'open'])(
    'whose result is no boolean denies: %s',
    (policy) => {
      expect(kindsOf(policy, { amount: 1 }, { vars: { open: 'yes' } })).toEqual(['wrong_type']);
    },
  );

  test.each<[string, boolean]>([
    ['#t', true],
    ['#f', false],
    ['(and)', true],
    ['(or)', false],
    ['(not #f)', true],
    ['(and #t #t #f)', false],
    ['(or #f #f #t)', true],
    ['("and" #t)', true],
  ])('%s comes to %s', (policy, expected) => {
    expect(allows(policy)).toBe(expected);
  });

  test('gives every answer anew: it keeps nothing of a request', () => {
    const policy = compilePolicy('(<= (get req "amount") 50)');
    const answers = [50, 51, null, 0, -1, 50].map((amount) => policy.decide({ amount }).allowed);
    expect(answers).toEqual([true, false, false, true, false, true]);
  });
});

describe('and, or and not', () => {
  test.each(['1', '0', '""', '"#t"', '(tuple)', '(get req "s")', 'req'])('take nothing for a boolean: %s', (value) => {
    const request = { s: 'true' };
    expectError('wrong_type', `(and ${value})`, request);
    expectError('wrong_type', `(or ${value})`, request);
    expectError('wrong_type', `(not ${value})`, request);
    expectError('wrong_type', `(or #f ${value} #t)`, request);
  });

  test('do not judge what they do not look at', () => {
    expect(allows('(or #t (bogus))')).toBe(true);
    expect(allows('(or #t 5 (not) (get req "x"))')).toBe(true);
    expect(allows('(not (and #f (bogus)))')).toBe(true);
    expectError('unknown_operator', '(or (bogus) #t)');
    expectError('unknown_operator', '(and #t (bogus))');
  });
});

describe('operators', () => {
  test.each([
    ...['(not)', '(not #f #f)', '(=)', '(= 1)', '(= 1 1 1)', '(<= 1)', '(<= 1 2 3)', '(< 1)', '(> 1)', '(>= 1)'],
    ...['(member 1)', '(in)', '(subset? (tuple))', '(before "2026-01-01T00:00:00Z")', '(get req)', '(get req "a" "b")'],
    ...['(per-day-count "a")', '(dpop_ok? 1)', '(merkle_ok?)', '(merkle_ok? (tuple) (tuple))', '(vrf_ok? "d")'],
    ...['(vrf_ok? "d" 1 2)', '(thresh_ok? #t)'],
  ])('take the arguments that they take: %s', (policy) => {
    expectError('wrong_arity', policy, { a: true }, GIFT_HOST);
  });

  test.each(['(bogus)', '(AND #t)', '(toString)', '(constructor)', '(__proto__)', '("bogus" #t)', '(req)', '(nil? 1)'])(
    'are the nineteen and no other: %s',
    (policy) => {
      expectError('unknown_operator', policy, {}, { vars: { bogus: true } });
    },
  );

  test.each(['()', '(#t 1)', '((and) 1)', '(1 2)', '((tuple "and") #t)'])('begin a list: %s', (policy) => {
    expectError('unknown_operator', policy);
  });
});

describe('literals and variables', () => {
  const host = { vars: { allowed: 'yes', K_ai: 'other', amount: 7 } };

  test('a literal is never a variable', () => {
    expect(allows('(= "allowed" allowed)', {}, host)).toBe(false);
    expect(allows('(= "allowed" "yes")', {}, host)).toBe(false);
    expect(allows('(= (get req "actor") "K_ai")', { actor: 'other' }, host)).toBe(false);
    expect(allows('(= (get req "actor") "K_ai")', { actor: 'K_ai' }, host)).toBe(true);
    expect(allows('(= allowed "yes")', {}, host)).toBe(true);
  });

  test('a variable that nobody gave is an error, and not its own name', () => {
    expectError('unbound', '(= (get req "role") admin_role)', { role: 'admin_role' }, host);
    expectError('unbound', '(= nil nil)', {}, host);
    expectError('unbound', '(<= (get req "amount") limit)', { amount: 1 }, {});
    expectError('unbound', '(= true true)');
  });

  test.each(['toString', '__proto__', 'constructor', 'hasOwnProperty', 'valueOf', '__defineGetter__'])(
    'what every object has is neither variable nor field: %s',
    (name) => {
      for (const given of [{}, { vars: {} }]) {
        expectError('unbound', `(= ${name} ${name})`, {}, given);
        expectError('missing', `(= (get req "${name}") (get req "${name}"))`, {}, given);
        expectError('missing', `(= (get vars "${name}") "x")`, {}, given);
        expectError('missing', `(= (get (get req "inner") "${name}") "x")`, { inner: {} }, given);
      }
    },
  );

  test('an own field of such a name is a field like any other', () => {
    const request = JSON.parse('{"__proto__": 5, "constructor": "c", "inner": {"__proto__": {"x": 1}}}') as SplRecord; // as a message brings it
    expect(allows('(= (get req "__proto__") 5)', request)).toBe(true);
    expect(allows('(= (get req "constructor") "c")', request)).toBe(true);
    expectError('missing', '(= (get (get req "inner") "x") 1)', request);
    expect(allows('(= (get (get (get req "inner") "__proto__") "x") 1)', request)).toBe(true);
  });

  test('what was inherited is not there', () => {
    const request = Object.create({ revoked: false, amount: 1 }) as SplRecord; // made so on purpose
    expectError('missing', '(get req "revoked")', request);
    const vars = Object.create({ ceiling: 5 }) as SplRecord; // likewise
    expectError('unbound', '(= ceiling 5)', {}, { vars });
    const inherited = Object.create({ dpopOk: () => true, vars: { open: true }, now: 0 }) as SplHost; // likewise
    expectError('not_checkable', '(dpop_ok?)', {}, inherited);
    expectError('unbound', 'open', {}, inherited);
    expectError('unbound', '(= now now)', {}, inherited);
  });

  test('the reserved names are not variables, whatever the host calls its own', () => {
    const mine = { vars: { req: { amount: 1 }, vars: 5, and: true, 'dpop_ok?': true } };
    expect(allows('(= (get req "amount") 2)', { amount: 2 }, mine)).toBe(true);
    expect(allows('(= (get vars "vars") 5)', {}, mine)).toBe(true);
    expectError('unbound', 'and', {}, mine);
    expectError('unbound', 'dpop_ok?', {}, mine);
  });

  test('now is the host’s time, or the variable of that name, or an error', () => {
    const noon = Date.UTC(2026, 0, 1, 12);
    expect(allows('(= now "2026-01-01T12:00:00.000Z")', {}, { now: noon, vars: { now: 'x' } })).toBe(true);
    expect(allows('(before now "2026-01-01T13:00:01+01:00")', {}, { now: noon })).toBe(true);
    expect(allows('(before now "2026-01-01T13:00:00+01:00")', {}, { now: noon })).toBe(false);
    expect(allows('(= now "x")', {}, { vars: { now: 'x' } })).toBe(true);
    expectError('unbound', '(before now "2026-01-01T00:00:00Z")');
    expectError('check_failed', '(before now "2026-01-01T00:00:00Z")', {}, { now: Number.NaN });
    expectError('wrong_type', '(before now "2026-01-01T00:00:00Z")', {}, { now: 8e15 });
  });
});

describe('a field', () => {
  test.each(['{}', '{"revoked":null}'])('that is missing or null is an error wherever it is used: %s', (json) => {
    const request = JSON.parse(json) as SplRecord; // one of the two above
    for (const policy of [
      '(get req "revoked")',
      '(= (get req "revoked") #f)',
      '(= (get req "revoked") (get req "revoked"))',
      '(<= (get req "revoked") 5)',
      '(member (get req "revoked") (tuple #t))',
      '(subset? (get req "revoked") (tuple))',
      '(= (tuple (get req "revoked")) (tuple #f))',
      '(merkle_ok? (tuple (get req "revoked")))',
      '(get (get req "revoked") "at")',
    ]) {
      expectError('missing', policy, request, GIFT_HOST);
    }
  });

  test.each(['(get "req" "a")', '(get 5 "a")', '(get (tuple) "length")', '(get (get req "list") "length")'])(
    'is of a record: %s',
    (policy) => expectError('wrong_type', `(= ${policy} 0)`, { a: true, list: [] }),
  );

  test.each(['(get req 0)', '(get req a)', '(get req (tuple "a"))', '(get req #t)'])('goes by a text: %s', (policy) => {
    expectError('wrong_type', policy, { a: true, 0: true, true: true }, { vars: { a: 0 } });
  });

  test('may be named by a variable, and be within a record', () => {
    const request = { device: { attested: true } };
    expect(allows('(get (get req part) "attested")', request, { vars: { part: 'device' } })).toBe(true);
    expect(allows('(get vars "open")', {}, { vars: { open: true } })).toBe(true);
  });

  test.each([
    ['a function', () => true],
    ['a big number', 1n],
    ['a symbol', Symbol('x')],
    ['a date', new Date(0)],
  ])('that JSON cannot say is an error: %s', (_, x) => {
    expectError('wrong_type', '(= (get req "x") (get req "x"))', { x });
  });
});

describe('an amount', () => {
  const limit = '(<= (get req "amount") 50)';

  test.each<[unknown, string]>([
    [null, 'missing'],
    [undefined, 'missing'],
    ['', 'wrong_type'],
    ['10', 'wrong_type'],
    ['abc', 'wrong_type'],
    [false, 'wrong_type'],
    [[], 'wrong_type'],
    [[10], 'wrong_type'],
    [{}, 'wrong_type'],
    [-1, 'wrong_type'],
    [-0.5, 'wrong_type'],
    [49.99, 'wrong_type'],
    [0.1 + 0.2, 'wrong_type'],
    [Number.NaN, 'wrong_type'],
    [Number.NEGATIVE_INFINITY, 'wrong_type'],
    [2 ** 53, 'wrong_type'],
  ])('of %o is under no limit', (amount, kind) => {
    expectError(kind, limit, { amount });
    expectError(kind, '(< (get req "amount") 50)', { amount });
    expectError(kind, '(>= 50 (get req "amount"))', { amount });
    expectError(kind, '(> 50 (get req "amount"))', { amount });
  });

  test('that is not there is under no limit', () => {
    expectError('missing', limit);
    expectError('unbound', '(<= amount 50)', { amount: 1 });
  });

  test.each(['(< "abc" 1)', '(< "10" 9)', '(>= "2" "10")', '(<= -5 50)', '(< 1 #t)', '(<= (tuple 1) 5)', '(> req 1)'])(
    'is a quantity, and nothing else has an order: %s',
    (policy) => expectError('wrong_type', policy),
  );

  test.each<[string, number, boolean]>([
    ['<', 49, true],
    ['<', 50, false],
    ['<=', 50, true],
    ['<=', 51, false],
    ['>', 50, false],
    ['>', 51, true],
    ['>=', 50, true],
    ['>=', 49, false],
    ['<=', 0, true],
    ['>=', 9_007_199_254_740_991, true],
  ])('%s 50: %d is %s', (operator, amount, expected) => {
    expect(allows(`(${operator} (get req "amount") 50)`, { amount })).toBe(expected);
  });

  test('may be negative or a fraction nowhere that money is meant: floats are no values at all', () => {
    expectError('wrong_type', '(= (get req "amount") 0)', { amount: 0.5 });
    expectError('wrong_type', '(member 1 (get req "amounts"))', { amounts: [1, 0.5] });
    expectError('wrong_type', '(merkle_ok? (tuple (get req "amount")))', { amount: 0.5 }, GIFT_HOST);
    expectError('wrong_type', '(vrf_ok? "2026-01-01" -5)', {}, GIFT_HOST);
    expect(allows('(= (get req "celsius") -5)', { celsius: -5 })).toBe(true);
  });
});

describe('equality', () => {
  test.each<[string, string, boolean]>([
    ['50', '"50"', false],
    ['50', '"50.0"', false],
    ['#t', '"true"', false],
    ['#t', '1', false],
    ['#f', '0', false],
    ['""', '0', false],
    ['""', '(tuple)', false],
    ['"1"', '(tuple "1")', false],
    ['1', '(tuple 1)', false],
    ['(tuple 1 2)', '(tuple 1 2)', true],
    ['(tuple 1 2)', '(tuple 2 1)', false],
    ['(tuple 1 2)', '(tuple 1)', false],
    ['(tuple 1 2)', '(tuple 1 "2")', false],
    ['(tuple (tuple) (tuple #t))', '(tuple (tuple) (tuple #t))', true],
    ['(tuple "1,2")', '(tuple "1" "2")', false],
    ['-5', '-5.0', true],
    ['0', '-0', true],
    ['"a"', '"A"', false],
    ['"é"', '"e\u0301"', false],
  ])('of %s and %s is %s', (a, b, expected) => {
    expect(allows(`(= ${a} ${b})`)).toBe(expected);
    expect(allows(`(= ${b} ${a})`)).toBe(expected);
  });

  test('is of values: records are not compared', () => {
    expectError('wrong_type', '(= req req)');
    expectError('wrong_type', '(= (get req "a") 1)', { a: {} });
    expectError('wrong_type', '(= (tuple vars) (tuple vars))');
    expectError('wrong_type', '(= (get req "a") (get req "a"))', { a: [{}] });
  });
});

describe('membership', () => {
  const host = { vars: { allowed: ['a', 'b'], empty: [], word: 'abc' } };

  test.each<[string, boolean]>([
    ['(member "a" allowed)', true],
    ['(in "b" allowed)', true],
    ['(member "c" allowed)', false],
    ['(member "ab" allowed)', false],
    ['(member 1 (tuple "1" #t))', false],
    ['(member (tuple 1) (tuple 1 (tuple 1)))', true],
    ['(member "a" empty)', false],
    ['(subset? (tuple) allowed)', true],
    ['(subset? (tuple "b" "a" "b") allowed)', true],
    ['(subset? (tuple "a" "c") allowed)', false],
    ['(subset? allowed empty)', false],
  ])('%s is %s', (policy, expected) => {
    expect(allows(policy, {}, host)).toBe(expected);
  });

  test.each([
    '(member "a" "abc")',
    '(in "a" word)',
    '(subset? "a" "abc")',
    '(subset? (tuple) word)',
    '(member "length" req)',
  ])('is in lists alone: %s', (policy) => expectError('wrong_type', policy, {}, host));

  test.each<[string, unknown]>([
    ['null', [null]],
    ['a record', ['a', {}]],
    ['a fraction', [0.5]],
    ['a hole', Object.assign([], { length: 3 })],
    ['null further in', ['a', ['b', [null]]]],
  ])('in a list that holds %s is an error, even where the member stands before it', (_, blocked) => {
    expectError('wrong_type', '(member "a" (get req "blocked"))', { blocked });
  });
});

describe('before', () => {
  test.each<[string, string, boolean]>([
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z', true],
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', false],
    ['2026-01-01T00:00:01Z', '2026-01-01T00:00:00Z', false],
    // As texts these would sort the other way round.
    ['2026-01-01T00:30:00+01:00', '2026-01-01T00:00:00Z', true],
    ['2026-01-01T00:00:00Z', '2025-12-31T23:30:00-01:00', true],
    ['2026-01-01T00:00:00.5Z', '2026-01-01T00:00:00Z', false],
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000000000000001Z', true],
    ['2026-01-01T00:00:00.9Z', '2026-01-01T00:00:00.10Z', false],
    ['2026-01-01T00:00:00.09Z', '2026-01-01T00:00:00.1Z', true],
    ['2026-01-01T00:00:00.50Z', '2026-01-01T00:00:00.5Z', false],
    ['2026-01-01T00:00:00.5Z', '2026-01-01T00:00:00.50Z', false],
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z', false],
    ['2026-01-01t00:00:00z', '2026-01-01T00:00:01Z', true],
    ['2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00-00:00', false],
    ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', true],
    ['2024-02-29T23:59:59Z', '2024-03-01T00:00:00Z', true],
    ['2026-06-30T23:59:59+00:01', '2026-06-30T23:59:59Z', true],
  ])('%s before %s: %s', (a, b, expected) => {
    expect(allows('(before (get req "a") (get req "b"))', { a, b })).toBe(expected);
  });

  test.each([
    ...['', 'never', 'not-a-date', '0', '9999', 'z', '~', '2026-01-01', '2026-01-01T00:00Z', '2026-01-01T00:00:00'],
    ...[
      '2026-01-01 00:00:00Z',
      '2026-1-1T00:00:00Z',
      '20260101T000000Z',
      '2026-W01-1T00:00:00Z',
      '+002026-01-01T00:00:00Z',
    ],
    ...['2026-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z', '2026-01-00T00:00:00Z'],
    ...['0000-01-01T00:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01T00:60:00Z', '2026-12-31T23:59:60Z'],
    ...['2026-01-01T00:00:00.Z', '2026-01-01T00:00:00,5Z', '2026-01-01T00:00:00+1:00', '2026-01-01T00:00:00+0100'],
    ...['2026-01-01T00:00:00+24:00', '2026-01-01T00:00:00+00:60', '2026-01-01T00:00:00Z ', ' 2026-01-01T00:00:00Z'],
    ...[
      '2026-01-01T00:00:00Z\n',
      '٢٠٢٦-01-01T00:00:00Z',
      '2026-01-01T00:00:00UTC',
      `2026-01-01T00:00:00.${'0'.repeat(60)}Z`,
    ],
  ])('knows no instant in %j', (text) => {
    expectError('wrong_type', '(before (get req "t") "2026-01-01T00:00:00Z")', { t: text });
    expectError('wrong_type', '(before "2026-01-01T00:00:00Z" (get req "t"))', { t: text });
  });

  test.each(['(before 1 2)', '(before #t #f)', '(before (tuple) "2026-01-01T00:00:00Z")', '(before "b" "a")'])(
    'compares no other thing: %s',
    (policy) => expectError('wrong_type', policy),
  );
});

describe('the host’s checks', () => {
  const CHECKS: readonly [policy: string, name: keyof SplHost][] = [
    ['(dpop_ok?)', 'dpopOk'],
    ['(merkle_ok? (tuple 1 "a"))', 'merkleOk'],
    ['(vrf_ok? "2026-01-01" 5)', 'vrfOk'],
    ['(thresh_ok?)', 'threshOk'],
  ];
  const hostOf = (name: string, answer: unknown): SplHost => ({ [name]: () => answer }); // wrong on purpose

  test.each(CHECKS)('%s is what the host says', (policy, name) => {
    expect(allows(policy, {}, hostOf(name, true))).toBe(true);
    expect(kindsOf(policy, {}, hostOf(name, false))).toEqual(['unmet']);
  });

  test.each(CHECKS)('%s denies where the host has no such check', (policy, name) => {
    expectError('not_checkable', policy);
    expectError('not_checkable', policy, {}, { [name]: undefined }); // wrong on purpose
    expectError('not_checkable', policy, { [name]: true }, { vars: { [name]: true, 'dpop_ok?': true } });
  });

  test.each(CHECKS)('%s denies where the host answers neither yes nor no, or fails', (policy, name) => {
    for (const answer of [undefined, null, 1, 'true', {}, [], Promise.resolve(true)]) {
      expectError('check_failed', policy, {}, hostOf(name, answer));
    }
    expectError('check_failed', policy, {}, { [name]: true }); // wrong on purpose
    expectError(
      'check_failed',
      policy,
      {},
      {
        [name]: () => {
          throw new Error('down');
        },
      },
    ); // likewise
  });

  test('are asked about what the policy says', () => {
    const asked: unknown[] = [];
    const host: SplHost = {
      perDayCount: (...args) => asked.push(args),
      merkleOk: (...args) => asked.push(args) > 0,
      vrfOk: (...args) => asked.push(args) > 0,
    };
    const policy =
      '(and (>= (per-day-count "pay" (get req "day")) 0) (merkle_ok? (tuple "a" (tuple 1 #t))) (vrf_ok? "d" 5))';
    expect(allows(policy, { day: '2026-01-01' }, host)).toBe(true);
    expect(asked).toEqual([['pay', '2026-01-01'], [['a', [1, true]]], ['d', 5]]);
  });

  test.each([-1, 0.5, Number.NaN, '0', null, undefined, true, Promise.resolve(0)])('count whole: %o', (count) => {
    expectError('check_failed', '(<= (per-day-count "pay" "d") 1)', {}, hostOf('perDayCount', count));
  });

  test.each(['(per-day-count "a" 5)', '(per-day-count 5 "d")', '(per-day-count (tuple) "d")'])(
    'count by texts: %s',
    (count) => expectError('wrong_type', `(<= ${count} 1)`, {}, GIFT_HOST),
  );

  test.each(['(merkle_ok? 1)', '(merkle_ok? "abc")', '(merkle_ok? req)', '(vrf_ok? 5 "d")', '(vrf_ok? "d" "5")'])(
    'take what they are about: %s',
    (policy) => expectError('wrong_type', policy, {}, GIFT_HOST),
  );
});

describe('what is no request or host', () => {
  test.each([null, undefined, [], 'req', 5, true])('%o denies', (request) => {
    const policy = compilePolicy('#t');
    expect(policy.decide(request as unknown as SplRecord)).toMatchObject({ allowed: false }); // wrong on purpose
  });

  test('a host that is none denies', () => {
    expect(compilePolicy('#t').decide({}, null as unknown as SplHost).allowed).toBe(false); // wrong on purpose
    expectError('unbound', '(= x 1)', {}, { vars: 'x' as unknown as SplRecord }); // likewise
  });

  test('a request that throws denies, and says nothing of what it threw', () => {
    const hostile = new Proxy(
      {},
      {
        getOwnPropertyDescriptor() {
          throw new Error('s3cret');
        },
      },
    );
    const decision = decideBy('(or (get req "a") #t)', hostile);
    expect(decision).toMatchObject({ allowed: false, reasons: [{ kind: 'failed' }] });
    expect(JSON.stringify(decision)).not.toContain('s3cret');
  });

  test('a check that changes its answer changes the reasons, never the denial', () => {
    let calls = 0;
    const decision = decideBy('(dpop_ok?)', {}, { dpopOk: () => (calls += 1) > 1 });
    expect(decision).toMatchObject({ allowed: false, reasons: [{ kind: 'unmet' }] });
  });
});

describe('the gift policy', () => {
  test('allows the published request', () => {
    expect(decideBy(GIFT_POLICY, GIFT_REQUEST, GIFT_HOST)).toEqual({ allowed: true });
  });

  test.each(Object.keys(GIFT_REQUEST))('denies without %s, or with null for it', (field) => {
    const without = Object.fromEntries(Object.entries(GIFT_REQUEST).filter(([name]) => name !== field));
    expect(kindsOf(GIFT_POLICY, without, GIFT_HOST)).toContain('missing');
    expect(kindsOf(GIFT_POLICY, { ...GIFT_REQUEST, [field]: null }, GIFT_HOST)).toContain('missing');
  });

  test.each(['vars', 'perDayCount', 'dpopOk', 'merkleOk', 'vrfOk'])('denies where the host has no %s', (name) => {
    const without = Object.fromEntries(Object.entries(GIFT_HOST).filter(([own]) => own !== name)) as SplHost; // less one
    expect(allows(GIFT_POLICY, GIFT_REQUEST, without)).toBe(false);
  });
});
